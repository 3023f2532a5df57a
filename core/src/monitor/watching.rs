//! Watches receivers, and has what senders are seen to do counted.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use super::attempts::AttemptTallies;
use super::error::MonitorError;
use super::tally::{Tally, shortened};
use crate::time::UnixTime;

/// Keeps the last outcomes of receivers and counts all of them and all attempts of senders, in
/// bounded memory.
///
/// A host tells it every outcome by [`observe`](Self::observe). Threads share one behind a lock;
/// a clone is what it saw until then, to be written without holding the lock.
///
/// ```
/// use std::time::Duration;
/// use countersign::UnixTime;
/// use countersign::monitor::{Attached, Monitor, Observation};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let mut monitor = Monitor::new(now);
/// let receiver = monitor.watch("/webhooks", "github")?;
///
/// let mut observation = Observation::new(now, 200, "handled", Duration::from_millis(3));
/// observation.event_type = Some("push");
/// monitor.observe(receiver, &observation);
///
/// let metrics = monitor.openmetrics(Attached::default());
/// assert!(metrics.contains(r#"countersign_events_total{receiver="/webhooks",type="push"} 1"#));
/// # Ok::<(), countersign::monitor::MonitorError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Monitor {
    pub(super) since: UnixTime,
    /// The oldest first.
    pub(super) recent: VecDeque<Kept>,
    most_recent: usize,
    most_types: usize,
    pub(super) most_endpoints: usize,
    pub(super) tallies: Vec<Tally>,
    pub(super) attempts: AttemptTallies,
}

/// What became of one request.
///
/// ```
/// use std::time::Duration;
/// use countersign::UnixTime;
/// use countersign::monitor::Observation;
///
/// let at = UnixTime::from_seconds(1_700_000_000);
/// let mut observation = Observation::new(at, 401, "signature_mismatch", Duration::ZERO);
/// observation.key_index = None;
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Observation<'a> {
    /// When it arrived.
    pub at: UnixTime,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The code of the refusal, a word of [`Handling`](crate::Handling), or `handshake`.
    pub result: &'a str,
    /// From the arrival to the answer.
    pub duration: Duration,
    /// The event's id, if it was authentic and has one.
    pub event_id: Option<&'a str>,
    /// The event's type, if it was authentic and has one.
    pub event_type: Option<&'a str>,
    /// Which secret fitted, from 0; `None` if the request was not verified.
    pub key_index: Option<usize>,
}

impl<'a> Observation<'a> {
    /// A request of which no more is known.
    pub fn new(at: UnixTime, status: u16, result: &'a str, duration: Duration) -> Self {
        Self {
            at,
            status,
            result,
            duration,
            event_id: None,
            event_type: None,
            key_index: None,
        }
    }
}

/// An observation with its own texts, most of which are those of the counts.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// The place of its tally.
    pub(super) receiver: usize,
    pub(super) at: UnixTime,
    pub(super) status: u16,
    pub(super) result: Arc<str>,
    pub(super) duration: Duration,
    pub(super) event_id: Option<String>,
    pub(super) event_type: Option<Arc<str>>,
    pub(super) key_index: Option<usize>,
}

impl Monitor {
    /// How many outcomes are kept if nothing else is said.
    pub const DEFAULT_RECENT: usize = 200;
    /// How many types of events are told apart if nothing else is said.
    pub const DEFAULT_TYPES: usize = 100;
    /// How many endpoints are told apart if nothing else is said.
    pub const DEFAULT_ENDPOINTS: usize = 100;

    /// A monitor that watches nothing yet and counts from now on.
    pub fn new(since: UnixTime) -> Self {
        Self {
            since,
            recent: VecDeque::new(),
            most_recent: Self::DEFAULT_RECENT,
            most_types: Self::DEFAULT_TYPES,
            most_endpoints: Self::DEFAULT_ENDPOINTS,
            tallies: Vec::new(),
            attempts: AttemptTallies::default(),
        }
    }

    /// The same monitor, which keeps so many outcomes, at least one.
    pub fn with_recent(mut self, outcomes: usize) -> Self {
        self.most_recent = outcomes.max(1);
        self
    }

    /// The same monitor, which tells so many types of events apart for each receiver, at least
    /// one; the rest is counted as `other`.
    pub fn with_most_types(mut self, types: usize) -> Self {
        self.most_types = types.max(1);
        self
    }

    /// The same monitor, which tells so many endpoints of senders apart, at least one; the rest is
    /// counted as `other`.
    pub fn with_most_endpoints(mut self, endpoints: usize) -> Self {
        self.most_endpoints = endpoints.max(1);
        self
    }

    /// Counts from this instant on, for hosts without a clock while they start.
    pub fn count_from(&mut self, since: UnixTime) {
        self.since = since;
    }

    /// Adds a receiver by its name and the name of its scheme; its number, counted from 0.
    ///
    /// # Errors
    /// If there is one of this name.
    pub fn watch(&mut self, name: &str, scheme: &str) -> Result<usize, MonitorError> {
        if self.tallies.iter().any(|tally| *tally.name == *name) {
            return Err(MonitorError::DuplicateName);
        }
        self.tallies.push(Tally::new(name, scheme));
        Ok(self.tallies.len() - 1)
    }

    /// Counts and keeps what became of a request of the receiver of this number. A number that
    /// [`watch`](Self::watch) did not give counts nothing.
    ///
    /// Senders choose ids and types: of each at most 200 characters are kept. Nothing is allocated
    /// once the monitor is full and has seen the result and the type before.
    pub fn observe(&mut self, receiver: usize, observation: &Observation<'_>) {
        let Some(tally) = self.tallies.get_mut(receiver) else {
            return;
        };
        let Observation {
            at,
            status,
            result,
            duration,
            event_id,
            event_type,
            key_index,
        } = *observation;
        let most_types = self.most_types;
        tally.durations.add(duration);
        let event_type = tally.count_type(event_type, event_id.is_some(), result, most_types);
        let result = tally.count_result(result);
        let mut freed = String::new();
        while self.recent.len() >= self.most_recent {
            match self.recent.pop_front() {
                Some(oldest) => freed = oldest.event_id.unwrap_or(freed),
                None => break,
            }
        }
        let event_id = event_id.map(|id| {
            freed.clear();
            freed.push_str(&shortened(id));
            freed
        });
        self.recent.push_back(Kept {
            receiver,
            at,
            status,
            result,
            duration,
            event_id,
            event_type,
            key_index,
        });
    }
}
