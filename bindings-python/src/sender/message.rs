//! Messages, as Python says them.

use bytes::Bytes;
use countersign::DeliveryError;
use countersign::error::MessageDefect;
use countersign_delivery::Message;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::body;
use crate::errors::exception;
use crate::text::strict;

/// The data as the text of its JSON, or the payload as bytes.
pub(super) fn message(
    event_type: &Bound<'_, PyAny>,
    content: &Bound<'_, PyAny>,
    id: Option<&Bound<'_, PyAny>>,
    idempotency_key: Option<&Bound<'_, PyAny>>,
) -> PyResult<Message> {
    let event_type = strict("the type", event_type)?;
    let mut message = match content.cast::<PyString>() {
        Ok(json) => match crate::capi::utf8(json) {
            Some(json) => Message::from_json(event_type, json),
            None => Err(not_json()),
        }
        .map_err(|error| exception(content.py(), error))?,
        Err(_) => {
            let payload = body::read(content)?;
            Message::with_payload(event_type, Bytes::copy_from_slice(&payload))
        }
    };
    if let Some(id) = id {
        message = message.id(strict("the id", id)?);
    }
    if let Some(key) = idempotency_key {
        message = message.idempotency_key(strict("the idempotency key", key)?);
    }
    Ok(message)
}

/// The error of data that Python cannot write as JSON.
#[pyfunction]
pub(crate) fn unserialisable(py: Python<'_>) -> Py<PyAny> {
    exception(py, not_json()).into_value(py).into_any()
}

fn not_json() -> DeliveryError {
    DeliveryError::MalformedMessage(MessageDefect::Data)
}
