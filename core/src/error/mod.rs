//! Every failure, one enum per class, each with a stable [code](VerificationError::code).
//!
//! A message names the likely cause. It never holds a secret, a payload, a header's value or an
//! expected signature, so it can be logged and sent back to the caller.

/// Gives an enum of errors its codes, as a function and as a list, so that the list is complete.
macro_rules! codes {
    ($error:ident $($variant:pat => $code:literal,)+) => {
        impl $error {
            pub(super) const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable code, the same in every language.
            pub fn code(&self) -> &'static str {
                match self {
                    $($variant => $code,)+
                }
            }
        }
    };
}
use codes;

mod configuration;
mod delivery;
mod destination;
mod guard;
mod payload;
mod verification;

pub use configuration::{
    ConfigurationError, PatternDefect, SchemeDefect, SecretDefect, UnsupportedBody,
};
pub use delivery::{DeliveryError, MessageDefect};
pub use destination::{ForbiddenReason, UrlDefect};
pub use guard::{GuardError, HandshakeDefect, MediaDefect};
pub use payload::{FieldDefect, JsonDefect, PayloadError};
pub use verification::{
    HeaderDefect, KeyDefect, MissingContext, SignatureAbsence, SignedFieldDefect, TimestampDefect,
    VerificationError,
};

use core::fmt;
use core::time::Duration;

/// Any failure of this crate.
///
/// ```
/// use countersign::{Error, Secret};
///
/// let error = Error::from(Secret::parse("").unwrap_err());
/// assert_eq!(error.code(), "empty_secret");
/// assert_eq!(error.class(), "ConfigurationError");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A secret, a scheme or a body was given wrongly by the program.
    Configuration(ConfigurationError),
    /// The request does not prove that it comes from a holder of the secret.
    Verification(VerificationError),
    /// The request is authentic and its payload is not what the scheme describes.
    Payload(PayloadError),
    /// A receiver does not take the request, or cannot finish it.
    Guard(GuardError),
    /// A message may not be sent there.
    Delivery(DeliveryError),
}

impl Error {
    /// Every code that there is, with the name of its class.
    pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            ("ConfigurationError", ConfigurationError::CODES),
            ("VerificationError", VerificationError::CODES),
            ("PayloadError", PayloadError::CODES),
            ("GuardError", GuardError::CODES),
            ("DeliveryError", DeliveryError::CODES),
        ]
        .into_iter()
        .flat_map(|(class, codes)| codes.iter().map(move |code| (*code, class)))
    }

    /// The error of this code that a host finds by its own I/O; `None` if there is no such one.
    ///
    /// `amount` is what the error is about: milliseconds, of [`PayloadError::TooLarge`] the limit in
    /// bytes; nothing for the others.
    ///
    /// ```
    /// use countersign::Error;
    ///
    /// assert_eq!(Error::found_by_host("body_timeout", 0).unwrap().status(), 408);
    /// assert!(Error::found_by_host("signature_mismatch", 0).is_none());
    /// ```
    pub fn found_by_host(code: &str, amount: u64) -> Option<Self> {
        let retry_after = Duration::from_millis(amount);
        Some(match code {
            "malformed_schema" => ConfigurationError::MalformedSchema.into(),
            "unsupported_body" => {
                ConfigurationError::UnsupportedBody(UnsupportedBody::Parsed).into()
            }
            "payload_too_large" => PayloadError::TooLarge {
                limit: usize::try_from(amount).unwrap_or(usize::MAX),
            }
            .into(),
            "schema_mismatch" => PayloadError::SchemaMismatch.into(),
            "rate_limited" => GuardError::RateLimited { retry_after }.into(),
            "body_timeout" => GuardError::BodyTimeout.into(),
            "incomplete_body" => GuardError::IncompleteBody.into(),
            "handshake_refused" => GuardError::HandshakeRefused(HandshakeDefect::Unexpected).into(),
            "duplicate_event" => GuardError::DuplicateEvent.into(),
            "event_in_progress" => GuardError::EventInProgress { retry_after }.into(),
            "store_unavailable" => GuardError::StoreUnavailable.into(),
            "key_unavailable" => GuardError::KeyUnavailable.into(),
            "handler_failed" => GuardError::HandlerFailed.into(),
            "handler_timeout" => GuardError::HandlerTimeout.into(),
            _ => return None,
        })
    }

    /// The HTTP status that answers an error of this code.
    pub fn status_of(code: &str) -> u16 {
        crate::answer::status(code)
    }

    /// The stable code, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration(error) => error.code(),
            Self::Verification(error) => error.code(),
            Self::Payload(error) => error.code(),
            Self::Guard(error) => error.code(),
            Self::Delivery(error) => error.code(),
        }
    }

    /// The HTTP status that a receiver answers this error with.
    pub fn status(&self) -> u16 {
        crate::answer::status(self.code())
    }

    /// The name of the error's class, the same in every language.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "ConfigurationError",
            Self::Verification(_) => "VerificationError",
            Self::Payload(_) => "PayloadError",
            Self::Guard(_) => "GuardError",
            Self::Delivery(_) => "DeliveryError",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::Verification(error) => error.fmt(f),
            Self::Payload(error) => error.fmt(f),
            Self::Guard(error) => error.fmt(f),
            Self::Delivery(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

impl From<ConfigurationError> for Error {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<VerificationError> for Error {
    fn from(error: VerificationError) -> Self {
        Self::Verification(error)
    }
}

impl From<PayloadError> for Error {
    fn from(error: PayloadError) -> Self {
        Self::Payload(error)
    }
}

impl From<GuardError> for Error {
    fn from(error: GuardError) -> Self {
        Self::Guard(error)
    }
}

impl From<DeliveryError> for Error {
    fn from(error: DeliveryError) -> Self {
        Self::Delivery(error)
    }
}
