//! `Secret` and `generate_secret`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PySequence, PyString};
use zeroize::Zeroizing;

use crate::capi;
use crate::errors::{exception, wrong_type};
use crate::text;

/// A shared secret, as the provider shows it. It is never printed, and cannot be pickled.
///
/// ``text`` is the whole text, such as ``whsec_...``. How it gives the bytes of the key is part
/// of the scheme, and checked by ``Webhook``. Raises ``ConfigurationError``: ``empty_secret``;
/// ``malformed_secret`` when it is longer than 4096 bytes, or begins or ends with whitespace.
///
/// >>> from countersign import Secret
/// >>> Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
/// Secret(...)
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Secret(pub(crate) countersign::Secret);

#[pymethods]
impl Secret {
    #[new]
    fn new(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        parse(text).map(Self)
    }

    /// A secret as the bytes of its key, for every scheme.
    ///
    /// Raises ``ConfigurationError`` (``empty_secret``).
    ///
    /// >>> from countersign import Secret
    /// >>> Secret.from_bytes(bytes(range(32)))
    /// Secret(...)
    #[staticmethod]
    fn from_bytes(key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let copy;
        let key_bytes = if let Ok(bytes) = key.cast::<PyBytes>() {
            bytes
        } else if key.is_instance_of::<PyByteArray>() || key.is_instance_of::<PyMemoryView>() {
            copy = capi::copy_of_buffer(key)?;
            &copy
        } else {
            return Err(wrong_type("a key", "bytes, bytearray or memoryview", key));
        };
        countersign::Secret::from_bytes(key_bytes.as_bytes())
            .map(Self)
            .map_err(|error| exception(key.py(), error))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Secret cannot be pickled or copied"))
    }

    fn __repr__(&self) -> &'static str {
        "Secret(...)"
    }
}

/// The secret of a `str`.
pub(crate) fn parse(text: &Bound<'_, PyAny>) -> PyResult<countersign::Secret> {
    if !text.is_instance_of::<PyString>() {
        let wanted = "a str or a Secret (Secret.from_bytes takes the bytes of a key)";
        return Err(wrong_type("a secret", wanted, text));
    }
    let secret = text::strict("a secret", text)?;
    countersign::Secret::parse(secret).map_err(|error| exception(text.py(), error))
}

/// A new Standard Webhooks secret: ``whsec_`` and 32 bytes from the operating system's generator
/// in base64. Any other scheme that takes text accepts it too.
///
/// >>> from countersign import generate_secret
/// >>> len(generate_secret())
/// 50
#[pyfunction]
pub(crate) fn generate_secret(py: Python<'_>) -> PyResult<String> {
    let bytes = py.import("os")?.call_method1("urandom", (32,))?;
    let entropy: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.extract()?);
    Ok(countersign::Secret::generate(&entropy).to_string())
}

/// The secret that a `str` or a `Secret` is.
pub(crate) fn parse_secret(secret: &Bound<'_, PyAny>) -> PyResult<countersign::Secret> {
    match secret.cast::<Secret>() {
        Ok(secret) => Ok(secret.get().0.clone()),
        Err(_) => parse(secret),
    }
}

/// One secret, or the items of a sequence.
pub(crate) fn list_secrets<'py>(secrets: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if secrets.is_instance_of::<PyString>() || secrets.is_instance_of::<Secret>() {
        return Ok(vec![secrets.clone()]);
    }
    // These are sequences of numbers.
    let is_bytes = secrets.is_instance_of::<PyBytes>()
        || secrets.is_instance_of::<PyByteArray>()
        || secrets.is_instance_of::<PyMemoryView>();
    match secrets.cast::<PySequence>() {
        Ok(sequence) if !is_bytes => sequence.try_iter()?.collect(),
        _ => {
            let wanted = "a str, a Secret or a sequence of them \
                          (Secret.from_bytes takes the bytes of a key)";
            Err(wrong_type("the secrets", wanted, secrets))
        }
    }
}
