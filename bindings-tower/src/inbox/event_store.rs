use std::sync::Arc;

use tokio::sync::oneshot;

use crate::event::ReceivedEvent;
use crate::store::StoreFuture;

/// Holds events durably until they are handled. [`Inbox`](super::Inbox) is one; programs can bring
/// their own.
pub trait EventStore: Send + Sync + 'static {
    /// Stores the event, of a scheme of this name, so that nothing but the loss of the disk loses
    /// it; its number, or `None` if its dedupe key is there already.
    ///
    /// If a worker of this process handles it while somebody waits for `completion`, it is told
    /// there whether that succeeded.
    ///
    /// # Errors
    /// The event is not stored. Whatever the error is, it counts as `store_unavailable`.
    fn insert<'a>(
        &'a self,
        event: &'a ReceivedEvent,
        scheme: &'a str,
        completion: Option<Completion>,
    ) -> StoreFuture<'a, Option<i64>>;
}

impl<S: EventStore + ?Sized> EventStore for Arc<S> {
    fn insert<'a>(
        &'a self,
        event: &'a ReceivedEvent,
        scheme: &'a str,
        completion: Option<Completion>,
    ) -> StoreFuture<'a, Option<i64>> {
        (**self).insert(event, scheme, completion)
    }
}

/// Tells a receiver that waits for it how the first attempt to handle an event ended.
#[derive(Debug)]
pub struct Completion(oneshot::Sender<bool>);

impl Completion {
    pub(crate) fn new() -> (Self, oneshot::Receiver<bool>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }

    /// Whether somebody still waits.
    pub fn is_awaited(&self) -> bool {
        !self.0.is_closed()
    }

    /// The attempt ended.
    pub fn tell(self, success: bool) {
        // Who waited may have answered meanwhile.
        let _ = self.0.send(success);
    }
}
