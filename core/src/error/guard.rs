use core::fmt;

/// An authentic request is refused by a guard. Caused by the sender or by whoever replays it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuardError {
    /// The delivery was handled before.
    DuplicateEvent,
    /// The caller sent too many requests.
    RateLimited,
    /// The caller's address is on no allow-list.
    AddressNotAllowed,
}

super::codes! { GuardError
    GuardError::DuplicateEvent => "duplicate_event",
    GuardError::RateLimited => "rate_limited",
    GuardError::AddressNotAllowed => "address_not_allowed",
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateEvent => "this delivery was handled before",
            Self::RateLimited => "too many requests from this caller",
            Self::AddressNotAllowed => "the caller's address is not allowed",
        })
    }
}

impl core::error::Error for GuardError {}
