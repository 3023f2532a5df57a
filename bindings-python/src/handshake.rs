//! `HandshakeReply`.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use crate::guards::Answer;
use crate::text::representation;

/// The answer to a handshake, and what it hands to the program.
///
/// A handshake that hands something over can come from anybody: a secret from an unsigned request, or
/// a subscription to somebody else's topic. So the program must agree where ``needs_consent`` is true,
/// which it does when it has just asked the provider for it and not otherwise. Without consent
/// answer 403.
///
/// >>> from countersign import Webhook
/// >>> webhook = Webhook("asana", "until the secret is known")
/// >>> reply = webhook.handshake(b"{}", {"X-Hook-Secret": "b537207f"}, method="POST")
/// >>> reply.needs_consent, reply.secret, reply.answer.status
/// (True, 'b537207f', 200)
#[pyclass(frozen, module = "countersign")]
pub(crate) struct HandshakeReply(countersign::HandshakeReply);

impl HandshakeReply {
    pub(crate) fn new(py: Python<'_>, reply: &countersign::HandshakeReply) -> PyResult<Py<Self>> {
        Py::new(py, Self(reply.clone()))
    }
}

#[pymethods]
impl HandshakeReply {
    /// What the provider expects, once the program agrees where its consent is needed.
    #[getter]
    fn answer(&self) -> Answer {
        Answer(self.0.answer().clone())
    }

    /// Whether the program must agree before this is answered.
    #[getter]
    fn needs_consent(&self) -> bool {
        self.0.needs_consent()
    }

    /// The secret that is to verify later deliveries, or ``None``. The request that brought it is
    /// unsigned: take it only while a registration that this program began is pending, and never in
    /// place of one.
    #[getter]
    fn secret(&self) -> Option<&str> {
        self.0.secret()
    }

    /// The URL to GET, which makes the subscription to ``topic``; or ``None``. That it is Amazon's was
    /// checked.
    #[getter]
    fn confirmation_url(&self) -> Option<&str> {
        self.0.confirmation_url()
    }

    /// The ARN of the topic whose subscription is to be confirmed, or ``None``. Anybody can subscribe
    /// this endpoint to a topic of theirs, with Amazon's own signature: confirm those that are expected.
    #[getter]
    fn topic(&self) -> Option<&str> {
        self.0.topic()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            (
                "needs_consent",
                &self.needs_consent().into_bound_py_any(py)?,
            ),
            ("topic", &self.topic().into_bound_py_any(py)?),
        ];
        representation("HandshakeReply", &fields)
    }
}
