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
    /// Of this endpoint an attempt failed; what that says about it is still to be noted.
    Failed(i64),
    /// That was noted, of so many failures, and whether the endpoint may be sent to.
    Observed(i64, usize, bool),
    /// Deliveries were taken, or could not be.
    Claimed(Claimed),
    /// Which endpoints have something that waits, each with the time until the first is due.
    Pending(Option<Vec<(i64, Duration)>>),
    /// Begin no more.
    Stop,
    /// Cut off what is under way.
    CutOff,
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

    /// Something of this endpoint is due in so long.
    pub(super) fn due(&self, endpoint: i64, wait: Duration) {
        self.tell(Note::Due(endpoint, wait));
    }

    /// Something waits for these endpoints.
    pub(crate) fn sent(&self, endpoints: impl Iterator<Item = i64>) {
        for endpoint in endpoints {
            self.due(endpoint, Duration::ZERO);
        }
    }

    /// Anything may have changed.
    pub(crate) fn look(&self) {
        self.tell(Note::Look);
    }

    fn tell(&self, note: Note) {
        if let Some(notes) = &*self.connected() {
            // It has ended, and looks when it begins again.
            let _ = notes.send(note);
        }
    }

    fn connected(&self) -> MutexGuard<'_, Option<mpsc::UnboundedSender<Note>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
