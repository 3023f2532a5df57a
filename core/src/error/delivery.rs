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
}

super::codes! { DeliveryError
    DeliveryError::MalformedUrl(_) => "malformed_url",
    DeliveryError::InsecureUrl => "insecure_url",
    DeliveryError::ForbiddenDestination(_) => "forbidden_destination",
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedUrl(defect) => defect.message(),
            Self::InsecureUrl => "the URL is not https, and http is not allowed",
            Self::ForbiddenDestination(reason) => reason.message(),
        })
    }
}

impl core::error::Error for DeliveryError {}
