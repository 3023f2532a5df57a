//! What a monitor asks of an outbox.

use std::sync::Arc;

use countersign::monitor::OutboxView;
use tracing::Instrument;

use crate::store::StoreFuture;

/// An outbox that a [`Monitor`](super::Monitor) shows. With the feature `sender` a
/// [`Sender`](countersign_delivery::Sender) is one; programs can bring their own.
///
/// Whatever an error is, the page says that the outbox does not answer.
pub trait ShownOutbox: Send + Sync + 'static {
    /// What is shown of it, as far as it answers; for metrics without attempts and dead letters.
    ///
    /// # Errors
    /// The outbox does not answer.
    fn view(&self, on_page: bool) -> StoreFuture<'_, OutboxView>;

    /// Has the dead letter of this number delivered once more, if it
    /// [`is_shown`](countersign::monitor::is_shown); whether there is one.
    ///
    /// # Errors
    /// The outbox does not answer.
    fn replay(&self, number: u64) -> StoreFuture<'_, bool>;
}

#[cfg(feature = "sender")]
impl ShownOutbox for countersign_delivery::Sender {
    fn view(&self, on_page: bool) -> StoreFuture<'_, OutboxView> {
        Box::pin(async move { Ok(self.shown(on_page).await) })
    }

    fn replay(&self, number: u64) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let replayed = self.replay_shown(number).await;
            replayed.map_err(|_| countersign::GuardError::StoreUnavailable)
        })
    }
}

/// What is shown of the outbox.
pub(super) async fn view(outbox: &Arc<dyn ShownOutbox>, on_page: bool) -> OutboxView {
    let asked = outbox.clone();
    let answered = tokio::spawn(async move { asked.view(on_page).await }.in_current_span()).await;
    match answered {
        Ok(Ok(view)) => view,
        _ => {
            log_failure();
            OutboxView::down()
        }
    }
}

/// Has a dead letter delivered once more; whether one of this number is shown, and `None` if the
/// outbox does not answer.
pub(super) async fn replay(outbox: Arc<dyn ShownOutbox>, number: u64) -> Option<bool> {
    let question = async move { outbox.replay(number).await };
    let answered = tokio::spawn(question.in_current_span()).await;
    if let Ok(Ok(replayed)) = answered {
        return Some(replayed);
    }
    log_failure();
    None
}

fn log_failure() {
    tracing::error!(code = "outbox_unavailable", "the outbox failed");
}
