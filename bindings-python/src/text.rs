//! Parameters that are text.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::capi;
use crate::errors::{wrong_type, wrong_value};

/// The text of a `str`.
pub(crate) fn strict<'a>(what: &str, value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let text = value
        .cast::<PyString>()
        .map_err(|_| wrong_type(what, "a str", value))?;
    capi::utf8(text).ok_or_else(|| wrong_value(what, "text without lone surrogates"))
}

/// The text of a `str` that comes from a request: what is no text gives characters that core
/// refuses, instead of an exception of another class.
pub(crate) fn lossy<'a>(what: &str, value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    let text = value
        .cast::<PyString>()
        .map_err(|_| wrong_type(what, "a str or None", value))?;
    Ok(capi::utf8(text).map_or(Cow::Borrowed("\u{fffd}"), Cow::Borrowed))
}

/// The text of a header's value, a `str` or `bytes`.
pub(crate) fn header_value<'a>(what: &str, value: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, str>> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(String::from_utf8_lossy(bytes.as_bytes())),
        Err(_) => lossy(what, value),
    }
}

/// Writes `Name(field=value, ...)` with the Python representations of the values.
pub(crate) fn representation(
    class: &str,
    fields: &[(&str, &Bound<'_, PyAny>)],
) -> PyResult<String> {
    let fields = fields
        .iter()
        .map(|(name, value)| Ok(format!("{name}={}", value.repr()?.to_string_lossy())))
        .collect::<PyResult<Vec<_>>>()?;
    Ok(format!("{class}({})", fields.join(", ")))
}
