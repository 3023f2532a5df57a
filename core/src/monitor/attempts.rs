//! What a sender in this process was seen to do, in bounded memory.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::histogram::Histogram;
use super::tally::{OTHER, shortened};
use super::watching::Monitor;

/// How many pairs of verdict and answer are told apart; there are fewer words than that.
const MOST_RESULTS: usize = 128;

/// How one attempt to deliver ended.
///
/// ```
/// use std::time::Duration;
/// use countersign::UnixTime;
/// use countersign::monitor::{Attached, AttemptObservation, Monitor};
///
/// let mut monitor = Monitor::new(UnixTime::from_seconds(1_700_000_000));
/// let mut attempt = AttemptObservation::new("customer-7", "retry", Duration::from_millis(3));
/// attempt.status = Some(503);
/// monitor.observe_attempt(&attempt);
///
/// let counted = r#"countersign_attempts_total{endpoint="customer-7",verdict="retry",answer="5xx"} 1"#;
/// assert!(monitor.openmetrics(Attached::default()).contains(counted));
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct AttemptObservation<'a> {
    /// The id of the endpoint.
    pub endpoint: &'a str,
    /// `delivered`, `retry`, or why it is a dead letter.
    pub verdict: &'a str,
    /// How long it took.
    pub duration: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What kept the answer away: the class of an error.
    pub error: Option<&'a str>,
}

impl<'a> AttemptObservation<'a> {
    /// An attempt of which no more is known.
    pub fn new(endpoint: &'a str, verdict: &'a str, duration: Duration) -> Self {
        Self {
            endpoint,
            verdict,
            duration,
            status: None,
            error: None,
        }
    }

    /// The class of the error or of the status.
    fn answer(&self) -> &'a str {
        match (self.error, self.status.map(|status| status / 100)) {
            (Some(error), _) => error,
            (None, Some(1)) => "1xx",
            (None, Some(2)) => "2xx",
            (None, Some(3)) => "3xx",
            (None, Some(4)) => "4xx",
            (None, Some(5)) => "5xx",
            (None, _) => "none",
        }
    }
}

/// The attempts at each endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct AttemptTallies {
    /// By the ids, and those of further endpoints under [`OTHER`].
    tallies: BTreeMap<String, AttemptTally>,
}

/// The attempts at one endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct AttemptTally {
    /// By verdict and answer, of which there are few.
    pub(super) results: Vec<(String, String, u64)>,
    pub(super) durations: Histogram,
}

impl AttemptTallies {
    fn observe(&mut self, attempt: &AttemptObservation<'_>, most: usize) {
        let endpoint = shortened(attempt.endpoint);
        let is_told_apart = self.tallies.len() < most || self.tallies.contains_key(&*endpoint);
        let name = if is_told_apart { &*endpoint } else { OTHER };
        let tally = match self.tallies.get_mut(name) {
            Some(tally) => tally,
            None => self.tallies.entry(name.into()).or_default(),
        };
        tally.durations.add(attempt.duration);
        tally.count(attempt.verdict, attempt.answer());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tallies.is_empty()
    }

    pub(super) fn get(&self, endpoint: &str) -> Option<&AttemptTally> {
        self.tallies.get(&*shortened(endpoint))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &AttemptTally)> {
        self.tallies.iter().map(|(name, tally)| (&**name, tally))
    }
}

impl AttemptTally {
    fn count(&mut self, verdict: &str, answer: &str) {
        let has_room = self.results.len() < MOST_RESULTS;
        match self.find(verdict, answer) {
            Some(count) => *count += 1,
            None if has_room => self.add(verdict, answer),
            None => match self.find(OTHER, OTHER) {
                Some(count) => *count += 1,
                None => self.add(OTHER, OTHER),
            },
        }
    }

    fn find(&mut self, verdict: &str, answer: &str) -> Option<&mut u64> {
        let mut results = self.results.iter_mut();
        let found = results.find(|(known, of, _)| known == verdict && of == answer);
        found.map(|(_, _, count)| count)
    }

    fn add(&mut self, verdict: &str, answer: &str) {
        self.results.push((verdict.into(), answer.into(), 1));
    }
}

impl Monitor {
    /// Counts how an attempt to deliver ended. Further endpoints than
    /// [`with_most_endpoints`](Self::with_most_endpoints) says are counted as `other`.
    pub fn observe_attempt(&mut self, attempt: &AttemptObservation<'_>) {
        self.attempts.observe(attempt, self.most_endpoints);
    }
}
