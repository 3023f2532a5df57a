//! What a monitor shows besides what it saw itself.

use super::inbox::InboxView;
use super::outbox::OutboxView;

/// What was read of the stores that a monitor shows, if there are any.
///
/// ```
/// use countersign::monitor::{Attached, InboxView};
///
/// let inbox = InboxView::down();
/// let mut attached = Attached::default();
/// attached.inbox = Some(&inbox);
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Attached<'a> {
    /// The inbox of receivers.
    pub inbox: Option<&'a InboxView>,
    /// The outbox of a sender.
    pub outbox: Option<&'a OutboxView>,
}

impl<'a> Attached<'a> {
    /// What was read of these.
    pub fn new(inbox: Option<&'a InboxView>, outbox: Option<&'a OutboxView>) -> Self {
        Self { inbox, outbox }
    }
}
