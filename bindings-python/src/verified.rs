//! `Verified`.

use std::mem;

use countersign::Request;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use smallvec::SmallVec;

use crate::body;
use crate::context::Context;
use crate::errors::exception;
use crate::event::Event;
use crate::headers::Collected;
use crate::number;
use crate::shared::SharedBytes;
use crate::text::representation;
use crate::webhook::Webhook;

/// What a verified request proves. ``event()`` parses its payload.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Verified {
    /// Borrows from all below, which are dropped after it.
    proof: countersign::Verified<'static>,
    body: SharedBytes,
    _headers: SmallVec<[Py<PyAny>; 3]>,
    _webhook: Py<Webhook>,
}

impl Verified {
    /// The verdict on a request.
    pub(crate) fn decide(
        webhook: &Bound<'_, Webhook>,
        body: SharedBytes,
        headers: Collected<'_>,
        context: &Context<'_>,
    ) -> PyResult<Self> {
        let py = webhook.py();
        let core = webhook.get().core();
        let request = Request::new(&headers, &body)
            .url(context.url.as_deref())
            .method(context.method.as_deref())
            .key(context.key);
        let proof = body::work_on(py, &body, || core.verify(&request, context.now))
            .map_err(|error| exception(py, error))?;
        // SAFETY: a proof borrows from the webhook, which lies in a frozen object; from the bytes of
        // the body; and from values of the headers (of which it knows no more than what
        // `Headers::each` visits). These lie in Python's objects, which
        // never change or move them, and to which this struct holds references. No method hands
        // out anything with the lifetime `'static`.
        let proof = unsafe {
            mem::transmute::<countersign::Verified<'_>, countersign::Verified<'static>>(proof)
        };
        Ok(Self {
            proof,
            body,
            _headers: headers.into_owners(),
            _webhook: webhook.clone().unbind(),
        })
    }
}

#[pymethods]
impl Verified {
    /// Which secret fitted, counted from 0. When it is never the old one any more, rotation is
    /// done.
    #[getter]
    fn key_index(&self) -> usize {
        self.proof.key_index()
    }

    /// The message's id as far as a header has it; else ``None``. Signed only if the scheme signs
    /// it.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.proof.id()
    }

    /// The signed attempt timestamp in Unix seconds, a ``float`` if it has a fraction; ``None``
    /// if the scheme has none.
    #[getter]
    fn timestamp<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let timestamp = self.proof.timestamp();
        timestamp
            .map(|time| number::from_time(py, time))
            .transpose()
    }

    /// The identity of the delivery, with the scheme's name before it, if a header has it. Else
    /// ``None``: then ``event().dedupe_key`` may have it.
    #[getter]
    fn dedupe_key(&self) -> Option<String> {
        self.proof.dedupe_key()
    }

    /// Parses the payload as the scheme describes it. Raises ``PayloadError``.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("sha256", "hush")
    /// >>> body = b'{"id": "evt_1", "type": "ping"}'
    /// >>> webhook.verify(body, webhook.sign(body)).event().type
    /// 'ping'
    pub(crate) fn event(&self, py: Python<'_>) -> PyResult<Event> {
        let event = self.proof.event().map_err(|error| exception(py, error))?;
        Event::new(py, &event, &self.body, self.proof.key_index())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("key_index", &self.key_index().into_bound_py_any(py)?),
            ("id", &self.id().into_bound_py_any(py)?),
            ("timestamp", &self.timestamp(py)?.into_bound_py_any(py)?),
            ("dedupe_key", &self.dedupe_key().into_bound_py_any(py)?),
        ];
        representation("Verified", &fields)
    }
}
