//! The list of the last events.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign::UnixTime;
use countersign_tower::Outcome;
use serde_json::{Value, json};

/// How many events the list holds.
const LISTED_EVENTS: usize = 100;

/// What became of an authentic event, whether its handler took it or not.
const RESULTS: [&str; 6] = [
    "handled",
    "ignored",
    "duplicate",
    "event_in_progress",
    "handler_failed",
    "handler_timeout",
];

/// The last events; each attempt of a delivery counts.
#[derive(Default)]
pub(crate) struct Listing {
    /// The newest is in front.
    events: Mutex<VecDeque<Value>>,
}

impl Listing {
    /// Lists the event of a request, if it had one.
    pub(crate) fn add(&self, outcome: &Outcome) {
        if !RESULTS.contains(&outcome.result) {
            return;
        }
        let listed = json!({
            "id": outcome.event_id,
            "type": outcome.event_type,
            "timestamp": outcome.event_time.map(unix_seconds),
            "key_index": outcome.key_index,
        });
        let mut events = self.lock();
        events.truncate(LISTED_EVENTS - 1);
        events.push_front(listed);
    }

    /// The newest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.lock().iter().cloned().collect()
    }

    /// A list that another thread left in a panic is still a list.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Value>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds as an integer, as other languages print them.
fn unix_seconds(time: UnixTime) -> Value {
    match time.subsecond_nanos() {
        0 => json!(time.seconds()),
        _ => json!(time.as_seconds_f64()),
    }
}
