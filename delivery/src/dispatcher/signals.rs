//! How the rest of the process wakes the coordinator.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::claim::Claimed;

/// What the coordinator is told.
pub(crate) enum Note {
    /// Something of this endpoint is due in so long.
    Due(i64, Duration),
    /// Anything may have changed: look.
    Look,
    /// Of this endpoint an attempt ended.
    Ended(i64),
    /// Deliveries were taken, or could not be.
    Claimed(Claimed),
    /// Which endpoints have something that waits, each with the time until the first is due.
    Pending(Option<Vec<(i64, Duration)>>),
    /// No more.
    Stop,
}

/// Tells the coordinator, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Signals(Arc<Mutex<Option<mpsc::UnboundedSender<Note>>>>);

impl Signals {
    /// `false` if there is one already.
    pub(super) fn connect(&self, notes: mpsc::UnboundedSender<Note>) -> bool {
        let mut connected = self.connected();
        let is_free = connected.is_none();
        if is_free {
            *connected = Some(notes);
        }
        is_free
    }

    pub(super) fn disconnect(&self) {
        self.connected().take();
    }

    /// Something waits for these endpoints.
    pub(crate) fn sent(&self, endpoints: impl Iterator<Item = i64>) {
        for endpoint in endpoints {
            self.tell(Note::Due(endpoint, Duration::ZERO));
        }
    }

    /// Anything may have changed.
    pub(crate) fn look(&self) {
        self.tell(Note::Look);
    }

    pub(super) fn stop(&self) {
        self.tell(Note::Stop);
    }

    pub(super) fn tell(&self, note: Note) {
        if let Some(notes) = &*self.connected() {
            // It has ended, and looks when it begins again.
            let _ = notes.send(note);
        }
    }

    fn connected(&self) -> MutexGuard<'_, Option<mpsc::UnboundedSender<Note>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
