//! Numbers: times and durations in seconds, counts, entropy.

use std::time::{Duration, SystemTime};

use countersign::UnixTime;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use crate::errors::{wrong_type, wrong_value};

/// A number that is finite and not negative.
enum Number {
    Whole(u64),
    Fraction(f64),
}

fn number(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Number> {
    const WANTED: &str = "a finite number that is not negative";
    if let Ok(float) = value.cast::<PyFloat>() {
        return match float.value() {
            float if !float.is_finite() || float < 0.0 => Err(wrong_value(what, WANTED)),
            float if float.fract() == 0.0 => Ok(Number::Whole(float as u64)),
            float => Ok(Number::Fraction(float)),
        };
    }
    whole(what, WANTED, value).map(Number::Whole)
}

/// An integer that is not negative; one that is too large counts as the largest.
fn whole(what: &str, wanted: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    if !value.is_instance_of::<PyInt>() || value.is_instance_of::<PyBool>() {
        return Err(wrong_type(what, wanted, value));
    }
    match value.extract() {
        Ok(whole) => Ok(whole),
        Err(_) if value.lt(0)? => Err(wrong_value(what, wanted)),
        Err(_) => Ok(u64::MAX),
    }
}

/// The instant given in Unix seconds, or the host's clock; whole milliseconds.
pub(crate) fn time(now: Option<&Bound<'_, PyAny>>) -> PyResult<UnixTime> {
    let Some(now) = now else {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // A clock before 1970 is taken as 1970.
        let now = since_epoch.unwrap_or_default();
        let millis = Duration::from_millis(now.subsec_millis().into());
        return Ok(UnixTime::from_seconds(now.as_secs()).saturating_add(millis));
    };
    Ok(match number("now", now)? {
        Number::Whole(seconds) => UnixTime::from_seconds(seconds),
        Number::Fraction(seconds) => UnixTime::from_millis((seconds * 1e3).floor() as u64),
    })
}

/// The instant that `from_time` gave.
pub(crate) fn exact_time(time: &Bound<'_, PyAny>) -> PyResult<UnixTime> {
    Ok(match number("the timestamp", time)? {
        Number::Whole(seconds) => UnixTime::from_seconds(seconds),
        Number::Fraction(seconds) => UnixTime::from_seconds(seconds as u64)
            .saturating_add(Duration::from_nanos((seconds.fract() * 1e9).round() as u64)),
    })
}

/// A duration given in seconds, to the nearest millisecond.
pub(crate) fn duration(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    Ok(match number(what, value)? {
        Number::Whole(seconds) => Duration::from_secs(seconds),
        Number::Fraction(seconds) => Duration::from_millis((seconds * 1e3).round() as u64),
    })
}

/// A duration given in whole seconds.
pub(crate) fn whole_seconds(what: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    match number(what, value)? {
        Number::Whole(seconds) => Ok(seconds),
        Number::Fraction(_) => Err(wrong_value(what, "whole seconds")),
    }
}

/// A count that is not negative.
pub(crate) fn count(what: &str, value: &Bound<'_, PyAny>) -> PyResult<u32> {
    let count = whole(what, "an int that is not negative", value)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// 32 bits of entropy.
pub(crate) fn entropy(value: &Bound<'_, PyAny>) -> PyResult<u32> {
    const WANTED: &str = "an int from 0 to 2**32 - 1";
    let entropy = whole("entropy", WANTED, value)?;
    u32::try_from(entropy).map_err(|_| wrong_value("entropy", WANTED))
}

/// How many bytes; what is too many counts as the most.
pub(crate) fn length(what: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    whole(what, "an int that is not negative", value)
}

/// 32 bits of entropy, from the operating system if not given.
pub(crate) fn given_or_random(py: Python<'_>, given: Option<&Bound<'_, PyAny>>) -> PyResult<u32> {
    if let Some(given) = given {
        return entropy(given);
    }
    let bytes = py.import("os")?.call_method1("urandom", (4,))?;
    Ok(u32::from_ne_bytes(bytes.extract()?))
}

/// An HTTP status.
pub(crate) fn status(what: &str, value: &Bound<'_, PyAny>) -> PyResult<u16> {
    const WANTED: &str = "an int from 0 to 65535";
    let status = whole(what, WANTED, value)?;
    u16::try_from(status).map_err(|_| wrong_value(what, WANTED))
}

/// Unix seconds: an `int`, or a `float` if there is a fraction.
pub(crate) fn from_time(py: Python<'_>, time: UnixTime) -> PyResult<Bound<'_, PyAny>> {
    match time.subsecond_nanos() {
        0 => time.seconds().into_bound_py_any(py),
        _ => time.as_seconds_f64().into_bound_py_any(py),
    }
}

/// Seconds: an `int`, or a `float` if there is a fraction. Whole milliseconds, as all durations
/// are that come from Python, so that one division gives the nearest `float`.
pub(crate) fn from_duration(py: Python<'_>, duration: Duration) -> PyResult<Bound<'_, PyAny>> {
    match duration.subsec_millis() {
        0 => duration.as_secs().into_bound_py_any(py),
        _ => (duration.as_millis() as f64 / 1e3).into_bound_py_any(py),
    }
}
