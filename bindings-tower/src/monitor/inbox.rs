//! What a monitor asks of an inbox.

use std::sync::Arc;

use countersign::GuardError;
use countersign::monitor::{DeadLetter, InboxView, is_shown};
use tracing::Instrument;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::inbox::{Inbox, State, StoredEvent};
use crate::store::StoreFuture;

/// An inbox that a [`Monitor`](super::Monitor) shows. The crate's own inboxes are some; programs
/// can bring their own.
///
/// Whatever an error is, it counts as `store_unavailable`: the page says that the inbox does not
/// answer.
pub trait ShownInbox: Send + Sync + 'static {
    /// How many events are in which state.
    ///
    /// # Errors
    /// The inbox does not answer.
    fn counts(&self) -> StoreFuture<'_, Vec<(String, u64)>>;

    /// The events that are not tried again, the newest first. No more than
    /// [`MOST_DEAD_LETTERS`](countersign::monitor::MOST_DEAD_LETTERS) are shown.
    ///
    /// # Errors
    /// The inbox does not answer.
    fn dead_letters(&self) -> StoreFuture<'_, Vec<DeadLetter>>;

    /// Has the event of this number handled once more; whether there is one. It is asked for dead
    /// letters alone.
    ///
    /// # Errors
    /// The inbox does not answer.
    fn replay(&self, number: u64) -> StoreFuture<'_, bool>;
}

impl<I: ShownInbox + ?Sized> ShownInbox for Arc<I> {
    fn counts(&self) -> StoreFuture<'_, Vec<(String, u64)>> {
        (**self).counts()
    }

    fn dead_letters(&self) -> StoreFuture<'_, Vec<DeadLetter>> {
        (**self).dead_letters()
    }

    fn replay(&self, number: u64) -> StoreFuture<'_, bool> {
        (**self).replay(number)
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl ShownInbox for Inbox {
    fn counts(&self) -> StoreFuture<'_, Vec<(String, u64)>> {
        Box::pin(async {
            let counts = Inbox::counts(self).await?;
            let count = |state: State| {
                let count = counts.get(&state).copied().unwrap_or(0);
                (state.as_str().to_owned(), count)
            };
            Ok(State::ALL.map(count).into())
        })
    }

    fn dead_letters(&self) -> StoreFuture<'_, Vec<DeadLetter>> {
        Box::pin(async {
            let letters = Inbox::dead_letters(self).await?;
            // Databases number from 1.
            Ok(letters.iter().filter_map(described).collect())
        })
    }

    fn replay(&self, number: u64) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            match number.try_into() {
                Ok(number) => Inbox::replay(self, number).await,
                Err(_) => Ok(false),
            }
        })
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn described(stored: &StoredEvent) -> Option<DeadLetter> {
    let number = stored.number.try_into().ok()?;
    let mut letter = DeadLetter::new(number, stored.received, stored.attempts);
    letter.event_id = stored.event.id().map(ToOwned::to_owned);
    letter.event_type = stored.event.event_type().map(ToOwned::to_owned);
    letter.error = stored.error.as_deref().map(ToOwned::to_owned);
    Some(letter)
}

/// What is shown of an inbox.
pub(super) async fn view(inbox: &Arc<dyn ShownInbox>, with_letters: bool) -> InboxView {
    let mut view = InboxView::down();
    let asked = inbox.clone();
    view.counts = ask(async move { asked.counts().await }).await;
    if with_letters {
        let asked = inbox.clone();
        view.dead_letters = ask(async move { asked.dead_letters().await }).await;
    }
    view
}

/// Has a dead letter handled once more; whether one of this number is shown, and `None` if the
/// inbox does not answer.
pub(super) async fn replay(inbox: Arc<dyn ShownInbox>, number: u64) -> Option<bool> {
    let question = async move {
        let letters = inbox.dead_letters().await?;
        let numbers = letters.iter().map(|letter| letter.number);
        Ok(is_shown(numbers, number) && inbox.replay(number).await?)
    };
    ask(question).await
}

/// What the inbox answers; `None` if it does not.
async fn ask<T: Send + 'static>(
    question: impl Future<Output = Result<T, GuardError>> + Send + 'static,
) -> Option<T> {
    // In a task of its own: one that panics has failed, and nothing more.
    let answered = tokio::spawn(question.in_current_span()).await;
    if let Ok(Ok(answer)) = answered {
        return Some(answer);
    }
    tracing::error!(code = "store_unavailable", "the inbox failed");
    None
}
