//! `MonitorState`: what a monitor keeps.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign::monitor::{self, AttemptObservation, Observation};
use pyo3::prelude::*;

use super::refused;
use super::turn;
use super::views::{InboxView, OutboxView, attached};
use crate::number;

/// What a monitor keeps. Safe to share between threads, those of senders included, which do not hold
/// the interpreter.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct MonitorState(Counts);

/// Clones are the same counts.
#[derive(Clone)]
pub(crate) struct Counts(Arc<Mutex<monitor::Monitor>>);

#[pymethods]
impl MonitorState {
    #[new]
    fn new(
        since: &Bound<'_, PyAny>,
        recent: usize,
        most_types: usize,
        most_endpoints: usize,
    ) -> PyResult<Self> {
        let monitor = monitor::Monitor::new(number::exact_time(since)?)
            .with_recent(recent)
            .with_most_types(most_types)
            .with_most_endpoints(most_endpoints);
        Ok(Self(Counts(Arc::new(Mutex::new(monitor)))))
    }

    /// Adds a receiver; its number.
    fn watch(&self, py: Python<'_>, name: &str, scheme: &str) -> PyResult<usize> {
        self.with(py, |monitor| monitor.watch(name, scheme))
            .map_err(refused)
    }

    /// Counts one outcome of the receiver of this number; times are in seconds.
    #[pyo3(signature = (receiver, time, status, result, event_id, event_type, duration, key_index))]
    #[allow(clippy::too_many_arguments, reason = "the fields of an outcome")]
    fn observe(
        &self,
        py: Python<'_>,
        receiver: usize,
        time: &Bound<'_, PyAny>,
        status: u16,
        result: &str,
        event_id: Option<&str>,
        event_type: Option<&str>,
        duration: f64,
        key_index: Option<usize>,
    ) -> PyResult<()> {
        // A clock that was set back between the two gives no duration.
        let duration = Duration::try_from_secs_f64(duration).unwrap_or_default();
        let mut observation = Observation::new(number::exact_time(time)?, status, result, duration);
        observation.event_id = event_id;
        observation.event_type = event_type;
        observation.key_index = key_index;
        self.with(py, |monitor| monitor.observe(receiver, &observation));
        Ok(())
    }

    /// All counts as the text of OpenMetrics.
    fn openmetrics(
        &self,
        py: Python<'_>,
        inbox: Option<&InboxView>,
        outbox: Option<&OutboxView>,
    ) -> String {
        self.copy(py).openmetrics(attached(inbox, outbox))
    }

    /// All that the status page shows, as JSON.
    fn snapshot(
        &self,
        py: Python<'_>,
        inbox: Option<&InboxView>,
        outbox: Option<&OutboxView>,
        now: &Bound<'_, PyAny>,
        process: u64,
    ) -> PyResult<String> {
        let now = number::exact_time(now)?;
        let attached = attached(inbox, outbox);
        Ok(self.copy(py).snapshot(attached, now, process))
    }

    /// Lets no thread count while this process is forked.
    #[staticmethod]
    fn before_fork(py: Python<'_>) {
        turn::keep(turn::take(py));
    }

    /// In both processes.
    #[staticmethod]
    fn after_fork() {
        turn::give_back();
    }
}

impl MonitorState {
    /// For the threads of a sender.
    pub(crate) fn counts(&self) -> Counts {
        self.0.clone()
    }

    fn with<T>(&self, py: Python<'_>, action: impl FnOnce(&mut monitor::Monitor) -> T) -> T {
        let _turn = turn::take(py);
        self.0.with(action)
    }

    /// The same as it is now, so that no request waits for a page.
    pub(super) fn copy(&self, py: Python<'_>) -> monitor::Monitor {
        self.with(py, |monitor| monitor.clone())
    }
}

impl Counts {
    pub(crate) fn observe_attempt(&self, attempt: &AttemptObservation<'_>) {
        let _turn = turn::take_without_interpreter();
        self.with(|monitor| monitor.observe_attempt(attempt));
    }

    /// Whoever comes here has the turn.
    fn with<T>(&self, action: impl FnOnce(&mut monitor::Monitor) -> T) -> T {
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
