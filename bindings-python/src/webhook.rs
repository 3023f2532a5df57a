//! `Webhook`.

use countersign::{Message, Request};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::body;
use crate::context::{Context, fetched_key};
use crate::errors::{exception, wrong_type};
use crate::event::Event;
use crate::explanation::Explanation;
use crate::handshake::HandshakeReply;
use crate::headers::{Collected, Every, Names};
use crate::number;
use crate::scheme::{self, Scheme};
use crate::secret::{list_secrets, parse_secret};
use crate::text;
use crate::tolerance::{self, Tolerance};
use crate::verified::Verified;

/// One endpoint's scheme and secrets, ready to verify and to sign. Any number of threads may use
/// one.
///
/// ``scheme`` is the name of a registered scheme (``Scheme.names()`` lists them) or a ``Scheme``.
/// ``secrets`` is one secret or a sequence of them, each a ``str`` as the provider shows it or a
/// ``Secret``: any of them verifies, the first signs. ``tolerance`` replaces the scheme's own.
/// ``verify_token`` is what Meta's handshake is known by.
///
/// With ``every_secret_signs`` all of them sign, so that receivers which know any of them can verify
/// while a sender's secret is being replaced. Schemes whose signature header is a list take it:
/// Standard Webhooks, Svix, Stripe and others with a separator. At most 64 sign.
///
/// Raises ``ConfigurationError``: ``unknown_scheme``, ``no_secrets``, ``empty_secret``,
/// ``malformed_secret``.
///
/// >>> from countersign import Webhook
/// >>> webhook = Webhook("github", "It's a Secret to Everybody")
/// >>> headers = webhook.sign(b"{}", id="72d3162e-cc78-11e3-81ab-4c9367dc0958")
/// >>> webhook.verify(b"{}", headers).id
/// '72d3162e-cc78-11e3-81ab-4c9367dc0958'
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Webhook {
    pub(crate) webhook: countersign::Webhook,
    names: Names,
    secrets: usize,
}

type Argument<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pymethods]
impl Webhook {
    #[new]
    #[pyo3(
        signature = (scheme, secrets, *, tolerance=None, verify_token=None, every_secret_signs=false)
    )]
    fn new(
        scheme: &Bound<'_, PyAny>,
        secrets: &Bound<'_, PyAny>,
        tolerance: Option<&Bound<'_, PyAny>>,
        verify_token: Option<&Bound<'_, PyAny>>,
        every_secret_signs: bool,
    ) -> PyResult<Self> {
        let py = scheme.py();
        let scheme = match scheme.cast::<Scheme>() {
            Ok(scheme) => scheme.get().0.clone(),
            Err(_) if scheme.is_instance_of::<PyString>() => scheme::named(scheme)?,
            Err(_) => return Err(wrong_type("the scheme", "a str or a Scheme", scheme)),
        };
        let tolerance = tolerance.map(tolerance::argument).transpose()?;
        let secrets = list_secrets(secrets)?;
        // Core takes one secret after the other, so that of several bad ones the first is
        // reported.
        let mut unreadable = None;
        let readable = secrets.iter().map_while(|secret| {
            parse_secret(secret)
                .map_err(|error| unreadable = Some(error))
                .ok()
        });
        let webhook = countersign::Webhook::new(scheme, readable);
        if let Some(error) = unreadable {
            return Err(error);
        }
        let mut webhook = webhook.map_err(|error| exception(py, error))?;
        if let Some(tolerance) = tolerance {
            webhook = webhook.with_tolerance(tolerance);
        }
        if let Some(token) = verify_token {
            webhook = webhook.with_verify_token(parse_secret(token)?);
        }
        if every_secret_signs {
            webhook = webhook.with_every_secret_signing();
        }
        Ok(Self {
            names: Names::new(py, &webhook.header_names()),
            secrets: secrets.len(),
            webhook,
        })
    }

    /// Decides whether a holder of one of the secrets sent this request, now. Parses nothing.
    ///
    /// ``body`` is the raw body: ``bytes``, ``bytearray``, ``memoryview`` or ``str`` (as UTF-8).
    /// ``headers`` is any mapping (of a framework, a WSGI environ, a dict; values may be lists)
    /// or iterable of pairs (ASGI), of ``str`` or ``bytes``. ``now`` is in Unix seconds, the
    /// host's clock if ``None``. ``url`` and ``method`` are for schemes that sign them. ``key`` is what
    /// was fetched (``bytes`` or ``str``) when ``verify`` raised ``key_needed``: see
    /// ``countersign.keys.KeyFetcher``, which does both.
    ///
    /// Raises ``VerificationError``; ``ConfigurationError`` (``unsupported_body``) for a body
    /// that is parsed already; ``TypeError`` for arguments of another type.
    ///
    /// >>> from countersign import Webhook, VerificationError
    /// >>> webhook = Webhook("github", "It's a Secret to Everybody")
    /// >>> signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    /// >>> headers = {"X-Hub-Signature-256": "sha256=" + signature}
    /// >>> webhook.verify(b"Hello, World!", headers).key_index
    /// 0
    /// >>> try:
    /// ...     webhook.verify(b"Hello, world!", headers)
    /// ... except VerificationError as error:
    /// ...     print(error.code)
    /// signature_mismatch
    #[pyo3(signature = (body, headers, *, now=None, url=None, method=None, key=None))]
    fn verify<'py>(
        slf: &Bound<'py, Self>,
        body: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        now: Argument<'_, 'py>,
        url: Argument<'_, 'py>,
        method: Argument<'_, 'py>,
        key: Argument<'_, 'py>,
    ) -> PyResult<Verified> {
        let body = body::read(body)?;
        let headers = Collected::read(&slf.get().names, headers)?;
        let context = Context {
            now: number::time(now)?,
            url: url.map(|url| text::lossy("url", url)).transpose()?,
            method: method
                .map(|method| text::lossy("method", method))
                .transpose()?,
            key: key.map(fetched_key).transpose()?,
        };
        Verified::decide(slf, body, headers, &context)
    }

    /// Verifies the request and parses its payload: ``verify(...).event()``.
    ///
    /// Raises what ``verify`` raises, and ``PayloadError``.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("stripe", "whsec_test")
    /// >>> body = b'{"id": "evt_1", "type": "charge.succeeded", "data": {"object": {}}}'
    /// >>> webhook.unwrap(body, webhook.sign(body)).data
    /// {'object': {}}
    #[pyo3(signature = (body, headers, *, now=None, url=None, method=None, key=None))]
    fn unwrap<'py>(
        slf: &Bound<'py, Self>,
        body: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        now: Argument<'_, 'py>,
        url: Argument<'_, 'py>,
        method: Argument<'_, 'py>,
        key: Argument<'_, 'py>,
    ) -> PyResult<Event> {
        Self::verify(slf, body, headers, now, url, method, key)?.event(slf.py())
    }

    /// The headers that prove this body, which must be sent to the byte: lower-case names with
    /// their values, ready for any HTTP client.
    ///
    /// ``id`` is the message's id, the same for every attempt. ``now`` becomes the attempt
    /// timestamp, in Unix seconds, the host's clock if ``None``: sign each attempt anew. ``url``
    /// and ``method`` are for schemes that sign them.
    ///
    /// Raises ``VerificationError`` for what ``verify`` would refuse: ``missing_context``,
    /// ``malformed_header`` (of the id), ``malformed_timestamp``; ``ConfigurationError``
    /// (``unsupported_body``); ``TypeError``.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    /// >>> headers = webhook.sign(
    /// ...     b'{"test": 2432232314}', id="msg_p5jXN8AQM9LWM0D4loKWxJek", now=1614265330
    /// ... )
    /// >>> headers["webhook-signature"]
    /// 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    #[pyo3(signature = (body, *, id=None, now=None, url=None, method=None))]
    fn sign<'py>(
        &self,
        body: &Bound<'py, PyAny>,
        id: Argument<'_, 'py>,
        now: Argument<'_, 'py>,
        url: Argument<'_, 'py>,
        method: Argument<'_, 'py>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = body.py();
        let body = body::read(body)?;
        let id = id.map(|id| text::lossy("id", id)).transpose()?;
        let now = number::time(now)?;
        let strict = |what, value: Argument<'_, 'py>| match value {
            Some(value) => text::strict(what, value).map(str::to_owned).map(Some),
            None => Ok(None),
        };
        let (url, method) = (strict("url", url)?, strict("method", method)?);
        let message = Message::new(&body)
            .id(id.as_deref())
            .url(url.as_deref())
            .method(method.as_deref());
        let headers = body::work_on(py, &body, || self.webhook.sign_message(&message, now))
            .map_err(|error| exception(py, error))?;
        let dict = PyDict::new(py);
        for (name, value) in headers {
            match self.names.object(&name) {
                Some(object) => dict.set_item(object, value)?,
                None => dict.set_item(name, value)?,
            }
        }
        Ok(dict)
    }

    /// Says why ``verify`` refuses this request, and what would make it pass: a report for the
    /// developer or the log. Its arguments are those of ``verify``.
    ///
    /// It is many times as slow as ``verify``, whose verdict it never changes: call it for a request
    /// that was refused. The report holds no secret, no byte of the body and no signature.
    ///
    /// Raises ``ConfigurationError`` (``unsupported_body``) and ``TypeError``, as ``verify`` does.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("github", "It's a Secret to Everybody")
    /// >>> headers = webhook.sign(b'{"zen":"Keep it simple."}')
    /// >>> explanation = webhook.explain(b'{"zen": "Keep it simple."}', headers)
    /// >>> finding = explanation.findings[0]
    /// >>> finding.code, finding.certainty, finding.evidence
    /// ('body_reserialised', 'proven', {'layout': 'compact', 'escapes': 'kept'})
    #[pyo3(signature = (body, headers, *, now=None, url=None, method=None, key=None))]
    fn explain<'py>(
        &self,
        body: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        now: Argument<'_, 'py>,
        url: Argument<'_, 'py>,
        method: Argument<'_, 'py>,
        key: Argument<'_, 'py>,
    ) -> PyResult<Explanation> {
        let py = body.py();
        let body = body::read(body)?;
        let every = Every::read(headers)?;
        let pairs = every.pairs();
        let now = number::time(now)?;
        let url = url.map(|url| text::lossy("url", url)).transpose()?;
        let method = method
            .map(|method| text::lossy("method", method))
            .transpose()?;
        let key = key.map(fetched_key).transpose()?;
        let request = Request::new(&pairs, &body)
            .url(url.as_deref())
            .method(method.as_deref())
            .key(key);
        let explanation = body::work_on(py, &body, || self.webhook.explain(&request, now));
        Explanation::new(py, &explanation)
    }

    /// The JSON body with its signature in it, to test handlers with, for schemes that have it there;
    /// of others the body as it is. The attempt timestamp and the id, which tells deliveries apart, are
    /// written as well, if the signature covers them.
    ///
    /// Raises ``VerificationError``: ``missing_signature`` if the body is no JSON object, or has no
    /// items where the scheme signs those; ``malformed_signature`` if it names a field twice that is
    /// signed; ``malformed_timestamp``; ``ConfigurationError`` (``unsupported_body``); ``TypeError``.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("figma", "passcode")
    /// >>> webhook.sign_body(b'{"event_type":"PING"}')
    /// b'{"passcode":"passcode","event_type":"PING"}'
    #[pyo3(signature = (body, *, id=None, now=None))]
    fn sign_body<'py>(
        &self,
        body: &Bound<'py, PyAny>,
        id: Argument<'_, 'py>,
        now: Argument<'_, 'py>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = body.py();
        let body = body::read(body)?;
        let id = match id {
            Some(id) => Some(text::strict("id", id)?),
            None => None,
        };
        let now = number::time(now)?;
        let message = Message::new(&body).id(id);
        let signed = body::work_on(py, &body, || self.webhook.sign_body(&message, now));
        let signed = signed.map_err(|error| exception(py, error))?;
        Ok(PyBytes::new(py, &signed))
    }

    /// Whether the signature is in the body: then ``sign_body`` signs, and no headers do.
    #[getter]
    fn signs_in_body(&self) -> bool {
        self.webhook.signs_in_body()
    }

    /// The scheme's name.
    #[getter]
    fn scheme_name(&self) -> &str {
        self.webhook.scheme_name()
    }

    /// How far the attempt timestamp may be from now.
    #[getter]
    fn tolerance(&self) -> Tolerance {
        Tolerance(self.webhook.tolerance())
    }

    /// How many seconds a dedupe key must be remembered: while the delivery's timestamp is
    /// fresh, and at least a day.
    #[getter]
    fn dedupe_lifetime(&self) -> u64 {
        self.webhook.dedupe_lifetime().as_secs()
    }

    /// The lower-case names of all headers that ``verify`` reads.
    #[getter]
    fn header_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.webhook.header_names())
    }

    /// The value of the header ``Allow``: ``POST``, and ``GET`` or ``HEAD`` if a handshake comes so.
    #[getter]
    fn allowed_methods(&self) -> &'static str {
        self.webhook.allowed_methods()
    }

    /// Judges a request before its body is read: ``delivery``, or ``handshake`` if it is one
    /// that has no body: see ``handshake()``. Several headers of one name are one text, joined by a comma.
    ///
    /// Raises ``GuardError`` (``method_not_allowed``, ``unsupported_media_type``) and
    /// ``PayloadError`` (``payload_too_large``).
    ///
    /// >>> from countersign import Webhook
    /// >>> Webhook("stripe", "whsec_test").check_head("POST", "application/json", None, 2, 1024)
    /// 'delivery'
    fn check_head(
        &self,
        py: Python<'_>,
        method: &Bound<'_, PyAny>,
        content_type: Argument<'_, '_>,
        content_encoding: Argument<'_, '_>,
        content_length: Argument<'_, '_>,
        body_limit: &Bound<'_, PyAny>,
    ) -> PyResult<&'static str> {
        let method = text::lossy("the method", method)?;
        let header = |what, value: Argument<'_, '_>| -> PyResult<Option<Vec<u8>>> {
            let text = value.map(|value| text::lossy(what, value)).transpose()?;
            Ok(text.map(|text| text.as_bytes().to_vec()))
        };
        let content_type = header("the content type", content_type)?;
        let content_encoding = header("the content encoding", content_encoding)?;
        let content_length = content_length
            .map(|length| number::length("the content length", length))
            .transpose()?;
        let body_limit = number::length("the body limit", body_limit)?;
        let mut head = countersign::Head::new(&method);
        head.content_type = content_type.as_deref();
        head.content_encoding = content_encoding.as_deref();
        head.content_length = content_length;
        let body_limit = usize::try_from(body_limit).unwrap_or(usize::MAX);
        match self.webhook.check_head(&head, body_limit) {
            Ok(countersign::Intake::Handshake) => Ok("handshake"),
            Ok(_) => Ok("delivery"),
            Err(error) => Err(exception(py, error)),
        }
    }

    /// What answers a handshake that is not signed; ``None`` if this is none. Those that are signed
    /// come as events: see ``Event.handshake``.
    ///
    /// ``url`` is the one that was called, of which the query is read; ``method`` is POST if ``None``,
    /// and a body is read of POST alone.
    ///
    /// Raises ``GuardError``: ``malformed_handshake``; ``handshake_refused`` if its token is another
    /// than ``verify_token`` or the secret says.
    ///
    /// >>> from countersign import Webhook
    /// >>> webhook = Webhook("meta", "app secret", verify_token="meatyhamhock")
    /// >>> url = "/?hub.mode=subscribe&hub.challenge=17&hub.verify_token=meatyhamhock"
    /// >>> webhook.handshake(b"", {}, url=url, method="GET").answer.body
    /// b'17'
    #[pyo3(signature = (body, headers, *, url=None, method=None))]
    fn handshake<'py>(
        slf: &Bound<'py, Self>,
        body: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        url: Argument<'_, 'py>,
        method: Argument<'_, 'py>,
    ) -> PyResult<Option<Py<HandshakeReply>>> {
        let py = slf.py();
        let body = body::read(body)?;
        let headers = Collected::read(&slf.get().names, headers)?;
        let url = url.map(|url| text::lossy("url", url)).transpose()?;
        let method = method
            .map(|method| text::lossy("method", method))
            .transpose()?;
        let request = Request::new(&headers, &body)
            .url(url.as_deref())
            .method(method.as_deref());
        let reply = slf.get().webhook.handshake(&request);
        let reply = reply.map_err(|error| exception(py, error))?;
        reply
            .map(|reply| HandshakeReply::new(py, &reply))
            .transpose()
    }

    /// Whether a handshake may come with POST and no signature, so that deliveries have to be tried.
    #[getter]
    fn has_unsigned_posts(&self) -> bool {
        self.webhook.has_unsigned_posts()
    }

    /// How the provider wants to be answered: ``described``, ``empty`` or ``described-400``.
    #[getter]
    fn answer_form(&self) -> &'static str {
        self.webhook.answer_form().as_str()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Webhook cannot be pickled or copied",
        ))
    }

    fn __repr__(&self) -> String {
        let (name, secrets) = (self.webhook.scheme_name(), self.secrets);
        format!("Webhook(scheme='{name}', secrets={secrets})")
    }
}

impl Webhook {
    pub(crate) fn core(&self) -> &countersign::Webhook {
        &self.webhook
    }
}
