//! Guards that hold state in memory, routes and answers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::{AnswerForm, ClaimToken, Handling, RateWindow, UnixTime};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::{exception, wrong_value};
use crate::number;

/// At most so many requests in any window of so many seconds.
///
/// Raises ``ConfigurationError`` (``malformed_limit``).
///
/// >>> from countersign import RateLimit
/// >>> RateLimit(100, 60).requests
/// 100
#[pyclass(frozen, module = "countersign")]
pub(crate) struct RateLimit(pub(crate) countersign::RateLimit);

#[pymethods]
impl RateLimit {
    #[new]
    fn new(py: Python<'_>, requests: u32, window: &Bound<'_, PyAny>) -> PyResult<Self> {
        countersign::RateLimit::new(requests, number::duration("window", window)?)
            .map(Self)
            .map_err(|error| exception(py, error))
    }

    /// The most requests in a window.
    #[getter]
    fn requests(&self) -> u32 {
        self.0.requests()
    }

    /// The length of the window in seconds.
    #[getter]
    fn window<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        number::from_duration(py, Duration::from_millis(self.0.window_ms()))
    }

    /// The length of the window in milliseconds, as stores count it.
    #[getter]
    fn window_ms(&self) -> u64 {
        self.0.window_ms()
    }

    /// The length of one slot of a window in milliseconds.
    #[getter]
    fn slot_ms(&self) -> u64 {
        self.0.slot_ms()
    }

    /// Counts one more request in a window that a store keeps: pairs of slot and count as this
    /// returned them, ``[]`` at first. ``now_ms`` is in Unix milliseconds. Returns the pairs to
    /// store. Raises ``GuardError`` (``rate_limited``).
    ///
    /// >>> from countersign import RateLimit
    /// >>> RateLimit(2, 32).admit([], 5_000)
    /// [(5, 1)]
    fn admit(
        &self,
        py: Python<'_>,
        slots: Vec<(u64, u32)>,
        now_ms: u64,
    ) -> PyResult<Vec<(u64, u32)>> {
        let mut window = RateWindow::from_slots(slots);
        self.0
            .admit(&mut window, UnixTime::from_millis(now_ms))
            .map_err(|error| exception(py, error))?;
        Ok(window.slots().to_vec())
    }
}

/// Counts the requests of the last ``capacity`` callers in memory.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct MemoryRateLimiter(Mutex<countersign::MemoryRateLimiter>);

#[pymethods]
impl MemoryRateLimiter {
    #[new]
    #[pyo3(signature = (limit, capacity=20_000))]
    fn new(limit: &RateLimit, capacity: usize) -> Self {
        Self(Mutex::new(countersign::MemoryRateLimiter::new(
            limit.0, capacity,
        )))
    }

    /// Counts one more request of this caller; ``now`` is in seconds of a clock that does not
    /// step. Raises ``GuardError`` (``rate_limited``).
    fn admit(&self, caller: &str, now: &Bound<'_, PyAny>) -> PyResult<()> {
        let at = number::time(Some(now))?;
        let verdict = lock(&self.0).admit(caller, at);
        verdict.map_err(|error| exception(now.py(), error))
    }

    fn __len__(&self) -> usize {
        lock(&self.0).len()
    }
}

/// The claims of one process on dedupe keys, in memory, at most ``capacity`` of them.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct MemoryReplayGuard(Mutex<countersign::MemoryReplayGuard>);

#[pymethods]
impl MemoryReplayGuard {
    #[new]
    #[pyo3(signature = (capacity=100_000))]
    fn new(capacity: usize) -> Self {
        Self(Mutex::new(countersign::MemoryReplayGuard::new(capacity)))
    }

    /// Takes the key for a handler that is about to run, for ``lease`` seconds; the token to
    /// release it with. Raises ``GuardError``: ``duplicate_event``, ``event_in_progress``,
    /// ``store_unavailable``.
    fn claim(&self, key: &str, now: &Bound<'_, PyAny>, lease: &Bound<'_, PyAny>) -> PyResult<u64> {
        let at = number::time(Some(now))?;
        let lease = number::duration("lease", lease)?;
        let claim = lock(&self.0).claim(key, at, lease);
        claim
            .map(ClaimToken::number)
            .map_err(|error| exception(now.py(), error))
    }

    /// The event was handled: its key is refused for ``lifetime`` seconds.
    fn complete(
        &self,
        key: &str,
        now: &Bound<'_, PyAny>,
        lifetime: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let at = number::time(Some(now))?;
        let lifetime = number::duration("lifetime", lifetime)?;
        lock(&self.0).complete(key, at, lifetime);
        Ok(())
    }

    /// The event was not handled: the next attempt may be.
    fn release(&self, key: &str, token: u64) {
        lock(&self.0).release(key, ClaimToken::from_number(token));
    }

    fn __len__(&self) -> usize {
        lock(&self.0).len()
    }
}

/// Nothing panics under these locks, so what a poisoned one holds is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Patterns of event types, and which of them an event goes to.
#[pyclass(frozen, module = "countersign")]
#[derive(Default)]
pub(crate) struct Routes(Mutex<countersign::Routes>);

#[pymethods]
impl Routes {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Adds a pattern; its number. Raises ``ConfigurationError``: ``malformed_pattern``,
    /// ``duplicate_handler``.
    fn add(&self, py: Python<'_>, pattern: &str) -> PyResult<usize> {
        let number = lock(&self.0).add(pattern);
        number.map_err(|error| exception(py, error))
    }

    /// The number of the pattern that fits best, or ``None``.
    fn find(&self, event_type: Option<&str>) -> Option<usize> {
        lock(&self.0).find(event_type)
    }
}

/// An HTTP answer: status, headers as pairs, body.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Answer(pub(crate) countersign::Answer);

#[pymethods]
impl Answer {
    /// The answer for an authentic event: ``handled``, ``ignored``, ``duplicate``, ``accepted`` or
    /// ``pending``. ``form`` is ``Webhook.answer_form``.
    #[staticmethod]
    #[pyo3(signature = (handling, id, r#type, form="described"))]
    fn event(handling: &str, id: Option<&str>, r#type: Option<&str>, form: &str) -> PyResult<Self> {
        let wanted = "handled, ignored, duplicate, accepted or pending";
        let handling = Handling::named(handling).ok_or_else(|| wrong_value("handling", wanted))?;
        let answer = countersign::Answer::event(handling, id, r#type);
        Ok(Self(answer.in_form(answer_form(form)?)))
    }

    /// The answer for a request that is not taken, by its error's code, message and
    /// ``retry_after`` (seconds).
    #[staticmethod]
    #[pyo3(signature = (code, message, retry_after, allowed_methods, form="described"))]
    fn refusal(
        code: &str,
        message: &str,
        retry_after: Option<&Bound<'_, PyAny>>,
        allowed_methods: &str,
        form: &str,
    ) -> PyResult<Self> {
        let retry_after = retry_after
            .map(|seconds| number::duration("retry_after", seconds))
            .transpose()?;
        let answer = countersign::Answer::refusal(code, message, retry_after, allowed_methods);
        Ok(Self(answer.in_form(answer_form(form)?)))
    }

    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status()
    }

    /// Pairs of name, in lower case, and value.
    #[getter]
    fn headers(&self) -> Vec<(&'static str, &str)> {
        let headers = self.0.headers().iter();
        headers.map(|(name, value)| (*name, &**value)).collect()
    }

    /// The body.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.body().as_bytes())
    }
}

fn answer_form(word: &str) -> PyResult<AnswerForm> {
    let wanted = "described, empty or described-400";
    AnswerForm::named(word).map_err(|_| wrong_value("form", wanted))
}
