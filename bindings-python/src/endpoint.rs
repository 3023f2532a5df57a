//! `EndpointHealth`, `HealthPolicy` and `Availability`.

use std::time::Duration;

use countersign::{DisableReason, UnixTime};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::errors::{wrong_type, wrong_value};
use crate::number;
use crate::retry::{Ended, statuses};
use crate::text::{representation, strict};

/// What is known of an endpoint from the attempts to send to it; a new one is healthy.
///
/// ``failures`` is the number of failed attempts since the last success and ``failing_since`` the
/// time of the first; ``openings`` is how often in a row the circuit has opened; ``disabled`` is
/// ``gone``, ``failing``, ``manual`` or ``None``. Times are in Unix seconds. To enable an endpoint
/// again, begin with a new one. Raises ``TypeError``.
///
/// >>> from countersign import EndpointHealth
/// >>> EndpointHealth(failures=3, failing_since=1700000000).disabled is None
/// True
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct EndpointHealth(pub(crate) countersign::EndpointHealth);

#[pymethods]
impl EndpointHealth {
    #[new]
    #[pyo3(
        signature = (
            *,
            failures=None,
            failing_since=None,
            throttled_until=None,
            circuit_open_until=None,
            openings=None,
            disabled=None,
        ),
        text_signature = "(*, failures=0, failing_since=None, throttled_until=None, circuit_open_until=None, openings=0, disabled=None)"
    )]
    fn new(
        failures: Option<&Bound<'_, PyAny>>,
        failing_since: Option<&Bound<'_, PyAny>>,
        throttled_until: Option<&Bound<'_, PyAny>>,
        circuit_open_until: Option<&Bound<'_, PyAny>>,
        openings: Option<&Bound<'_, PyAny>>,
        disabled: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let time = |time: Option<&Bound<'_, PyAny>>| time.map(number::exact_time).transpose();
        let mut health = countersign::EndpointHealth::new();
        if let Some(failures) = failures {
            health.failures = number::count("failures", failures)?;
        }
        health.failing_since = time(failing_since)?;
        health.throttled_until = time(throttled_until)?;
        health.circuit_open_until = time(circuit_open_until)?;
        if let Some(openings) = openings {
            health.openings = number::count("openings", openings)?;
        }
        if let Some(disabled) = disabled {
            let reason = DisableReason::named(strict("disabled", disabled)?);
            let known = reason.ok_or_else(|| wrong_value("disabled", "gone, failing or manual"))?;
            health.disabled = Some(known);
        }
        Ok(Self(health))
    }

    /// Attempts that failed since the last one that succeeded.
    #[getter]
    fn failures(&self) -> u32 {
        self.0.failures
    }

    /// When the first of these ended, in Unix seconds.
    #[getter]
    fn failing_since<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        seconds(py, self.0.failing_since)
    }

    /// Until when nothing is sent, because the endpoint asked for it.
    #[getter]
    fn throttled_until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        seconds(py, self.0.throttled_until)
    }

    /// Until when nothing is sent, because the endpoint is down.
    #[getter]
    fn circuit_open_until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        seconds(py, self.0.circuit_open_until)
    }

    /// How often in a row the circuit has opened.
    #[getter]
    fn openings(&self) -> u32 {
        self.0.openings
    }

    /// Why nothing is sent any more: ``gone``, ``failing`` or ``manual``; else ``None``.
    #[getter]
    fn disabled(&self) -> Option<&'static str> {
        self.0.disabled.map(DisableReason::as_str)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("failures", &self.failures().into_bound_py_any(py)?),
            (
                "failing_since",
                &self.failing_since(py)?.into_bound_py_any(py)?,
            ),
            (
                "throttled_until",
                &self.throttled_until(py)?.into_bound_py_any(py)?,
            ),
            (
                "circuit_open_until",
                &self.circuit_open_until(py)?.into_bound_py_any(py)?,
            ),
            ("openings", &self.openings().into_bound_py_any(py)?),
            ("disabled", &self.disabled().into_bound_py_any(py)?),
        ];
        representation("EndpointHealth", &fields)
    }
}

/// When an endpoint is throttled, taken for down, and disabled.
///
/// An endpoint is throttled by 429, 502 and 504, and by every other answer that is tried again and
/// has ``Retry-After``: as long as that says, up to ``retry_after_cap``, else as long as it has been
/// failing, within ``throttle_pauses``. Its circuit opens once ``circuit_failures`` attempts in a
/// row have failed, at one without an answer, 408, 425 or 5xx; for the first of ``circuit_pauses``,
/// then for twice as long each time, up to the second. After it single attempts are made until one
/// succeeds. 410 disables the endpoint, as do ``disable_after`` seconds without a success, if at
/// least ``disable_failures`` attempts failed. ``retry_statuses`` are those of ``RetryPolicy``.
///
/// Durations are in seconds. ``circuit_failures=False`` and ``disable_after=False`` switch that
/// rule off. Raises ``TypeError``.
///
/// >>> from countersign import EndpointHealth, HealthPolicy
/// >>> policy = HealthPolicy()
/// >>> health = policy.observe(EndpointHealth(), 429, retry_after="30", now=1700000000)
/// >>> policy.availability(health, now=1700000000)
/// Availability(state='throttled', until=1700000030, reason=None)
/// >>> policy.availability(health, now=1700000030).state
/// 'ready'
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct HealthPolicy(pub(crate) countersign::HealthPolicy);

#[pymethods]
impl HealthPolicy {
    #[new]
    #[pyo3(
        signature = (
            *,
            circuit_failures=None,
            circuit_pauses=None,
            throttle_pauses=None,
            retry_after_cap=None,
            disable_after=None,
            disable_failures=None,
            retry_statuses=None,
        ),
        text_signature = "(*, circuit_failures=10, circuit_pauses=(30, 1800), throttle_pauses=(1, 60), retry_after_cap=3600, disable_after=432000, disable_failures=10, retry_statuses=())"
    )]
    fn new(
        circuit_failures: Option<&Bound<'_, PyAny>>,
        circuit_pauses: Option<&Bound<'_, PyAny>>,
        throttle_pauses: Option<&Bound<'_, PyAny>>,
        retry_after_cap: Option<&Bound<'_, PyAny>>,
        disable_after: Option<&Bound<'_, PyAny>>,
        disable_failures: Option<&Bound<'_, PyAny>>,
        retry_statuses: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut policy = countersign::HealthPolicy::new();
        match circuit_failures {
            None => {}
            Some(off) if is_false(off) => policy = policy.without_circuit(),
            Some(failures) => {
                policy = policy.with_circuit(number::count("circuit_failures", failures)?);
            }
        }
        if let Some(pauses) = circuit_pauses {
            let (first, longest) = pair("circuit_pauses", pauses)?;
            policy = policy.with_circuit_pauses(first, longest);
        }
        if let Some(pauses) = throttle_pauses {
            let (shortest, longest) = pair("throttle_pauses", pauses)?;
            policy = policy.with_throttle_pauses(shortest, longest);
        }
        if let Some(cap) = retry_after_cap {
            policy = policy.with_retry_after_cap(number::duration("retry_after_cap", cap)?);
        }
        let after = disable_after.filter(|after| !is_false(after));
        let after = after.map(|after| number::duration("disable_after", after));
        let after = after
            .transpose()?
            .unwrap_or(countersign::HealthPolicy::DISABLE_AFTER);
        let failures = disable_failures.map(|failures| number::count("disable_failures", failures));
        let failures = failures.transpose()?;
        let failures = failures.unwrap_or(countersign::HealthPolicy::DISABLE_FAILURES);
        policy = if disable_after.is_some_and(is_false) {
            policy.without_disabling()
        } else {
            policy.with_disabling(after, failures)
        };
        if let Some(given) = retry_statuses {
            policy = policy.with_retry_statuses(statuses(given)?);
        }
        Ok(Self(policy))
    }

    /// Whether the endpoint may be sent to at ``now``, in Unix seconds, the host's clock if
    /// ``None``. Of two pauses, the one that ends last. Raises ``TypeError``.
    #[pyo3(signature = (health, now=None))]
    fn availability(
        &self,
        health: &EndpointHealth,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Availability> {
        Ok(self.0.availability(&health.0, number::time(now)?).into())
    }

    /// What is known of the endpoint after an attempt that ended at ``now``: with ``status``, or
    /// with no answer if that is ``None``, or before it began if ``forbidden``.
    ///
    /// The parameters are those of ``RetryPolicy.decide``. Raises ``TypeError``.
    #[pyo3(signature = (health, status, retry_after=None, now=None, entropy=None, *, forbidden=false))]
    #[expect(clippy::too_many_arguments, reason = "they are those of `decide`")]
    fn observe(
        &self,
        py: Python<'_>,
        health: &EndpointHealth,
        status: Option<&Bound<'_, PyAny>>,
        retry_after: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        entropy: Option<&Bound<'_, PyAny>>,
        forbidden: bool,
    ) -> PyResult<EndpointHealth> {
        let ended = Ended::new(status, retry_after, forbidden)?;
        let now = number::time(now)?;
        let entropy = number::given_or_random(py, entropy)?;
        let next = self.0.observe(&health.0, &ended.outcome(), now, entropy);
        Ok(EndpointHealth(next))
    }
}

/// Whether an endpoint may be sent to.
///
/// ``state`` is ``ready``; ``throttled`` or ``circuit_open``: not before ``until``; ``probe``: one
/// attempt at a time, to find out whether it is still down; or ``disabled``, with the ``reason``
/// ``gone``, ``failing`` or ``manual``.
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct Availability {
    /// Whether it may: ``ready``, ``throttled``, ``circuit_open``, ``probe`` or ``disabled``.
    #[pyo3(get)]
    state: &'static str,
    until: Option<UnixTime>,
    /// Why it is disabled: ``gone``, ``failing`` or ``manual``; else ``None``.
    #[pyo3(get)]
    reason: Option<&'static str>,
}

impl From<countersign::Availability> for Availability {
    fn from(availability: countersign::Availability) -> Self {
        Self {
            state: availability.as_str(),
            until: availability.until(),
            reason: availability.reason().map(DisableReason::as_str),
        }
    }
}

#[pymethods]
impl Availability {
    /// Until when nothing is sent, in Unix seconds, a ``float`` if it has a fraction; else ``None``.
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        seconds(py, self.until)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("state", &self.state.into_bound_py_any(py)?),
            ("until", &self.until(py)?.into_bound_py_any(py)?),
            ("reason", &self.reason.into_bound_py_any(py)?),
        ];
        representation("Availability", &fields)
    }
}

fn seconds(py: Python<'_>, time: Option<UnixTime>) -> PyResult<Option<Bound<'_, PyAny>>> {
    time.map(|time| number::from_time(py, time)).transpose()
}

fn is_false(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyBool>().is_ok_and(|value| !value.is_true())
}

fn pair(what: &str, value: &Bound<'_, PyAny>) -> PyResult<(Duration, Duration)> {
    let Ok((one, other)) = value.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
        return Err(wrong_type(what, "a tuple of two numbers", value));
    };
    Ok((
        number::duration(what, &one)?,
        number::duration(what, &other)?,
    ))
}
