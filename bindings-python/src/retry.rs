//! `RetryPolicy`, `Decision` and `parse_retry_after`.

use std::borrow::Cow;

use countersign::{Outcome, UnixTime};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use crate::backoff::Backoff;
use crate::errors::{wrong_type, wrong_value};
use crate::number;
use crate::text::{header_value, representation};

/// How a sender answers the outcome of an attempt.
///
/// 2xx is success. Network errors, 408, 425, 429, 5xx and ``retry_statuses`` are tried again on
/// the schedule of ``backoff``, later if ``Retry-After`` asks for it, up to ``retry_after_cap``
/// seconds. 410 disables the endpoint. Redirects and all other answers are final.
///
/// >>> from countersign import RetryPolicy
/// >>> policy = RetryPolicy.exponential(1, attempts=3)
/// >>> policy.decide(1, 503, retry_after="30", now=1700000000)
/// Decision(action='retry_at', at=1700000030, reason=None)
/// >>> policy.decide(3, None).reason
/// 'exhausted'
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct RetryPolicy(pub(crate) countersign::RetryPolicy);

#[pymethods]
impl RetryPolicy {
    #[new]
    #[pyo3(
        signature = (backoff, *, retry_after_cap=None, retry_statuses=None),
        text_signature = "(backoff, *, retry_after_cap=86400, retry_statuses=())"
    )]
    fn new(
        backoff: &Bound<'_, PyAny>,
        retry_after_cap: Option<&Bound<'_, PyAny>>,
        retry_statuses: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let Ok(backoff) = backoff.cast::<Backoff>() else {
            return Err(wrong_type("backoff", "a Backoff", backoff));
        };
        let mut policy = countersign::RetryPolicy::new(backoff.get().0.clone());
        if let Some(cap) = retry_after_cap {
            policy = policy.with_retry_after_cap(number::duration("retry_after_cap", cap)?);
        }
        if let Some(statuses) = retry_statuses {
            policy = policy.with_retry_statuses(self::statuses(statuses)?);
        }
        Ok(Self(policy))
    }

    /// The schedule of Standard Webhooks; see ``Backoff.standard``.
    #[staticmethod]
    fn standard() -> Self {
        Self(countersign::RetryPolicy::standard())
    }

    /// At once, after ``base`` seconds, twice that, and so on, at most a day apart, without
    /// jitter.
    #[staticmethod]
    fn exponential(base: &Bound<'_, PyAny>, attempts: &Bound<'_, PyAny>) -> PyResult<Self> {
        let base = number::duration("base", base)?;
        let attempts = number::count("attempts", attempts)?;
        Ok(Self(countersign::RetryPolicy::exponential(base, attempts)))
    }

    /// The delays.
    #[getter]
    fn backoff(&self) -> Backoff {
        Backoff(self.0.backoff().clone())
    }

    /// Decides after ``attempt`` attempts (counted from 1), the last of which was answered with
    /// ``status``, or not at all if that is ``None``, or not made because the destination may not
    /// be reached if ``forbidden``.
    ///
    /// ``retry_after`` is the value of the answer's header ``Retry-After``. ``now`` is in Unix
    /// seconds, the host's clock if ``None``. ``entropy`` (32 bits, as ``int``) feeds the jitter,
    /// and comes from the operating system if ``None``. Raises ``TypeError``.
    #[pyo3(signature = (attempt, status, retry_after=None, now=None, entropy=None, *, forbidden=false))]
    fn decide(
        &self,
        attempt: &Bound<'_, PyAny>,
        status: Option<&Bound<'_, PyAny>>,
        retry_after: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        entropy: Option<&Bound<'_, PyAny>>,
        forbidden: bool,
    ) -> PyResult<Decision> {
        let py = attempt.py();
        let attempt = number::count("attempt", attempt)?;
        let ended = Ended::new(status, retry_after, forbidden)?;
        let now = number::time(now)?;
        let entropy = number::given_or_random(py, entropy)?;
        Ok(self
            .0
            .decide(attempt, &ended.outcome(), now, entropy)
            .into())
    }

    fn __repr__(&self) -> String {
        format!("RetryPolicy(attempts={})", self.0.backoff().attempts())
    }
}

/// How an attempt ended, as Python says it.
pub(crate) enum Ended<'a> {
    Answer(u16, Option<Cow<'a, str>>),
    NetworkError,
    Forbidden,
}

impl<'a> Ended<'a> {
    pub(crate) fn new(
        status: Option<&Bound<'_, PyAny>>,
        retry_after: Option<&'a Bound<'_, PyAny>>,
        forbidden: bool,
    ) -> PyResult<Self> {
        let status = status
            .map(|status| number::status("status", status))
            .transpose()?;
        let retry_after = retry_after
            .map(|value| header_value("retry_after", value))
            .transpose()?;
        match status {
            Some(_) if forbidden => Err(wrong_value("status", "None if forbidden")),
            None if forbidden => Ok(Self::Forbidden),
            None => Ok(Self::NetworkError),
            Some(status) => Ok(Self::Answer(status, retry_after)),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::Answer(status, retry_after) => Outcome::Response {
                status: *status,
                retry_after: retry_after.as_deref(),
            },
            Self::NetworkError => Outcome::NetworkError,
            Self::Forbidden => Outcome::Forbidden,
        }
    }
}

pub(crate) fn statuses(statuses: &Bound<'_, PyAny>) -> PyResult<Vec<u16>> {
    let wrong = |_| wrong_type("retry_statuses", "an iterable of int", statuses);
    let statuses = statuses.try_iter().map_err(wrong)?;
    statuses
        .map(|status| number::status("a status", &status?))
        .collect()
}

/// What to do with a message after an attempt.
///
/// ``action`` is ``delivered``; ``retry_at``: try again at ``at``; ``dead_letter``: keep it, with
/// the ``reason`` ``exhausted``, ``redirected``, ``rejected`` or ``forbidden``; or ``disable``: keep it, and send
/// the endpoint nothing more.
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct Decision {
    /// What to do: ``delivered``, ``retry_at``, ``dead_letter`` or ``disable``.
    #[pyo3(get)]
    action: &'static str,
    at: Option<UnixTime>,
    /// Why it is a dead letter: ``exhausted``, ``redirected``, ``rejected`` or ``forbidden``; else ``None``.
    #[pyo3(get)]
    reason: Option<&'static str>,
}

impl From<countersign::Decision> for Decision {
    fn from(decision: countersign::Decision) -> Self {
        use countersign::Decision as Core;
        let (action, at, reason) = match decision {
            Core::RetryAt(at) => ("retry_at", Some(at), None),
            Core::DeadLetter(reason) => ("dead_letter", None, Some(reason.as_str())),
            Core::Delivered => ("delivered", None, None),
            Core::Disable => ("disable", None, None),
            // There is no other today; a dead letter at least loses nothing.
            _ => ("dead_letter", None, None),
        };
        Self { action, at, reason }
    }
}

#[pymethods]
impl Decision {
    /// When to try again, in Unix seconds, a ``float`` if it has a fraction; else ``None``.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.at.map(|at| number::from_time(py, at)).transpose()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("action", &self.action.into_bound_py_any(py)?),
            ("at", &self.at(py)?.into_bound_py_any(py)?),
            ("reason", &self.reason.into_bound_py_any(py)?),
        ];
        representation("Decision", &fields)
    }
}

/// How many seconds the value of a header ``Retry-After`` asks to wait (RFC 9110 section 10.2.3),
/// rounded up; ``None`` if it is neither a number of seconds nor a date. A date that is past asks
/// for no wait.
///
/// ``now`` is in Unix seconds, the host's clock if ``None``. Raises ``TypeError``.
///
/// >>> from countersign import parse_retry_after
/// >>> parse_retry_after("120")
/// 120
/// >>> parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now=784111770)
/// 7
#[pyfunction]
#[pyo3(signature = (value, now=None))]
pub(crate) fn parse_retry_after(
    value: &Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<u64>> {
    let value = header_value("the value", value)?;
    let delay = countersign::parse_retry_after(&value, number::time(now)?);
    Ok(delay.map(|delay| {
        let fraction = u64::from(delay.subsec_nanos() > 0);
        delay.as_secs().saturating_add(fraction)
    }))
}
