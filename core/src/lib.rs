#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod answer;
#[cfg(feature = "asymmetric")]
mod asymmetric;
mod availability;
mod backoff;
mod call_url;
mod crc32;
mod destination;
pub mod dispatch;
mod endpoint;
pub mod error;
pub mod event;
#[cfg(feature = "explain")]
pub mod explain;
mod handshake;
mod headers;
mod in_body;
mod intake;
mod key_needed;
mod mac;
pub mod manual;
pub mod monitor;
mod payload;
mod proof;
mod rate_limit;
mod received;
pub mod redis;
mod replay;
mod retry;
#[cfg(feature = "serde")]
mod retry_description;
mod routes;
pub mod scheme;
mod secret;
mod sign;
mod signature;
mod signed_content;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod verified;
mod verify;
mod webhook;

pub use address::{AddressPolicy, ForwardingHeader, Network, rate_limit_key};
pub use answer::{Answer, Handling};
pub use availability::{Availability, DisableReason};
pub use backoff::{Backoff, Jitter};
pub use destination::{Destination, DestinationRules, MAX_URL_LENGTH, is_public_address};
pub use endpoint::{EndpointHealth, HealthPolicy};
pub use error::{
    ConfigurationError, DeliveryError, Error, GuardError, PayloadError, VerificationError,
};
pub use event::Event;
pub use handshake::HandshakeReply;
pub use headers::{HeaderName, Headers, Request, SignedHeaders};
pub use intake::{DEFAULT_BODY_LIMIT, Head, Intake};
pub use key_needed::KeyNeeded;
pub use payload::write_payload;
pub use rate_limit::{MemoryRateLimiter, RateLimit, RateWindow};
pub use replay::{ClaimToken, DEFAULT_LEASE, Held, MemoryReplayGuard, decide_claim};
pub use retry::{DeadLetterReason, Decision, Outcome, RetryPolicy, parse_retry_after};
pub use routes::Routes;
pub use scheme::{
    Algorithm, AnswerForm, Encoding, Handshake, HeaderNames, KeyForm, PayloadForm, Required,
    Scheme, SchemeBuilder, TimestampFormat,
};
pub use secret::{MAX_SECRET_LENGTH, Secret};
pub use sign::Message;
pub use signature::MAX_CANDIDATES;
pub use time::{Tolerance, UnixTime};
pub use verified::Verified;
pub use webhook::Webhook;
