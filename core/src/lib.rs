#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod backoff;
pub mod error;
pub mod event;
mod headers;
mod mac;
pub mod manual;
mod received;
mod retry;
pub mod scheme;
mod secret;
mod sign;
mod signature;
mod time;
mod verify;
mod webhook;

pub use backoff::{Backoff, Jitter};
pub use error::{
    ConfigurationError, DeliveryError, Error, GuardError, PayloadError, VerificationError,
};
pub use event::Event;
pub use headers::{HeaderName, Headers, Request, SignedHeaders};
pub use retry::{DeadLetterReason, Decision, Outcome, RetryPolicy, parse_retry_after};
pub use scheme::{
    Algorithm, Encoding, HeaderNames, KeyForm, PayloadForm, Required, Scheme, SchemeBuilder,
    TimestampFormat,
};
pub use secret::{MAX_SECRET_LENGTH, Secret};
pub use sign::Message;
pub use signature::MAX_CANDIDATES;
pub use time::{Tolerance, UnixTime};
pub use verify::Verified;
pub use webhook::Webhook;
