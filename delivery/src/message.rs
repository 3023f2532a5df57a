//! A message to send.

use std::borrow::Cow;

use bytes::Bytes;
use countersign::error::MessageDefect;
use countersign::{DeliveryError, UnixTime, write_payload};
use serde::Serialize;
use serde_json::value::RawValue;

/// The longest name of anything, in bytes.
const LONGEST_NAME: usize = 256;

/// An event that is to be told: its type and its data.
///
/// ```
/// use countersign_delivery::Message;
///
/// let message = Message::new("invoice.paid", &serde_json::json!({"id": 7}))?
///     .idempotency_key("invoice 7 paid".replace(' ', "-"));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Message {
    event_type: String,
    content: Content,
    id: Option<String>,
    idempotency_key: Option<String>,
    owner: String,
}

#[derive(Clone)]
enum Content {
    Data(Box<RawValue>),
    Payload(Bytes),
}

impl Message {
    /// A message whose payload is `{"id":…,"type":…,"timestamp":…,"data":…}`, with the time when it
    /// is sent; see [`write_payload`]. It is written once: every attempt, at every endpoint, sends
    /// these bytes.
    ///
    /// # Errors
    /// `malformed_message` if the data is not JSON.
    pub fn new(
        event_type: impl Into<String>,
        data: &(impl Serialize + ?Sized),
    ) -> Result<Self, DeliveryError> {
        let data = serde_json::value::to_raw_value(data);
        let data = data.map_err(|_| DeliveryError::MalformedMessage(MessageDefect::Data))?;
        Ok(Self::of(event_type.into(), Content::Data(data)))
    }

    /// The same of data that is JSON already.
    ///
    /// # Errors
    /// `malformed_message` if it is not.
    pub fn from_json(
        event_type: impl Into<String>,
        data: impl Into<String>,
    ) -> Result<Self, DeliveryError> {
        let data = RawValue::from_string(data.into());
        let data = data.map_err(|_| DeliveryError::MalformedMessage(MessageDefect::Data))?;
        Ok(Self::of(event_type.into(), Content::Data(data)))
    }

    /// A message with this payload, to the byte.
    pub fn with_payload(event_type: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self::of(event_type.into(), Content::Payload(payload.into()))
    }

    fn of(event_type: String, content: Content) -> Self {
        Self {
            event_type,
            content,
            id: None,
            idempotency_key: None,
            owner: String::new(),
        }
    }

    /// The id, the same for all attempts, by which receivers know what they have handled; a new one,
    /// `msg_` and 32 hexadecimal digits that begin with the time, if not said. The same id twice is
    /// one message, which goes to each endpoint once.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// A key of the program's own for what it wants to tell: the same key twice is one message, as
    /// long as that is kept. A program that is not sure whether it sent something sends it again.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Whose endpoints [`publish`](crate::Sender::publish) is for: those of this owner. Those that
    /// have no owner, if not said.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = owner.into();
        self
    }

    /// The type of the event.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// With its id and its payload.
    ///
    /// # Errors
    /// `malformed_message`.
    pub(crate) fn finish(
        &self,
        now: UnixTime,
        limit: usize,
    ) -> Result<Finished<'_>, DeliveryError> {
        check_name(&self.event_type)?;
        if !self.owner.is_empty() {
            check_name(&self.owner)?;
        }
        for name in [&self.id, &self.idempotency_key].into_iter().flatten() {
            check_name(name)?;
        }
        let id = match &self.id {
            Some(id) => Cow::Borrowed(id.as_str()),
            None => Cow::Owned(new_id(now)?),
        };
        let payload = match &self.content {
            Content::Payload(payload) => payload.clone(),
            Content::Data(data) => write_payload(&id, &self.event_type, now, data.get())
                .into_bytes()
                .into(),
        };
        if payload.len() > limit {
            return Err(DeliveryError::MalformedMessage(MessageDefect::Length));
        }
        Ok(Finished {
            id,
            idempotency_key: self.idempotency_key.as_deref(),
            event_type: &self.event_type,
            owner: &self.owner,
            payload,
        })
    }
}

impl std::fmt::Debug for Content {
    /// Without the content, which is nobody's but the receiver's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Data(_) => "Data(..)",
            Self::Payload(_) => "Payload(..)",
        })
    }
}

/// A message as it is stored.
pub(crate) struct Finished<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) event_type: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) payload: Bytes,
}

/// 1 to 256 visible characters of ASCII: what every header, table and log can hold.
pub(crate) fn check_name(name: &str) -> Result<(), DeliveryError> {
    let is_visible = name.bytes().all(|byte| byte.is_ascii_graphic());
    if is_visible && matches!(name.len(), 1..=LONGEST_NAME) {
        return Ok(());
    }
    Err(DeliveryError::MalformedMessage(MessageDefect::Name))
}

/// Ids in the order of their times stay together in an index.
fn new_id(now: UnixTime) -> Result<String, DeliveryError> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(|_| DeliveryError::OutboxUnavailable)?;
    let mut id = format!("msg_{:012x}", now.millis() & 0xffff_ffff_ffff);
    for byte in random {
        let digits = [byte >> 4, byte & 15].map(u32::from);
        id.extend(
            digits
                .into_iter()
                .filter_map(|digit| char::from_digit(digit, 16)),
        );
    }
    Ok(id)
}
