//! Events: what a verified payload says of itself.
//!
//! The envelope is located in one pass without building a tree; `data` stays where it is in the
//! body, for the host's own parser.

mod field;
mod form;
mod json;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

#[cfg(feature = "explain")]
pub(crate) use json::unescape;
pub use json::{MAX_DEPTH, MAX_NUMBER_LENGTH};

use crate::error::{JsonDefect, PayloadError, TimestampDefect, VerificationError};
use crate::scheme::{Definition, PayloadForm, Source};
use crate::time::UnixTime;
use field::Resolver;

/// The type of Slack's handshake.
const URL_VERIFICATION: &str = "url_verification";

/// A parsed event. It borrows from the verified body.
///
/// ```
/// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
///
/// let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let body = br#"{"id": "evt_1", "type": "charge.succeeded", "data": {"object": {}}}"#;
/// let headers = webhook.sign(None, now, body)?;
///
/// let verified = webhook.verify(&Request::new(&headers, body), now)?;
/// let event = verified.event()?;
/// assert_eq!(event.id(), Some("evt_1"));
/// assert_eq!(event.event_type(), Some("charge.succeeded"));
/// assert_eq!(event.data(), Some(r#"{"object": {}}"#));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Event<'a> {
    id: Option<Cow<'a, str>>,
    event_type: Option<Cow<'a, str>>,
    timestamp: Option<UnixTime>,
    data: Option<&'a str>,
    payload: &'a str,
    form: bool,
    dedupe_key: Option<String>,
    challenge: Option<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// The event's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The event's type, such as `invoice.paid`.
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// When the event happened, as the payload says.
    pub fn timestamp(&self) -> Option<UnixTime> {
        self.timestamp
    }

    /// The JSON text of the scheme's data field, or of the whole payload if the scheme names none;
    /// of a form, its text. `None` if there is no such field or it is null.
    pub fn data(&self) -> Option<&'a str> {
        self.data
    }

    /// The JSON text of the whole payload, or the text of the form.
    pub fn payload(&self) -> &'a str {
        self.payload
    }

    /// Whether the payload is `application/x-www-form-urlencoded` instead of JSON.
    pub fn is_form(&self) -> bool {
        self.form
    }

    /// The identity of the delivery, with the scheme's name before it: the key to refuse
    /// duplicates by.
    pub fn dedupe_key(&self) -> Option<&str> {
        self.dedupe_key.as_deref()
    }

    /// What to send back, if this is no event but the provider's handshake:
    /// see [`Answer::challenge`](crate::Answer::challenge).
    pub fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// The attempt timestamp in a body whose signature is right.
    #[inline(never)]
    pub(crate) fn attempt_timestamp(
        definition: &Definition,
        body: &[u8],
    ) -> Result<UnixTime, VerificationError> {
        let format = definition.timestamp_format;
        let path = definition.timestamp_field.unwrap_or_default();
        let path = &definition.paths[path];
        let text = || {
            let body = core::str::from_utf8(body).ok()?;
            let (_, fields) = json::locate(core::slice::from_ref(path), body, false).ok()?;
            fields.first()?.once()
        };
        let time = text().and_then(|text| format.parse(text.as_bytes()));
        time.ok_or_else(|| {
            let path = path.text.clone();
            VerificationError::MalformedTimestamp(TimestampDefect::Field { path, format })
        })
    }

    pub(crate) fn parse(
        definition: &'a Definition,
        body: &'a [u8],
        header: impl Fn(Source) -> Option<&'a str>,
    ) -> Result<Self, PayloadError> {
        let text = core::str::from_utf8(body).map_err(|error| PayloadError::NotUtf8 {
            valid_up_to: error.valid_up_to(),
        })?;
        let form = match definition.payload {
            PayloadForm::Json | PayloadForm::JsonBatch => false,
            PayloadForm::Form => true,
            PayloadForm::JsonOrForm => {
                let start = text.trim_start_matches(json::is_whitespace);
                !(start.is_empty() || start.starts_with(['{', '[']))
            }
        };
        let (payload, fields) = if form {
            (text, form::locate(&definition.paths, text)?)
        } else {
            let may_be_array = definition.payload == PayloadForm::JsonBatch;
            json::locate(&definition.paths, text, may_be_array)?
        };
        let resolver = Resolver {
            definition,
            fields,
            header,
        };
        let id = resolver.id()?;
        let event_type = resolver.event_type()?;
        let timestamp = resolver.timestamp()?;
        let data = match definition.data {
            Some(path) if !form => resolver.json(path)?,
            _ => Some(payload),
        };
        let dedupe = resolver.dedupe()?;
        let challenge = match event_type.as_deref() {
            Some(URL_VERIFICATION) => resolver.challenge()?,
            _ => None,
        };
        Ok(Self {
            id,
            event_type,
            timestamp,
            data,
            payload,
            form,
            dedupe_key: dedupe.map(|value| format!("{}:{value}", definition.name)),
            challenge,
        })
    }
}

/// Whether this is a JSON object or array, as events are read.
#[cfg(feature = "explain")]
pub(crate) fn is_json(text: &str) -> bool {
    json::locate(&[], text, true).is_ok()
}

fn not_json(defect: JsonDefect) -> PayloadError {
    PayloadError::NotJson(defect)
}
