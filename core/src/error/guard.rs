use core::fmt;
use core::time::Duration;

/// A receiver does not take the request: one of its guards refuses it, or it cannot be finished.
///
/// Caused by the sender, by whoever replays its requests, or by the receiver's own handler or store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuardError {
    /// The method is not one that deliveries or handshakes come with.
    MethodNotAllowed {
        /// The other method that a handshake may come with.
        handshake: Option<&'static str>,
    },
    /// The body is of another kind than the scheme's payloads.
    UnsupportedMediaType(MediaDefect),
    /// The caller's address is on no allow-list.
    AddressNotAllowed,
    /// The caller sent too many requests.
    RateLimited {
        /// When there is room for one more.
        retry_after: Duration,
    },
    /// The body did not arrive in time.
    BodyTimeout,
    /// The connection ended before the body did.
    IncompleteBody,
    /// The handshake lacks what the provider sends with it.
    MalformedHandshake,
    /// The handshake is nobody's that this endpoint expects.
    HandshakeRefused(HandshakeDefect),
    /// The delivery was handled before.
    DuplicateEvent,
    /// The delivery is being handled by an earlier request, whose outcome is not known yet.
    EventInProgress {
        /// When it is worth asking again.
        retry_after: Duration,
    },
    /// A store that a guard needs does not answer.
    StoreUnavailable,
    /// The key that a signature is by could not be fetched.
    KeyUnavailable,
    /// The handler of an authentic event failed.
    HandlerFailed,
    /// The handler of an authentic event did not end in time.
    HandlerTimeout,
}

/// What is wrong with the headers that describe a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaDefect {
    /// `Content-Type` is another than the scheme's.
    Type {
        /// Whether the scheme's payloads may be JSON.
        json: bool,
        /// Whether they may be forms.
        form: bool,
    },
    /// `Content-Encoding` is there: the signature covers the bytes as sent, and unpacking what is
    /// not verified is how bodies of gigabytes come about.
    Encoding,
}

/// Why a handshake is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeDefect {
    /// Its token is not this endpoint's.
    Token,
    /// It hands over a secret or a subscription that the program did not ask for.
    Unexpected,
}

super::codes! { GuardError
    GuardError::MethodNotAllowed { .. } => "method_not_allowed",
    GuardError::UnsupportedMediaType(_) => "unsupported_media_type",
    GuardError::AddressNotAllowed => "address_not_allowed",
    GuardError::RateLimited { .. } => "rate_limited",
    GuardError::BodyTimeout => "body_timeout",
    GuardError::IncompleteBody => "incomplete_body",
    GuardError::MalformedHandshake => "malformed_handshake",
    GuardError::HandshakeRefused(_) => "handshake_refused",
    GuardError::DuplicateEvent => "duplicate_event",
    GuardError::EventInProgress { .. } => "event_in_progress",
    GuardError::StoreUnavailable => "store_unavailable",
    GuardError::KeyUnavailable => "key_unavailable",
    GuardError::HandlerFailed => "handler_failed",
    GuardError::HandlerTimeout => "handler_timeout",
}

impl GuardError {
    /// When the sender should come back, if there is such a time.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::EventInProgress { retry_after } => {
                Some(*retry_after)
            }
            _ => None,
        }
    }
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MethodNotAllowed { handshake } => match handshake {
                None => "webhooks are delivered with POST",
                Some("HEAD") => {
                    "webhooks are delivered with POST, and their handshake comes with HEAD"
                }
                Some(_) => "webhooks are delivered with POST, and their handshake comes with GET",
            },
            Self::UnsupportedMediaType(MediaDefect::Type { json, form }) => match (json, form) {
                (true, true) => {
                    "the content type is neither application/json \
                     nor application/x-www-form-urlencoded"
                }
                (false, _) => "the content type is not application/x-www-form-urlencoded",
                (true, false) => "the content type is not application/json",
            },
            Self::UnsupportedMediaType(MediaDefect::Encoding) => {
                "the body has a content encoding; send it as it was signed"
            }
            Self::AddressNotAllowed => "the caller's address is not allowed",
            Self::RateLimited { .. } => "too many requests from this caller",
            Self::BodyTimeout => "the body did not arrive in time",
            Self::IncompleteBody => "the connection ended before the body did",
            Self::MalformedHandshake => "the handshake has no challenge that can be answered",
            Self::HandshakeRefused(HandshakeDefect::Token) => {
                "the handshake's token is not the one set for this endpoint, if one is set"
            }
            Self::HandshakeRefused(HandshakeDefect::Unexpected) => {
                "the handshake offers a secret or a subscription that nobody here asked for"
            }
            Self::DuplicateEvent => "this delivery was handled before",
            Self::EventInProgress { .. } => {
                "this delivery is being handled right now; come back to learn its outcome"
            }
            Self::KeyUnavailable => {
                "the key that the signature is by could not be fetched from the provider; \
                 try again later"
            }
            Self::StoreUnavailable => {
                "a store that this receiver needs does not answer; deliver the event again"
            }
            Self::HandlerFailed => "the handler failed; deliver the event again",
            Self::HandlerTimeout => "the handler did not end in time; deliver the event again",
        })
    }
}

impl core::error::Error for GuardError {}
