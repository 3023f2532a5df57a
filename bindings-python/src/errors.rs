//! Exceptions: those of `countersign.errors` for what core answers, `TypeError` for arguments
//! that are no values of their parameter. No text holds a value that was passed.

use countersign::VerificationError;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyModule;

use crate::number;

/// The exception for an error of core. Its class is defined in Python, where it can be pickled.
pub(crate) fn exception(py: Python<'_>, error: impl Into<countersign::Error>) -> PyErr {
    static CLASSES: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let error = error.into();
    CLASSES
        .get_or_try_init(py, || py.import("countersign.errors").map(Bound::unbind))
        .and_then(|classes| {
            let class = classes.bind(py).getattr(error.class())?;
            let retry_after = match &error {
                countersign::Error::Guard(error) => error.retry_after(),
                _ => None,
            };
            if let countersign::Error::Verification(VerificationError::KeyNeeded(needed)) = &error {
                let needed = (needed.url(), needed.key_id());
                return class.call1((error.code(), error.to_string(), needed.0, needed.1));
            }
            match retry_after {
                None => class.call1((error.code(), error.to_string())),
                Some(wait) => {
                    let wait = number::from_duration(py, wait)?;
                    class.call1((error.code(), error.to_string(), wait))
                }
            }
        })
        .map_or_else(|error| error, PyErr::from_value)
}

/// `what` must be `wanted`, and is of another type.
pub(crate) fn wrong_type(what: &str, wanted: &str, given: &Bound<'_, PyAny>) -> PyErr {
    let name = given.get_type().name();
    let name = name.as_ref().map_or("an object", |name| {
        crate::capi::utf8(name).unwrap_or("an object")
    });
    PyTypeError::new_err(format!("{what} must be {wanted}, not {name}"))
}

/// `what` must be `wanted`, and is of that type but not such a value.
pub(crate) fn wrong_value(what: &str, wanted: &str) -> PyErr {
    PyTypeError::new_err(format!("{what} must be {wanted}"))
}
