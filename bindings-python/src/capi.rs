//! The few calls of the C API that PyO3 does not offer in a stable-ABI wheel for Python 3.9.
//!
//! `PyUnicode_AsUTF8AndSize` is exported by every CPython since 3.3 and unchanged, but part of
//! the stable ABI only since 3.10. On Windows `python3.dll` of 3.9 does not forward it, so that
//! the wheel needs Python 3.10 there.

use std::ffi::c_char;
use std::{ptr, slice, str};

use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyString};
use pyo3::{Borrowed, ffi};

#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    fn PyUnicode_AsUTF8AndSize(
        text: *mut ffi::PyObject,
        size: *mut ffi::Py_ssize_t,
    ) -> *const c_char;
}

/// The UTF-8 form of a text, which the object itself holds or makes once and keeps; `None` if it
/// has a lone surrogate.
pub(crate) fn utf8<'a>(text: &'a Bound<'_, PyString>) -> Option<&'a str> {
    let mut size = 0;
    // SAFETY: `text` is a live `str`, and this thread is attached to the interpreter.
    let start = unsafe { PyUnicode_AsUTF8AndSize(text.as_ptr(), &raw mut size) };
    if start.is_null() {
        // The error holds the text, which may be a secret. It is dropped here.
        drop(PyErr::take(text.py()));
        return None;
    }
    // SAFETY: the memory belongs to the object, which is immutable and outlives `'a`; CPython
    // guarantees that it is UTF-8 of this length.
    unsafe {
        let bytes = slice::from_raw_parts(start.cast(), size.unsigned_abs());
        Some(str::from_utf8_unchecked(bytes))
    }
}

/// The bytes of a text, lone surrogates written as if they were characters.
pub(crate) fn utf8_with_surrogates<'py>(
    text: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyBytes>> {
    // SAFETY: the texts end in a zero byte; the call returns a new `bytes` or sets an error.
    unsafe {
        let bytes = ffi::PyUnicode_AsEncodedString(
            text.as_ptr(),
            c"utf-8".as_ptr(),
            c"surrogatepass".as_ptr(),
        );
        Ok(Bound::from_owned_ptr_or_err(text.py(), bytes)?.cast_into_unchecked())
    }
}

/// A copy of a buffer, items in order. Unlike `bytes(buffer)` it calls no method of the object.
pub(crate) fn copy_of_buffer<'py>(buffer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = buffer.py();
    // SAFETY: the call returns a new `bytes` or sets an error.
    let bytes = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyBytes_FromObject(buffer.as_ptr()))
            .map(|bytes| bytes.cast_into_unchecked())
    };
    bytes.map_err(|error| {
        let unreadable =
            error.is_instance_of::<PyValueError>(py) || error.is_instance_of::<PyBufferError>(py);
        if unreadable {
            PyTypeError::new_err("the buffer cannot be read; was the memoryview released?")
        } else {
            error
        }
    })
}

/// Calls `visit` with each key and value, without a reference count taken for either, until it
/// fails. It must not run Python code.
pub(crate) fn each_pair<'py, E>(
    dict: &Bound<'py, PyDict>,
    mut visit: impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> Result<(), E>,
) -> Result<(), E> {
    with_critical_section(dict, || {
        let (mut position, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: `dict` is a live dict that nothing changes meanwhile: `visit` runs no Python
        // code, and other threads wait for the interpreter lock or the critical section.
        while unsafe {
            ffi::PyDict_Next(
                dict.as_ptr(),
                &raw mut position,
                &raw mut key,
                &raw mut value,
            )
        } != 0
        {
            // SAFETY: the dict holds both objects while they are visited.
            let (key, value) = unsafe {
                (
                    Borrowed::from_ptr(dict.py(), key),
                    Borrowed::from_ptr(dict.py(), value),
                )
            };
            visit(&key, &value)?;
        }
        Ok(())
    })
}
