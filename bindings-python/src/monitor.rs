//! The monitor and the status page, as core decides them: what `countersign.monitor` is made of.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign::monitor::{self, Observation, StatusAnswer, StatusRequest, Step};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::number;

/// Status, headers, body, and what is to be logged: whether it is a warning, and the message.
type Answer = (
    u16,
    Vec<(&'static str, String)>,
    Py<PyBytes>,
    Option<(bool, String)>,
);

/// What a monitor keeps. Safe to share between threads.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct MonitorState(Mutex<monitor::Monitor>);

#[pymethods]
impl MonitorState {
    #[new]
    fn new(since: &Bound<'_, PyAny>, recent: usize, most_types: usize) -> PyResult<Self> {
        let monitor = monitor::Monitor::new(number::exact_time(since)?)
            .with_recent(recent)
            .with_most_types(most_types);
        Ok(Self(Mutex::new(monitor)))
    }

    /// Adds a receiver; its number.
    fn watch(&self, name: &str, scheme: &str) -> PyResult<usize> {
        self.with(|monitor| monitor.watch(name, scheme))
            .map_err(refused)
    }

    /// Counts one outcome of the receiver of this number; times are in seconds.
    #[pyo3(signature = (receiver, time, status, result, event_id, event_type, duration, key_index))]
    #[allow(clippy::too_many_arguments, reason = "the fields of an outcome")]
    fn observe(
        &self,
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
        self.with(|monitor| monitor.observe(receiver, &observation));
        Ok(())
    }

    /// All counts as the text of OpenMetrics.
    fn openmetrics(&self, inbox: Option<&InboxView>) -> String {
        self.copy().openmetrics(inbox.map(|inbox| &inbox.0))
    }

    /// All that the status page shows, as JSON.
    fn snapshot(
        &self,
        inbox: Option<&InboxView>,
        now: &Bound<'_, PyAny>,
        process: u64,
    ) -> PyResult<String> {
        let now = number::exact_time(now)?;
        let inbox = inbox.map(|inbox| &inbox.0);
        Ok(self.copy().snapshot(inbox, now, process))
    }
}

impl MonitorState {
    fn with<T>(&self, action: impl FnOnce(&mut monitor::Monitor) -> T) -> T {
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same as it is now, so that no request waits for a page.
    fn copy(&self) -> monitor::Monitor {
        self.with(|monitor| monitor.clone())
    }
}

/// What was read of an inbox: its counts by state, and its dead letters as number, reception in
/// Unix seconds, attempts, event id, event type and error; ``None`` for what it did not answer.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct InboxView(monitor::InboxView);

type Letter<'py> = (
    u64,
    Bound<'py, PyAny>,
    u32,
    Option<String>,
    Option<String>,
    Option<String>,
);

#[pymethods]
impl InboxView {
    #[new]
    fn new(
        counts: Option<Vec<(String, u64)>>,
        dead_letters: Option<Vec<Letter<'_>>>,
    ) -> PyResult<Self> {
        let mut view = monitor::InboxView::down();
        view.counts = counts;
        view.dead_letters = dead_letters
            .map(|letters| letters.into_iter().map(dead_letter).collect())
            .transpose()?;
        Ok(Self(view))
    }
}

fn dead_letter(letter: Letter<'_>) -> PyResult<monitor::DeadLetter> {
    let (number, received, attempts, event_id, event_type, error) = letter;
    let received = number::exact_time(&received)?;
    let mut letter = monitor::DeadLetter::new(number, received, attempts);
    letter.event_id = event_id;
    letter.event_type = event_type;
    letter.error = error;
    Ok(letter)
}

/// What a status page decides.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct StatusRules(monitor::StatusPage);

#[pymethods]
impl StatusRules {
    #[new]
    fn new(token: &str, path: &str) -> PyResult<Self> {
        monitor::StatusPage::new(token, path)
            .map(Self)
            .map_err(refused)
    }

    /// All paths that are found.
    fn paths(&self) -> Vec<String> {
        self.0.paths()
    }

    /// Whether the body of such a request matters.
    fn wants_body(&self, method: &Bound<'_, PyString>, path: &Bound<'_, PyString>) -> bool {
        let (method, path) = (method.to_string_lossy(), path.to_string_lossy());
        self.0.wants_body(&method, &path)
    }

    /// What is to be done: ``("answer", answer)``, ``("data", csrf)``, ``("metrics", None)`` or
    /// ``("replay", number)``.
    #[allow(clippy::too_many_arguments, reason = "the parts of a request")]
    fn ask<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'_, PyString>,
        path: &Bound<'_, PyString>,
        headers: Vec<(Bound<'_, PyString>, Bound<'_, PyString>)>,
        body: &[u8],
        secure: bool,
        now: &Bound<'_, PyAny>,
        entropy: [u8; 16],
    ) -> PyResult<(&'static str, Bound<'py, PyAny>)> {
        let headers: Vec<(String, Vec<u8>)> = headers
            .iter()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), octets(value)))
            .collect();
        let (method, path) = (method.to_string_lossy(), path.to_string_lossy());
        let mut request = StatusRequest::new(&method, &path, &headers);
        request.body = body;
        request.secure = secure;
        Ok(
            match self.0.ask(&request, number::exact_time(now)?, entropy) {
                Step::Data { csrf } => ("data", csrf.into_pyobject(py)?.into_any()),
                Step::Metrics => ("metrics", py.None().into_bound(py)),
                Step::Replay { number } => ("replay", number.into_pyobject(py)?.into_any()),
                Step::Answer(given) => ("answer", answer(py, &given).into_pyobject(py)?.into_any()),
                // Of a core that is newer than this.
                _ => (
                    "answer",
                    answer(py, &StatusAnswer::refused(500))
                        .into_pyobject(py)?
                        .into_any(),
                ),
            },
        )
    }
}

/// The answer with the data of the page.
#[pyfunction]
pub(crate) fn status_data(
    py: Python<'_>,
    state: &MonitorState,
    inbox: Option<&InboxView>,
    now: &Bound<'_, PyAny>,
    process: u64,
    csrf: Option<&str>,
) -> PyResult<Answer> {
    let now = number::exact_time(now)?;
    let inbox = inbox.map(|inbox| &inbox.0);
    let given = StatusAnswer::data(&state.copy(), inbox, now, process, csrf);
    Ok(answer(py, &given))
}

/// The answer with the metrics.
#[pyfunction]
pub(crate) fn status_metrics(
    py: Python<'_>,
    state: &MonitorState,
    inbox: Option<&InboxView>,
) -> Answer {
    let inbox = inbox.map(|inbox| &inbox.0);
    answer(py, &StatusAnswer::metrics(&state.copy(), inbox))
}

/// The answer to a replay: whether there was such a dead letter, ``None`` if the inbox is down.
#[pyfunction]
pub(crate) fn status_replayed(py: Python<'_>, number: u64, replayed: Option<bool>) -> Answer {
    answer(py, &StatusAnswer::replayed(number, replayed))
}

/// The answer that says no more than its status.
#[pyfunction]
pub(crate) fn status_refused(py: Python<'_>, status: u16) -> Answer {
    answer(py, &StatusAnswer::refused(status))
}

/// Whether the event of this number may be replayed, given the numbers of all dead letters.
#[pyfunction]
pub(crate) fn is_shown(dead_letters: Vec<u64>, number: u64) -> bool {
    monitor::is_shown(dead_letters, number)
}

/// The media type of the metrics.
#[pyfunction]
pub(crate) fn openmetrics_type() -> &'static str {
    monitor::CONTENT_TYPE
}

/// The text, or its beginning with an ellipsis if it is too long to be kept.
#[pyfunction]
pub(crate) fn shortened(text: &str) -> String {
    monitor::shortened(text).into_owned()
}

/// The path by which a request for the page is judged.
#[pyfunction]
pub(crate) fn judged_path(sent: &Bound<'_, PyString>, routed: &Bound<'_, PyString>) -> String {
    let (sent, routed) = (sent.to_string_lossy(), routed.to_string_lossy());
    monitor::judged_path(&sent, &routed).into()
}

fn answer(py: Python<'_>, answer: &StatusAnswer) -> Answer {
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (*name, value.to_string()));
    let body = PyBytes::new(py, answer.body().as_bytes()).unbind();
    let log = answer.log().map(|log| (log.is_warning(), log.to_string()));
    (answer.status(), headers.collect(), body, log)
}

/// The bytes of a header's value, which servers hand over as Latin-1.
fn octets(value: &Bound<'_, PyString>) -> Vec<u8> {
    let text = value.to_string_lossy();
    // What no server gives is a byte that no token has.
    let byte = |character: char| u8::try_from(u32::from(character)).unwrap_or(u8::MAX);
    text.chars().map(byte).collect()
}

fn refused(error: monitor::MonitorError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
