//! The status page, as core decides it.

use countersign::monitor::{self, StatusAnswer, StatusRequest, Step};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::refused;
use super::state::MonitorState;
use super::views::{InboxView, OutboxView, attached};
use crate::number;

/// Status, headers, body, and what is to be logged: whether it is a warning, and the message.
type Answer = (
    u16,
    Vec<(&'static str, String)>,
    Py<PyBytes>,
    Option<(bool, String)>,
);

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

    /// What is to be done: ``("answer", answer)``, ``("data", csrf)``, ``("metrics", None)``,
    /// ``("replay", number)`` or ``("replay_delivery", number)``.
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
                Step::ReplayDelivery { number } => {
                    ("replay_delivery", number.into_pyobject(py)?.into_any())
                }
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
    outbox: Option<&OutboxView>,
    now: &Bound<'_, PyAny>,
    process: u64,
    csrf: Option<&str>,
) -> PyResult<Answer> {
    let now = number::exact_time(now)?;
    let attached = attached(inbox, outbox);
    let given = StatusAnswer::data(&state.copy(py), attached, now, process, csrf);
    Ok(answer(py, &given))
}

/// The answer with the metrics.
#[pyfunction]
pub(crate) fn status_metrics(
    py: Python<'_>,
    state: &MonitorState,
    inbox: Option<&InboxView>,
    outbox: Option<&OutboxView>,
) -> Answer {
    let attached = attached(inbox, outbox);
    answer(py, &StatusAnswer::metrics(&state.copy(py), attached))
}

/// The answer to a replay: whether there was such a dead letter, ``None`` if the inbox is down.
#[pyfunction]
pub(crate) fn status_replayed(py: Python<'_>, number: u64, replayed: Option<bool>) -> Answer {
    answer(py, &StatusAnswer::replayed(number, replayed))
}

/// The answer to a replay of what was sent: whether there was such a dead letter, ``None`` if the
/// outbox is down.
#[pyfunction]
pub(crate) fn status_delivery_replayed(
    py: Python<'_>,
    number: u64,
    replayed: Option<bool>,
) -> Answer {
    answer(py, &StatusAnswer::delivery_replayed(number, replayed))
}

/// The answer that says no more than its status.
#[pyfunction]
pub(crate) fn status_refused(py: Python<'_>, status: u16) -> Answer {
    answer(py, &StatusAnswer::refused(status))
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
