use core::fmt;

use super::destination::{ForbiddenReason, UrlDefect};

/// A message may not be sent to the URL it is addressed to. Caused by whoever registered it.
///
/// A URL may hold a secret in its path, so that no message shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The URL is none that every parser reads alike.
    MalformedUrl(UrlDefect),
    /// The URL is not HTTPS.
    InsecureUrl,
    /// The URL leads to an address that is not allowed.
    ForbiddenDestination(ForbiddenReason),
    /// No endpoint has the id that the message is addressed to.
    UnknownEndpoint,
    /// The id of an endpoint, of a message or of its key, or the type of a message, cannot be used.
    MalformedMessage(MessageDefect),
    /// The secrets of an endpoint are encrypted, and none of the sender's keys fits.
    UnreadableSecret,
    /// The database of the outbox does not answer, or has no room; the message is not stored.
    OutboxUnavailable,
}

/// What is wrong with a message or an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageDefect {
    /// An id, an idempotency key, an owner or a type is empty or longer than 256 bytes, or holds
    /// other characters than visible ASCII.
    Name,
    /// The data is not JSON.
    Data,
    /// The payload is longer than the sender allows.
    Length,
    /// A setting of the endpoint is out of its range, or a header of it is malformed or is one that
    /// the sender writes.
    Setting,
}

super::codes! { DeliveryError
    DeliveryError::MalformedUrl(_) => "malformed_url",
    DeliveryError::InsecureUrl => "insecure_url",
    DeliveryError::ForbiddenDestination(_) => "forbidden_destination",
    DeliveryError::UnknownEndpoint => "unknown_endpoint",
    DeliveryError::MalformedMessage(_) => "malformed_message",
    DeliveryError::UnreadableSecret => "unreadable_secret",
    DeliveryError::OutboxUnavailable => "outbox_unavailable",
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedUrl(defect) => defect.message(),
            Self::InsecureUrl => "the URL is not https, and http is not allowed",
            Self::ForbiddenDestination(reason) => reason.message(),
            Self::UnknownEndpoint => "there is no endpoint of this id; register it first",
            Self::MalformedMessage(MessageDefect::Name) => {
                "ids, keys, owners and event types are 1 to 256 visible ASCII characters"
            }
            Self::MalformedMessage(MessageDefect::Data) => "the data is not JSON",
            Self::MalformedMessage(MessageDefect::Length) => {
                "the payload is longer than the sender allows"
            }
            Self::MalformedMessage(MessageDefect::Setting) => {
                "a setting of the endpoint is out of its range, or one of its headers cannot be sent"
            }
            Self::UnreadableSecret => {
                "the endpoint's secrets are encrypted and no key of this sender fits"
            }
            Self::OutboxUnavailable => {
                "the database of the outbox does not answer or has no room; nothing was stored"
            }
        })
    }
}

impl core::error::Error for DeliveryError {}
