//! What came, and what must be said of it.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A request that came, and who can verify it.
#[derive(Debug, Serialize)]
pub(crate) struct Request {
    /// The scheme: `standard` or `svix`.
    pub(crate) scheme: &'static str,
    /// Whether it was sent before, during or after a rotation.
    pub(crate) phase: &'static str,
    /// Names and values as they stood in the request.
    pub(crate) headers: Vec<(String, String)>,
    /// The body as it came.
    #[serde(rename = "body_b64", serialize_with = "base64")]
    pub(crate) body: Vec<u8>,
    /// Each of these alone verifies it.
    pub(crate) secrets: Vec<String>,
    /// None of these does.
    pub(crate) strangers: Vec<String>,
    /// What was sent.
    pub(crate) sent: Sent,
}

/// What the program said that it wants to tell.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sent {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) event_type: String,
    /// The data in the payload, or the payload itself.
    pub(crate) content: Content,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Data(Box<RawValue>),
    Payload(String),
}

fn base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}
