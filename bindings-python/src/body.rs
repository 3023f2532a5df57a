//! Bodies, in every form that frameworks give them.

use countersign::ConfigurationError;
use countersign::error::UnsupportedBody;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

use crate::capi;
use crate::errors::exception;
use crate::shared::SharedBytes;

/// From this size on other Python threads may run while a body is hashed. Below, handing over the
/// interpreter takes longer than it gains.
const HANDS_OVER_FROM: usize = 64 * 1024;

/// The bytes of a body. `bytes` and `str` are borrowed. Mutable buffers are copied, because the
/// bytes that were verified must still be the same when they are parsed.
pub(crate) fn read(body: &Bound<'_, PyAny>) -> PyResult<SharedBytes> {
    if let Ok(bytes) = body.cast::<PyBytes>() {
        return Ok(SharedBytes::of_bytes(bytes));
    }
    let reason = if let Ok(text) = body.cast::<PyString>() {
        match SharedBytes::of_text(text) {
            Some(bytes) => return Ok(bytes),
            None => UnsupportedBody::LoneSurrogate,
        }
    } else if body.is_instance_of::<PyByteArray>() || body.is_instance_of::<PyMemoryView>() {
        return capi::copy_of_buffer(body).map(|copy| SharedBytes::of_bytes(&copy));
    } else {
        UnsupportedBody::Parsed
    };
    let error = ConfigurationError::UnsupportedBody(reason);
    Err(exception(body.py(), error))
}

/// Does the work over this body, with other Python threads running if it is large.
pub(crate) fn work_on<T: Send>(py: Python<'_>, body: &[u8], work: impl Send + FnOnce() -> T) -> T {
    if body.len() < HANDS_OVER_FROM {
        work()
    } else {
        py.detach(work)
    }
}
