//! What stores and receivers written in Python take from core: the decision on a claim, the scripts
//! for Redis, and the errors of what only a host can find.

use countersign::{Error, Held, UnixTime, redis};
use pyo3::prelude::*;

use crate::errors::{exception, wrong_value};

/// Whether a delivery may be handled at ``now_ms``, given what a store holds for its key: nothing,
/// or a pair of ``"in progress"`` or ``"handled"`` and until when, in Unix milliseconds.
///
/// Raises ``GuardError``: ``duplicate_event``; ``event_in_progress`` with ``retry_after``.
///
/// >>> from countersign.receiver import decide_claim
/// >>> decide_claim(None, 1_000)
/// >>> decide_claim(("in progress", 900), 1_000)
#[pyfunction]
pub(crate) fn decide_claim(
    py: Python<'_>,
    held: Option<(String, u64)>,
    now_ms: u64,
) -> PyResult<()> {
    let held = held
        .map(|(state, until)| {
            let until = UnixTime::from_millis(until);
            match &*state {
                "in progress" => Ok(Held::InProgress { until }),
                "handled" => Ok(Held::Handled { until }),
                _ => Err(wrong_value(
                    "held",
                    "'in progress' or 'handled', with a time",
                )),
            }
        })
        .transpose()?;
    countersign::decide_claim(held, UnixTime::from_millis(now_ms))
        .map_err(|error| exception(py, error))
}

/// The error of this code that a host found by its own I/O. ``amount`` is in milliseconds, of a
/// body's limit in bytes.
#[pyfunction]
#[pyo3(signature = (code, amount=0))]
pub(crate) fn refusal(py: Python<'_>, code: &str, amount: u64) -> PyResult<Py<PyAny>> {
    let error = Error::found_by_host(code, amount)
        .ok_or_else(|| wrong_value("code", "one that hosts may refuse with"))?;
    Ok(exception(py, error).into_value(py).into_any())
}

/// The HTTP status that answers an error of this code.
#[pyfunction]
pub(crate) fn error_status(code: &str) -> u16 {
    Error::status_of(code)
}

/// The scripts for Redis by name, and the prefixes of its keys.
#[pyfunction]
pub(crate) fn redis_scripts() -> [(&'static str, &'static str); 6] {
    [
        ("claim_prefix", redis::CLAIM_PREFIX),
        ("rate_prefix", redis::RATE_PREFIX),
        ("claim", redis::CLAIM),
        ("complete", redis::COMPLETE),
        ("release", redis::RELEASE),
        ("admit", redis::ADMIT),
    ]
}
