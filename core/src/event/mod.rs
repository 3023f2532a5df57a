//! Events: what a verified payload says of itself.
//!
//! The envelope is located in one pass without building a tree; `data` stays where it is in the
//! body, for the host's own parser.

mod field;
mod form;
mod handshake;
mod json;
mod signed;
mod signing;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

#[cfg(any(feature = "asymmetric", feature = "explain"))]
pub(crate) use json::unescape;
pub use json::{MAX_DEPTH, MAX_NUMBER_LENGTH};
pub(crate) use signed::{SignedItem, not_object, not_signature, signed_items};
pub(crate) use signing::{with_signatures, with_text};

use crate::error::{JsonDefect, PayloadError, TimestampDefect, VerificationError};
use crate::handshake::HandshakeReply;
use crate::scheme::{Definition, Path, PayloadForm, Source};
use crate::time::UnixTime;
use field::{Field, Resolver};

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
    handshake: Option<Box<HandshakeReply>>,
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

    /// What to answer, if this is no event but the provider's handshake.
    pub fn handshake(&self) -> Option<&HandshakeReply> {
        self.handshake.as_deref()
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
        let text = unparsed_field(path, body).and_then(|field| field.once());
        let time = text.and_then(|text| format.parse(text.as_bytes()));
        time.ok_or_else(|| {
            let path = path.text.clone();
            VerificationError::MalformedTimestamp(TimestampDefect::Field { path, format })
        })
    }

    /// What a handshake that nothing proves says in its body.
    pub(crate) fn unproven_text(definition: &Definition, body: &'a [u8]) -> Option<Cow<'a, str>> {
        let [Source::Body(path)] = *definition.handshake_sources.as_slice() else {
            return None;
        };
        let field = unparsed_field(&definition.paths[path], body)?;
        field.is_string().then(|| field.once())?
    }

    /// The JSON at this path of an object; an error if the text is none, or names it twice.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn json_at<'t>(path: &Path, text: &'t str) -> Result<Option<&'t str>, ()> {
        let (_, fields) = json::locate(core::slice::from_ref(path), text, false).map_err(drop)?;
        match fields.first() {
            Some(field) if field.repeated_at.is_none() => Ok(field.json()),
            Some(_) => Err(()),
            None => Ok(None),
        }
    }

    pub(crate) fn parse(
        definition: &'a Definition,
        body: &'a [u8],
        header: impl Fn(Source) -> Option<&'a str>,
        prove: impl Fn(&str) -> String,
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
            match definition.items() {
                Some(items) => fields_of_item(items, &definition.paths, text)?,
                None => json::locate(&definition.paths, text, may_be_array)?,
            }
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
        let handshake = match definition.handshake {
            Some(handshake) if !form => {
                let event_type = event_type.as_deref();
                resolver
                    .handshake(handshake, event_type, &prove)?
                    .map(Box::new)
            }
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
            handshake,
        })
    }
}

/// Whether this is a JSON object or array, as events are read.
#[cfg(feature = "explain")]
pub(crate) fn is_json(text: &str) -> bool {
    json::locate(&[], text, true).is_ok()
}

/// The text of the object, and the fields of the one item that it has; of several, none.
fn fields_of_item<'a>(
    items: &Path,
    paths: &[Path],
    text: &'a str,
) -> Result<(&'a str, Vec<Field<'a>>), PayloadError> {
    let (payload, array) = json::locate(core::slice::from_ref(items), text, false)?;
    let array = array.first().and_then(Field::once).unwrap_or_default();
    let array = match array {
        // As it lies in the body: what is no string is never copied.
        Cow::Borrowed(array) => array,
        Cow::Owned(_) => "",
    };
    let mut items = signed::elements(array);
    let fields = match (items.next(), items.next()) {
        (Some(item), None) => json::locate(paths, item, false)?.1,
        _ => vec![Field::default(); paths.len()],
    };
    Ok((payload, fields))
}

/// The field at a path of a body of which nothing else is wanted.
fn unparsed_field<'a>(path: &Path, body: &'a [u8]) -> Option<Field<'a>> {
    let body = core::str::from_utf8(body).ok()?;
    let (_, fields) = json::locate(core::slice::from_ref(path), body, false).ok()?;
    fields.into_iter().next()
}

fn not_json(defect: JsonDefect) -> PayloadError {
    PayloadError::NotJson(defect)
}
