//! `Scheme`.

use countersign::scheme::{Description, HeaderSetDescription, OneOrMany, ToleranceDescription};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PySequence, PyString, PyTuple};

use crate::errors::{exception, wrong_type};
use crate::text;
use crate::tolerance;

/// How one provider signs its webhooks, for those that are not registered.
///
/// - ``name``: 1 to 64 of a-z, 0-9 and -; it begins the dedupe keys.
/// - ``headers``: a dict with the lower-case header name of the ``signature`` and, where there
///   are such headers, of the ``id`` and the ``timestamp``; or a list of up to 4 such dicts: the
///   first that a request has in full is used. None if the signature is in the body.
/// - ``prefix``: what stands before each signature, such as ``v1,`` or ``sha256=``.
/// - ``separator``: what separates several signatures, a space, ``,`` or ``;``, of which
///   the last two may have a space after them that is written too.
/// - ``timestamp_label``: the timestamp is the entry ``label=...`` of the signature header.
/// - ``timestamp_field``: the timestamp is this field of the JSON body, as ``path.to.it``, which is
///   read, and then checked, once the signature of the body is right.
/// - ``signature_field``: the signature is this field of the JSON body, as ``path.to.it``, and in no
///   header. Of what is read before the signature is checked, no name may stand twice.
/// - ``signature_items``: the body has several signatures: this field is an array, whose elements are
///   signed one by one. The paths of the signature and of what it covers begin at the element, and so
///   do those of the event and its data, if there is one; of several the event has no field.
/// - ``further_signatures``: further headers that may carry a signature, one for each secret.
/// - ``algorithm``: ``hmac-sha256``, ``hmac-sha1`` or ``hmac-sha512``; ``plain-sha256`` or
///   ``plain-md5`` over content that holds the secret; ``token`` where the secret itself is sent, which proves nothing about the
///   body.
/// - ``encoding``: ``hex`` (lower case), ``hex-upper``, ``hex-any-case``, ``base64`` or ``base64url``
///   without padding.
/// - ``key``: how the secret's text gives the key: ``text``, ``base64``, ``hex`` or
///   ``base64-or-text``, which is base64 after the ``secret_prefix`` and else the text, or
///   ``base64-and-text``, which is both, where it can be; ``secret_prefix`` is removed before decoding.
/// - ``content``: what is signed, with the parts ``{body}``, ``{id}``, ``{timestamp}``,
///   ``{method}``, ``{url}``, ``{form}`` (names and values of the body's form, decoded and sorted,
///   each pair once) and for plain hashes ``{secret}``; ``{{`` and ``}}`` are braces. A token has none:
///   ``""``. Where the signature is in the body: ``{field:path.to.it}``, the text of a field, nothing
///   if it is absent or null; ``{line:path.to.it}``, path and text with a line break behind each;
///   ``{before_signature}`` and ``{after_signature}``, the body around it.
/// - ``url_form``: ``as-given``; ``either-port``, also with the port of the URL's scheme or without its
///   port; ``partly-decoded``, also as HubSpot decodes it.
/// - ``body_digest_parameter``: a URL with this parameter has the SHA-256 of the body there, and then
///   ``{form}`` is empty.
/// - ``timestamp_format``, ``event_time_format``: ``seconds``, ``milliseconds``, ``rfc3339`` or
///   ``seconds-or-rfc3339``.
/// - ``tolerance``: a ``Tolerance``; 300 seconds both ways if ``None``.
/// - ``payload``: ``json``, ``json-batch`` (an object or an array), ``form`` or ``json-or-form``.
/// - ``event_id``, ``event_type``, ``event_time``, ``dedupe``: where they come from: ``id`` (the
///   id header), ``header:name``, ``body:path.to.it`` or ``joined:one.path,another.path`` (all of up to
///   4 fields, a colon between them), or a list of up to 4; the first that is
///   there counts. ``dedupe`` is as ``event_id`` if ``None``.
/// - ``required``: those of ``id`` and ``type`` that every event has.
/// - ``data``: the field that is ``event.data``; the whole payload if ``None``.
/// - ``handshake``: how the provider makes sure of the endpoint before it delivers:
///   ``slack-url-verification``, ``meta-verification``, ``zoom-url-validation`` (with
///   ``hmac-sha256``), ``twitch-callback-verification``, ``discord-ping``, ``sns-confirmation``,
///   ``dropbox-challenge``, ``okta-verification`` (with ``token``), ``asana-hook-secret``,
///   ``notion-verification-token``, ``mailersend-test``, ``head-probe`` or ``get-probe``.
/// - ``answers``: how a receiver answers: ``described``, in JSON; ``empty``, without a body;
///   ``described-400``, in JSON, and with 400 where it would be 401.
///
/// Raises ``ConfigurationError`` (``malformed_scheme``) with the first rule that is broken, and
/// ``TypeError``.
///
/// >>> from countersign import Scheme, Webhook
/// >>> scheme = Scheme(
/// ...     "acme",
/// ...     headers={"signature": "x-acme-signature", "timestamp": "x-acme-time"},
/// ...     prefix="v1=",
/// ...     content="{timestamp}:{body}",
/// ...     event_type="body:event.name",
/// ... )
/// >>> Webhook(scheme, "hush").header_names
/// ('x-acme-signature', 'x-acme-time')
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Scheme(pub(crate) countersign::Scheme);

#[pymethods]
impl Scheme {
    #[new]
    #[pyo3(
        signature = (name, *, headers=None, **parts),
        text_signature = "(name, *, headers=(), prefix='', separator=None, timestamp_label=None, \
            timestamp_field=None, signature_field=None, signature_items=None, \
            further_signatures=(), algorithm='hmac-sha256', \
            encoding='hex', key='text', secret_prefix='', content='{body}', \
            url_form='as-given', body_digest_parameter=None, timestamp_format='seconds', tolerance=None, payload='json', \
            event_id=(), event_type=(), event_time=(), dedupe=None, \
            event_time_format='seconds', required=(), data=None, handshake=None, \
            answers='described')"
    )]
    fn new(
        name: &Bound<'_, PyAny>,
        headers: Option<&Bound<'_, PyAny>>,
        parts: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut description = Description::default();
        description.name = owned("name", name)?;
        let headers = headers.map(header_sets).transpose()?;
        description.headers = OneOrMany::Many(headers.unwrap_or_default());
        for (key, value) in parts.into_iter().flatten() {
            let key = text::strict("a keyword", &key)?.to_owned();
            set(&mut description, &key, &value)?;
        }
        countersign::Scheme::try_from(&description)
            .map(Self)
            .map_err(|error| exception(name.py(), error))
    }

    /// The registered scheme of this name. Raises ``ConfigurationError`` (``unknown_scheme``).
    ///
    /// >>> from countersign import Scheme
    /// >>> Scheme.named("stripe")
    /// Scheme('stripe')
    #[staticmethod]
    #[pyo3(name = "named")]
    fn of_name(name: &Bound<'_, PyAny>) -> PyResult<Self> {
        if !name.is_instance_of::<PyString>() {
            return Err(wrong_type("the name", "a str", name));
        }
        named(name).map(Self)
    }

    /// The names of all registered schemes.
    ///
    /// >>> from countersign import Scheme
    /// >>> "standard" in Scheme.names()
    /// True
    #[staticmethod]
    fn names() -> Vec<&'static str> {
        countersign::Scheme::names().collect()
    }

    /// Other names of a registered scheme, such as ``whatsapp`` for ``meta``.
    #[getter]
    fn aliases<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.aliases())
    }

    /// Whether the description was read at the provider's own documentation or code, and not only at
    /// third parties.
    #[getter]
    fn is_confirmed(&self) -> bool {
        self.0.is_confirmed()
    }

    /// The scheme's name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    fn __reduce__(&self) -> PyResult<()> {
        let reason = "a Scheme cannot be pickled or copied; make it anew from its description";
        Err(PyTypeError::new_err(reason))
    }

    fn __repr__(&self) -> String {
        format!("Scheme('{}')", self.0.name())
    }
}

/// The registered scheme that this `str` names.
pub(crate) fn named(name: &Bound<'_, PyAny>) -> PyResult<countersign::Scheme> {
    let text = text::lossy("the name", name)?;
    countersign::Scheme::named(&text).map_err(|error| exception(name.py(), error))
}

fn set(description: &mut Description, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    match key {
        "prefix" => description.prefix = owned(key, value)?,
        "separator" => description.separator = optional(key, value)?,
        "timestamp_label" => description.timestamp_label = optional(key, value)?,
        "timestamp_field" => description.timestamp_field = optional(key, value)?,
        "signature_field" => description.signature_field = optional(key, value)?,
        "signature_items" => description.signature_items = optional(key, value)?,
        "further_signatures" => description.further_signatures = sources(key, value)?,
        "algorithm" => description.algorithm = Some(owned(key, value)?),
        "encoding" => description.encoding = Some(owned(key, value)?),
        "key" => description.key = Some(owned(key, value)?),
        "secret_prefix" => description.secret_prefix = owned(key, value)?,
        "content" => description.content = Some(owned(key, value)?),
        "url_form" => description.url_form = Some(owned(key, value)?),
        "body_digest_parameter" => description.body_digest_parameter = optional(key, value)?,
        "timestamp_format" => description.timestamp_format = Some(owned(key, value)?),
        "tolerance" if value.is_none() => description.tolerance = None,
        "tolerance" => {
            let tolerance = tolerance::argument(value)?;
            let mut sides = ToleranceDescription::default();
            sides.past = tolerance.past();
            sides.future = tolerance.future();
            description.tolerance = Some(sides);
        }
        "payload" => description.payload = Some(owned(key, value)?),
        "event_id" => description.event_id = sources(key, value)?,
        "event_type" => description.event_type = sources(key, value)?,
        "event_time" => description.event_time = sources(key, value)?,
        "dedupe" if value.is_none() => description.dedupe = None,
        "dedupe" => description.dedupe = Some(sources(key, value)?),
        "event_time_format" => description.event_time_format = Some(owned(key, value)?),
        "required" => description.required = texts(key, value)?,
        "data" => description.data = optional(key, value)?,
        "handshake" => description.handshake = optional(key, value)?,
        "answers" => description.answers = Some(owned(key, value)?),
        _ => {
            let message = format!("Scheme() got an unexpected keyword argument '{key}'");
            return Err(PyTypeError::new_err(message));
        }
    }
    Ok(())
}

fn owned(key: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    text::strict(key, value).map(str::to_owned)
}

fn optional(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    owned(key, value).map(Some)
}

/// One text, or a sequence of them.
fn sources(key: &str, value: &Bound<'_, PyAny>) -> PyResult<OneOrMany<String>> {
    if value.is_instance_of::<PyString>() {
        return owned(key, value).map(OneOrMany::One);
    }
    texts(key, value).map(OneOrMany::Many)
}

fn texts(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    items(key, "a sequence of str", value)?
        .map(|item| owned(key, &item?))
        .collect()
}

fn header_sets(headers: &Bound<'_, PyAny>) -> PyResult<Vec<HeaderSetDescription>> {
    if let Ok(set) = headers.cast::<PyDict>() {
        return Ok(vec![header_set(set)?]);
    }
    items("headers", "a dict or a sequence of dicts", headers)?
        .map(|item| {
            let item = item?;
            let set = item.cast::<PyDict>();
            header_set(set.map_err(|_| wrong_type("a header set", "a dict", &item))?)
        })
        .collect()
}

fn header_set(names: &Bound<'_, PyDict>) -> PyResult<HeaderSetDescription> {
    let mut set = HeaderSetDescription::default();
    for (key, name) in names {
        match text::strict("a header set's key", &key)? {
            "signature" => set.signature = owned("signature", &name)?,
            "id" => set.id = optional("id", &name)?,
            "timestamp" => set.timestamp = optional("timestamp", &name)?,
            _ => {
                let reason = "a header set has the keys signature, id and timestamp, no others";
                return Err(PyTypeError::new_err(reason));
            }
        }
    }
    Ok(set)
}

fn items<'py>(
    key: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyIterator>> {
    let is_text = value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>();
    match value.cast::<PySequence>() {
        Ok(sequence) if !is_text => sequence.try_iter(),
        _ => Err(wrong_type(key, wanted, value)),
    }
}
