//! What `countersign.testing` is made of.

use countersign::testing::SampleRequest;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::exception;
use crate::number;
use crate::text::{lossy, strict};
use crate::webhook::Webhook;

type Argument<'a, 'py> = Option<&'a Bound<'py, PyAny>>;
type SignedRequest<'py> = (String, String, Bound<'py, PyDict>, Bound<'py, PyBytes>);

/// The method, URL, headers and body of a request as the scheme's provider makes it, signed by the
/// first secret; ``payload`` is sent instead of the sample's.
///
/// >>> from countersign import Webhook
/// >>> from countersign._countersign import sign_sample
/// >>> sign_sample(Webhook("stripe", "whsec_test"), None, [], url="https://example.com/a")[:2]
/// ('POST', 'https://example.com/a')
#[pyfunction]
#[pyo3(
    signature = (webhook, payload, headers, *, id=None, r#type=None, now=None, url=None, method="POST")
)]
#[allow(clippy::too_many_arguments, reason = "those of the Python function")]
pub(crate) fn sign_sample<'py>(
    py: Python<'py>,
    webhook: &Bound<'py, Webhook>,
    payload: Option<&[u8]>,
    headers: Vec<(String, String)>,
    id: Argument<'_, 'py>,
    r#type: Argument<'_, 'py>,
    now: Argument<'_, 'py>,
    url: Argument<'_, 'py>,
    method: &str,
) -> PyResult<SignedRequest<'py>> {
    let id = id.map(|id| lossy("id", id)).transpose()?;
    let now = number::time(now)?;
    let mut request = SampleRequest::new(&webhook.get().webhook).method(method);
    if let Some(payload) = payload {
        request = request.payload(payload);
    }
    if let Some(id) = &id {
        request = request.id(id);
    }
    if let Some(event_type) = r#type {
        request = request.event_type(strict("type", event_type)?);
    }
    if let Some(url) = url {
        request = request.url(strict("url", url)?);
    }
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let signed = request.sign(now).map_err(|error| exception(py, error))?;
    let headers = PyDict::new(py);
    for (name, value) in signed.headers {
        headers.set_item(name, value)?;
    }
    let body = PyBytes::new(py, &signed.body);
    Ok((signed.method, signed.url, headers, body))
}
