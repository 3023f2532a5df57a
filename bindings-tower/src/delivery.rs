//! The last steps of a delivery: claim, handler, and what becomes of the claim.

use std::sync::Arc;

use countersign::{Error, GuardError, Handling};
use tokio::sync::oneshot;
use tracing::Instrument;

use crate::claims::Claims;
use crate::event::ReceivedEvent;
use crate::handler::{Handler, run};
use crate::inbox::{Completion, EventStore};
use crate::journal::Journal;
use crate::receiver::Receiver;

impl Receiver {
    /// Gives the event to its handler, once.
    ///
    /// It is done in a task of its own: a sender that hangs up leaves no claim behind that nobody
    /// settles, and a handler past the deadline runs on.
    ///
    /// # Errors
    /// `event_in_progress`, `store_unavailable`, `handler_failed`, `handler_timeout`.
    pub(crate) async fn deliver(
        self: &Arc<Self>,
        handler: Handler,
        event: ReceivedEvent,
        journal: &Journal,
    ) -> Result<Handling, Error> {
        let (claimed, claim) = oneshot::channel();
        let (ended, end) = oneshot::channel();
        let work = self
            .clone()
            .work(handler, event, journal.clone(), Progress { claimed, ended });
        let task = tokio::spawn(work.in_current_span());
        // A channel that is closed without a word means that the task panicked, in a store.
        match claim.await.unwrap_or(Err(GuardError::StoreUnavailable)) {
            Ok(()) => {}
            Err(GuardError::DuplicateEvent) => return Ok(Handling::Duplicate),
            Err(refusal) => return Err(refusal.into()),
        }
        let Ok(success) = tokio::time::timeout(self.settings.deadline, end).await else {
            return Err(GuardError::HandlerTimeout.into());
        };
        if task.await.is_err() {
            journal.store_failed("a store panicked; the lease of an event ends by itself");
        }
        match success {
            Ok(true) => Ok(Handling::Handled),
            _ => Err(GuardError::HandlerFailed.into()),
        }
    }

    /// Leaves the event to workers. What could not be stored is refused, whatever its owner chose
    /// for the guards: it would be lost.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub(crate) async fn defer(
        &self,
        inbox: Arc<dyn EventStore>,
        event: ReceivedEvent,
        journal: &Journal,
    ) -> Result<Handling, Error> {
        let wait = self.settings.wait;
        let (completion, completed) = match wait.is_zero() {
            true => (None, None),
            false => {
                let (completion, completed) = Completion::new();
                (Some(completion), Some(completed))
            }
        };
        let scheme: Box<str> = self.webhook.scheme_name().into();
        // In a task of its own, which ends what it has begun though the sender hangs up.
        let insert = async move { inbox.insert(&event, &scheme, completion).await };
        let inserted = tokio::spawn(insert.in_current_span()).await;
        // One that panics has failed, too.
        let Ok(Ok(inserted)) = inserted else {
            journal.store_failed("the inbox failed");
            return Err(GuardError::StoreUnavailable.into());
        };
        if inserted.is_none() {
            return Ok(Handling::Duplicate);
        }
        let Some(completed) = completed else {
            return Ok(Handling::Accepted);
        };
        match tokio::time::timeout(wait, completed).await {
            Ok(Ok(true)) => Ok(Handling::Handled),
            _ => Ok(Handling::Pending),
        }
    }

    async fn work(
        self: Arc<Self>,
        handler: Handler,
        event: ReceivedEvent,
        journal: Journal,
        progress: Progress,
    ) {
        let lifetime = self.webhook.dedupe_lifetime();
        let claims = Claims::new(&self.settings, lifetime, &journal);
        let key = event.dedupe_key().map(ToOwned::to_owned);
        // Nobody hears of the progress any more if the sender has hung up, which changes nothing.
        let token = match claims.claim(key.as_deref()).await {
            Ok(token) => token,
            Err(refusal) => {
                let _ = progress.claimed.send(Err(refusal));
                return;
            }
        };
        let _ = progress.claimed.send(Ok(()));
        let success = run(handler, event, &journal).await;
        let _ = progress.ended.send(success);
        claims
            .settle(key.as_deref(), token.as_deref(), success)
            .await;
    }
}

/// Where a delivery tells how far it is.
struct Progress {
    claimed: oneshot::Sender<Result<(), GuardError>>,
    /// Whether the handler succeeded.
    ended: oneshot::Sender<bool>,
}
