//! Bytes that stay where Python has them.

use std::ops::Deref;
use std::ptr::NonNull;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::capi;

/// The bytes of an immutable object, a `bytes` or the UTF-8 form of a `str`, with the reference
/// that keeps them in place. Moving this does not move the bytes.
pub(crate) struct SharedBytes {
    bytes: NonNull<[u8]>,
    owner: Py<PyAny>,
}

// SAFETY: the bytes never change, and the reference may be dropped on any thread.
unsafe impl Send for SharedBytes {}
// SAFETY: as above.
unsafe impl Sync for SharedBytes {}

impl SharedBytes {
    pub(crate) fn of_bytes(bytes: &Bound<'_, PyBytes>) -> Self {
        Self {
            bytes: NonNull::from(bytes.as_bytes()),
            owner: bytes.clone().into_any().unbind(),
        }
    }

    /// `None` if the text has no UTF-8 form.
    pub(crate) fn of_text(text: &Bound<'_, PyString>) -> Option<Self> {
        Some(Self {
            bytes: NonNull::from(capi::utf8(text)?.as_bytes()),
            owner: text.clone().into_any().unbind(),
        })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            bytes: self.bytes,
            owner: self.owner.clone_ref(py),
        }
    }

    /// The object that holds the bytes.
    pub(crate) fn owner(&self) -> &Py<PyAny> {
        &self.owner
    }

    pub(crate) fn into_owner(self) -> Py<PyAny> {
        self.owner
    }
}

impl Deref for SharedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `owner` keeps the bytes alive and is immutable.
        unsafe { self.bytes.as_ref() }
    }
}
