use std::fmt;

use bytes::Bytes;
use countersign::{Event, UnixTime, Verified};
use serde::de::DeserializeOwned;

/// A verified event that owns its bytes; cloning it copies no payload.
///
/// ```
/// # use countersign_tower::ReceivedEvent;
/// #[derive(serde::Deserialize)]
/// struct Payment {
///     amount: u64,
/// }
///
/// fn amount(event: &ReceivedEvent) -> serde_json::Result<u64> {
///     Ok(event.json::<Payment>()?.amount)
/// }
/// ```
#[derive(Clone)]
pub struct ReceivedEvent {
    pub(crate) id: Option<Box<str>>,
    pub(crate) event_type: Option<Box<str>>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) dedupe_key: Option<Box<str>>,
    pub(crate) key_index: usize,
    pub(crate) is_form: bool,
    pub(crate) payload: Bytes,
    pub(crate) data: Option<Bytes>,
    pub(crate) raw: Bytes,
}

impl ReceivedEvent {
    /// `raw` is the body of which the event was parsed.
    pub(crate) fn new(verified: &Verified<'_>, event: &Event<'_>, raw: &Bytes) -> Self {
        Self {
            id: event.id().map(Into::into),
            event_type: event.event_type().map(Into::into),
            timestamp: event.timestamp(),
            dedupe_key: event.dedupe_key().map(Into::into),
            key_index: verified.key_index(),
            is_form: event.is_form(),
            payload: raw.slice_ref(event.payload().as_bytes()),
            data: event.data().map(|data| raw.slice_ref(data.as_bytes())),
            raw: raw.clone(),
        }
    }

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

    /// The identity of the delivery, with the scheme's name before it.
    pub fn dedupe_key(&self) -> Option<&str> {
        self.dedupe_key.as_deref()
    }

    /// Which secret fitted, counted from 0.
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// Whether the payload is `application/x-www-form-urlencoded` instead of JSON.
    pub fn is_form(&self) -> bool {
        self.is_form
    }

    /// The whole payload: JSON, or a form, in UTF-8.
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The scheme's data field, or the whole payload if the scheme names none; in UTF-8. `None` if
    /// there is no such field or it is null.
    pub fn data(&self) -> Option<&Bytes> {
        self.data.as_ref()
    }

    /// The body as received, to the byte.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The whole payload as a type of the program's own.
    ///
    /// # Errors
    /// The payload does not fit the type, or is a form. The text of the error may quote the
    /// payload, so it does not belong into a log.
    pub fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.payload)
    }

    /// [`data`](Self::data) as a type of the program's own; `null` if there is none.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub fn data_json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(self.data.as_deref().unwrap_or(b"null"))
    }
}

impl fmt::Debug for ReceivedEvent {
    /// Everything but the payload, which logs must not have.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedEvent")
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("timestamp", &self.timestamp)
            .field("dedupe_key", &self.dedupe_key)
            .field("key_index", &self.key_index)
            .finish_non_exhaustive()
    }
}
