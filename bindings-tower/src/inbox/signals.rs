//! What tasks of one process tell each other of an inbox.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::event_store::Completion;

/// Wakes workers, and tells who waits for an event what became of it.
#[derive(Debug, Default)]
pub(super) struct Signals {
    rung: watch::Sender<()>,
    expected: Mutex<HashMap<i64, Completion>>,
}

impl Signals {
    /// There is something to do.
    pub(super) fn ring(&self) {
        self.rung.send_replace(());
    }

    /// Hears all that rings from now on.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.rung.subscribe()
    }

    /// Somebody waits for this event.
    pub(super) fn expect(&self, number: i64, completion: Completion) {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        // Those who have stopped waiting; no more are left than wait at once.
        expected.retain(|_, other| other.is_awaited());
        expected.insert(number, completion);
    }

    #[cfg(test)]
    pub(super) fn expected_count(&self) -> usize {
        self.expected.lock().unwrap().len()
    }

    /// An attempt to handle the event ended.
    pub(super) fn tell(&self, number: i64, success: bool) {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(completion) = expected.remove(&number) {
            completion.tell(success);
        }
    }
}
