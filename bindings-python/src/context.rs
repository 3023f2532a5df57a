//! What a request is judged by besides its body and headers.

use std::borrow::Cow;

use countersign::UnixTime;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::errors::wrong_type;
use crate::text;

/// The clock, and what only some schemes look at.
pub(crate) struct Context<'a> {
    pub(crate) now: UnixTime,
    pub(crate) url: Option<Cow<'a, str>>,
    pub(crate) method: Option<Cow<'a, str>>,
    pub(crate) key: Option<&'a [u8]>,
}

/// A key as it was fetched.
pub(crate) fn fetched_key<'a>(key: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    if let Ok(bytes) = key.cast::<PyBytes>() {
        return Ok(bytes.as_bytes());
    }
    match key.is_instance_of::<PyString>() {
        true => text::strict("key", key).map(str::as_bytes),
        false => Err(wrong_type("key", "bytes, a str or None", key)),
    }
}
