use core::fmt;

/// A message may not be sent to the URL it is addressed to. Caused by whoever registered it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The URL cannot be parsed.
    MalformedUrl,
    /// The URL is not HTTPS.
    InsecureUrl,
    /// The URL leads to a private, loopback or otherwise special address.
    ForbiddenDestination,
}

super::codes! { DeliveryError
    DeliveryError::MalformedUrl => "malformed_url",
    DeliveryError::InsecureUrl => "insecure_url",
    DeliveryError::ForbiddenDestination => "forbidden_destination",
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedUrl => "the URL is malformed",
            Self::InsecureUrl => "the URL is not https",
            Self::ForbiddenDestination => "the URL leads to an address that is not allowed",
        })
    }
}

impl core::error::Error for DeliveryError {}
