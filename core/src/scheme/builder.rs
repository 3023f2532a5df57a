//! The description of a scheme, as the provider table and users write it.

use super::{
    Algorithm, AnswerForm, Encoding, Handshake, JwsForm, KeyForm, KeySource, PayloadForm, Required,
    Scheme, TimestampFormat, UrlForm,
};
use crate::error::ConfigurationError;
use crate::time::Tolerance;

/// Describes a scheme, part by part; every method but [`build`](Self::build) is `const`.
///
/// A new description is HMAC-SHA-256 over the body, in lower-case hexadecimal, keyed with the text
/// of the secret.
///
/// ```
/// use countersign::{HeaderNames, SchemeBuilder, Secret, Tolerance, UnixTime, Webhook};
///
/// let scheme = SchemeBuilder::new("acme")
///     .headers(&[HeaderNames::new("x-acme-signature").timestamp("x-acme-time")])
///     .prefix("v1=")
///     .separator(',')
///     .content("{timestamp}:{body}")
///     .tolerance(Tolerance::new(60))
///     .event_type(&["body:event.name"])
///     .build()?;
/// let webhook = Webhook::new(scheme, [Secret::parse("hush")?])?;
/// let headers = webhook.sign(None, UnixTime::from_seconds(1_700_000_000), b"{}")?;
/// assert_eq!(headers[0], ("x-acme-time".into(), "1700000000".into()));
/// assert!(headers[1].1.starts_with("v1="));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SchemeBuilder<'a> {
    pub(crate) name: &'a str,
    pub(crate) headers: &'a [HeaderNames<'a>],
    pub(crate) prefix: &'a str,
    pub(crate) separator: Option<char>,
    pub(crate) space_after_separator: bool,
    pub(crate) timestamp_label: Option<&'a str>,
    pub(crate) timestamp_field: Option<&'a str>,
    pub(crate) signature_field: Option<&'a str>,
    pub(crate) signature_items: Option<&'a str>,
    pub(crate) further_signatures: &'a [&'a str],
    pub(crate) algorithm: Algorithm,
    pub(crate) encoding: Encoding,
    pub(crate) key: KeyForm,
    pub(crate) secret_prefix: &'a str,
    pub(crate) content: &'a str,
    pub(crate) url_form: UrlForm,
    pub(crate) body_digest_parameter: Option<&'a str>,
    pub(crate) timestamp_format: TimestampFormat,
    pub(crate) tolerance: Tolerance,
    pub(crate) payload: PayloadForm,
    pub(crate) event_id: &'a [&'a str],
    pub(crate) event_type: &'a [&'a str],
    pub(crate) event_time: &'a [&'a str],
    pub(crate) dedupe: Option<&'a [&'a str]>,
    pub(crate) event_time_format: TimestampFormat,
    pub(crate) required: &'a [Required],
    pub(crate) data: Option<&'a str>,
    pub(crate) handshake: Option<Handshake>,
    pub(crate) answers: AnswerForm,
    pub(crate) ed25519_prefix: Option<&'a str>,
    pub(crate) key_source: Option<KeySource>,
    pub(crate) identity: Option<&'a str>,
    pub(crate) jws: Option<JwsForm>,
    pub(crate) rsa_version_field: Option<&'a str>,
    pub(crate) free_fields: bool,
}

/// The headers that carry a signature and what it covers, in lower case.
#[derive(Debug, Clone, Copy)]
pub struct HeaderNames<'a> {
    pub(crate) signature: &'a str,
    pub(crate) id: Option<&'a str>,
    pub(crate) timestamp: Option<&'a str>,
}

impl<'a> HeaderNames<'a> {
    /// The header of the signature.
    pub const fn new(signature: &'a str) -> Self {
        Self {
            signature,
            id: None,
            timestamp: None,
        }
    }

    /// The header of the message's id.
    pub const fn id(mut self, name: &'a str) -> Self {
        self.id = Some(name);
        self
    }

    /// The header of the attempt timestamp.
    pub const fn timestamp(mut self, name: &'a str) -> Self {
        self.timestamp = Some(name);
        self
    }
}

impl<'a> SchemeBuilder<'a> {
    /// A description with this name: 1 to 64 of `a-z`, `0-9` and `-`.
    pub const fn new(name: &'a str) -> Self {
        Self {
            name,
            headers: &[],
            prefix: "",
            separator: None,
            space_after_separator: false,
            timestamp_label: None,
            timestamp_field: None,
            signature_field: None,
            signature_items: None,
            further_signatures: &[],
            algorithm: Algorithm::HmacSha256,
            encoding: Encoding::Hex,
            key: KeyForm::Text,
            secret_prefix: "",
            content: "{body}",
            url_form: UrlForm::AsGiven,
            body_digest_parameter: None,
            timestamp_format: TimestampFormat::Seconds,
            tolerance: Tolerance::new(300),
            payload: PayloadForm::Json,
            event_id: &[],
            event_type: &[],
            event_time: &[],
            dedupe: None,
            event_time_format: TimestampFormat::Seconds,
            required: &[],
            data: None,
            handshake: None,
            answers: AnswerForm::Described,
            ed25519_prefix: None,
            key_source: None,
            identity: None,
            jws: None,
            rsa_version_field: None,
            free_fields: false,
        }
    }

    /// The headers: the first set that a request has in full is used, 1 to 4 sets. The first is
    /// what [`sign`](crate::Webhook::sign) writes. A set names each header once.
    pub const fn headers(mut self, sets: &'a [HeaderNames<'a>]) -> Self {
        self.headers = sets;
        self
    }

    /// What stands before each signature: a version label and `=` or `,`, as in `sha256=` or `v1,`.
    pub const fn prefix(mut self, prefix: &'a str) -> Self {
        self.prefix = prefix;
        self
    }

    /// What separates several signatures in the header: a space, `,` or `;`.
    pub const fn separator(mut self, separator: char) -> Self {
        self.separator = Some(separator);
        self
    }

    /// A space is written after each separator, a comma or a semicolon. It is read in any case.
    pub const fn space_after_separator(mut self) -> Self {
        self.space_after_separator = true;
        self
    }

    /// The timestamp is the entry `label=...` of the signature header.
    pub const fn timestamp_label(mut self, label: &'a str) -> Self {
        self.timestamp_label = Some(label);
        self
    }

    /// The timestamp is this field of the JSON body, as `path.to.it`. It is read, and then checked,
    /// once the signature of the body is right.
    pub const fn timestamp_field(mut self, path: &'a str) -> Self {
        self.timestamp_field = Some(path);
        self
    }

    /// The signature is this field of the JSON body, as `path.to.it`, and in no header: then there
    /// are no header sets. What it covers are fields of the body, or the body around it. Of what is
    /// read before the signature is checked, no name may stand twice.
    pub const fn signature_field(mut self, path: &'a str) -> Self {
        self.signature_field = Some(path);
        self
    }

    /// The body has several signatures: this field is an array, whose elements are signed one by
    /// one. The paths of the signature and of what it covers begin at the element. Every one must
    /// be right, of the same secret. The paths of the event and of its data begin there as well, if
    /// there is one element; of several the event has no field.
    pub const fn signature_items(mut self, path: &'a str) -> Self {
        self.signature_items = Some(path);
        self
    }

    /// Further headers that may carry a signature, one for each secret, at most 15.
    pub const fn further_signatures(mut self, names: &'a [&'a str]) -> Self {
        self.further_signatures = names;
        self
    }

    /// The keyed hash.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// How signatures are written.
    pub const fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How secrets give keys.
    pub const fn key(mut self, form: KeyForm) -> Self {
        self.key = form;
        self
    }

    /// What may stand before a base64 or hexadecimal secret and is no part of the key.
    pub const fn secret_prefix(mut self, prefix: &'a str) -> Self {
        self.secret_prefix = prefix;
        self
    }

    /// The signed content as a sequence of parts: `{body}`, `{id}`, `{timestamp}`, `{method}`,
    /// `{url}`, `{form}`, and for plain hashes `{secret}`; all else stands for itself, `{{` and
    /// `}}` for braces. A token has none.
    ///
    /// Where the signature is in the body, the parts are `{field:path.to.it}`, the text of a field
    /// (of a number or boolean what is written, of what is absent or null nothing);
    /// `{line:path.to.it}`, which is the path and the text, each with a line break behind it, or
    /// nothing; and `{before_signature}` and `{after_signature}`, the body around the signature.
    ///
    /// `{form}` are the names and values of the body's form, decoded, in the order of their bytes,
    /// each pair once.
    ///
    /// The text is read once, when the scheme is built; nothing of a request is ever interpreted.
    pub const fn content(mut self, content: &'a str) -> Self {
        self.content = content;
        self
    }

    /// In which form the URL is signed; as it is passed, if not said.
    pub const fn url_form(mut self, form: UrlForm) -> Self {
        self.url_form = form;
        self
    }

    /// A URL with this parameter in its query has the SHA-256 of the body there, in lower-case
    /// hexadecimal, and then `{form}` is empty.
    pub const fn body_digest_parameter(mut self, name: &'a str) -> Self {
        self.body_digest_parameter = Some(name);
        self
    }

    /// How the attempt timestamp is written.
    pub const fn timestamp_format(mut self, format: TimestampFormat) -> Self {
        self.timestamp_format = format;
        self
    }

    /// How far the attempt timestamp may be from now; 300 seconds both ways if not said.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// What the payload is.
    pub const fn payload(mut self, form: PayloadForm) -> Self {
        self.payload = form;
        self
    }

    /// Where the event's id comes from: `id` (the id header), `header:name`, `body:path.to.it` or
    /// `joined:one.path,another.path` (all of up to 4 fields, a colon between them);
    /// the first that is there, at most 4.
    pub const fn event_id(mut self, sources: &'a [&'a str]) -> Self {
        self.event_id = sources;
        self
    }

    /// Where the event's type comes from, as for [`event_id`](Self::event_id).
    pub const fn event_type(mut self, sources: &'a [&'a str]) -> Self {
        self.event_type = sources;
        self
    }

    /// Where the event's time comes from, as for [`event_id`](Self::event_id), and its form.
    pub const fn event_time(mut self, sources: &'a [&'a str], format: TimestampFormat) -> Self {
        self.event_time = sources;
        self.event_time_format = format;
        self
    }

    /// Where the delivery's identity comes from, if not from where the event's id does.
    pub const fn dedupe(mut self, sources: &'a [&'a str]) -> Self {
        self.dedupe = Some(sources);
        self
    }

    /// What every event has; others are refused with `missing_field`.
    pub const fn required(mut self, fields: &'a [Required]) -> Self {
        self.required = fields;
        self
    }

    /// The field that is the event's `data`; the whole payload if not said.
    pub const fn data(mut self, path: &'a str) -> Self {
        self.data = Some(path);
        self
    }

    /// How the provider makes sure of the endpoint before it delivers; not at all if not said.
    pub const fn handshake(mut self, handshake: Handshake) -> Self {
        self.handshake = Some(handshake);
        self
    }

    /// How a receiver answers; in JSON that says what became of the request, if not said.
    pub const fn answers(mut self, form: AnswerForm) -> Self {
        self.answers = form;
        self
    }

    /// What stands before signatures by Ed25519, which keys `whpk_` and `whsk_` make and verify.
    pub(crate) const fn ed25519_prefix(mut self, prefix: &'a str) -> Self {
        self.ed25519_prefix = Some(prefix);
        self
    }

    /// How the host comes by the key.
    pub(crate) const fn key_source(mut self, source: KeySource) -> Self {
        self.key_source = Some(source);
        self
    }

    /// Where the request says whose it is, which must be among the secrets: `header:name` or
    /// `body:path`.
    pub(crate) const fn identity(mut self, source: &'a str) -> Self {
        self.identity = Some(source);
        self
    }

    /// What the JSON Web Signature says.
    pub(crate) const fn jws(mut self, form: JwsForm) -> Self {
        self.jws = Some(form);
        self
    }

    /// That the provider's customers write payloads, too: a type or a time that is malformed is none.
    pub(crate) const fn free_fields(mut self) -> Self {
        self.free_fields = true;
        self
    }

    /// The field of the body that says with which hash RSA signed: `1` is SHA-1, `2` SHA-256.
    pub(crate) const fn rsa_version_field(mut self, path: &'a str) -> Self {
        self.rsa_version_field = Some(path);
        self
    }

    /// The scheme so described.
    ///
    /// # Errors
    /// `malformed_scheme` with the first rule that is broken.
    pub fn build(self) -> Result<Scheme, ConfigurationError> {
        Scheme::try_from(self)
    }
}
