//! What an outbox holds, as tuples for Python. Times and durations are in seconds.

use std::collections::BTreeMap;

use countersign::{Error, UnixTime};
use countersign_delivery::{
    Attempted, DeliveryFilter, DeliveryState, RegisteredEndpoint, Replay, Sent, StoredDelivery,
};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::endpoint::EndpointHealth;
use crate::errors::{exception, wrong_type, wrong_value};
use crate::number;
use crate::text::strict;

fn seconds(time: UnixTime) -> f64 {
    time.millis() as f64 / 1e3
}

pub(super) fn sent(py: Python<'_>, sent: Sent) -> PyResult<Py<PyAny>> {
    (sent.id, sent.is_new).into_py_any(py)
}

/// Each as it is, or as the exception.
pub(super) fn all_sent(py: Python<'_>, all: Vec<Result<Sent, Error>>) -> PyResult<Py<PyAny>> {
    let all = all.into_iter().map(|one| match one {
        Ok(one) => sent(py, one),
        Err(error) => Ok(exception(py, error).into_value(py).into_any()),
    });
    all.collect::<PyResult<Vec<_>>>()?.into_py_any(py)
}

pub(super) fn delivery(py: Python<'_>, delivery: StoredDelivery) -> PyResult<Py<PyAny>> {
    (
        delivery.number,
        delivery.message_id,
        delivery.event_type,
        seconds(delivery.created),
        delivery.endpoint,
        delivery.state.as_str(),
        delivery.attempts,
        delivery.is_replay,
        seconds(delivery.due),
        delivery.reason,
    )
        .into_py_any(py)
}

pub(super) fn attempt(py: Python<'_>, attempt: Attempted) -> PyResult<Py<PyAny>> {
    (
        attempt.attempt,
        seconds(attempt.at),
        attempt.duration.as_micros() as f64 / 1e6,
        attempt.status,
        attempt.error,
        attempt.answer.map(|answer| PyBytes::new(py, &answer)),
    )
        .into_py_any(py)
}

pub(super) fn registered(py: Python<'_>, endpoint: RegisteredEndpoint) -> PyResult<Py<PyAny>> {
    (
        endpoint.id,
        endpoint.owner,
        endpoint.url,
        endpoint.scheme,
        endpoint.secret_count,
        PyTuple::new(py, endpoint.event_types)?,
        EndpointHealth(endpoint.health),
        seconds(endpoint.created),
    )
        .into_py_any(py)
}

pub(super) fn replay(py: Python<'_>, replay: Replay) -> PyResult<Py<PyAny>> {
    (
        replay.number,
        replay.total,
        replay.replayed,
        replay.per_second,
        replay.state.as_str(),
        seconds(replay.created),
    )
        .into_py_any(py)
}

/// Reads each of a list.
pub(super) fn each<T>(
    read: impl Fn(Python<'_>, T) -> PyResult<Py<PyAny>>,
) -> impl FnOnce(Python<'_>, Vec<T>) -> PyResult<Py<PyAny>> {
    move |py, all| {
        let all = all.into_iter().map(|one| read(py, one));
        all.collect::<PyResult<Vec<_>>>()?.into_py_any(py)
    }
}

/// Reads one that may not be there.
pub(super) fn maybe<T>(
    read: impl Fn(Python<'_>, T) -> PyResult<Py<PyAny>>,
) -> impl FnOnce(Python<'_>, Option<T>) -> PyResult<Py<PyAny>> {
    move |py, found| match found {
        Some(found) => read(py, found),
        None => Ok(py.None()),
    }
}

pub(super) fn counts(py: Python<'_>, counts: BTreeMap<DeliveryState, u64>) -> PyResult<Py<PyAny>> {
    let counted = PyDict::new(py);
    for (state, count) in counts {
        counted.set_item(state.as_str(), count)?;
    }
    Ok(counted.into_any().unbind())
}

/// The filter of these keywords; those that are `None` are not said.
pub(super) fn filter(wanted: &Bound<'_, PyDict>) -> PyResult<DeliveryFilter> {
    let mut filter = DeliveryFilter::new();
    for (key, value) in wanted {
        if value.is_none() {
            continue;
        }
        filter = match strict("a keyword", &key)? {
            "state" => {
                let state = DeliveryState::named(strict("state", &value)?);
                let known = "'waiting', 'running', 'delivered' or 'dead'";
                filter.state(state.ok_or_else(|| wrong_value("state", known))?)
            }
            "endpoint" => filter.endpoint(strict("endpoint", &value)?),
            "type" => filter.event_type(strict("type", &value)?),
            "reason" => filter.reason(strict("reason", &value)?),
            "since" => filter.since(number::exact_time(&value)?),
            "until" => filter.until(number::exact_time(&value)?),
            "before" => filter.before(value.extract()?),
            _ => return Err(wrong_type("a keyword", "a condition", &key)),
        };
    }
    Ok(filter)
}
