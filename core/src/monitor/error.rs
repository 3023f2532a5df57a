use core::fmt;

/// The program gave a monitor or its page something wrongly. Never caused by a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MonitorError {
    /// A receiver of this name is watched already, and their counts would be mixed.
    DuplicateName,
    /// The token can be guessed.
    ShortToken,
    /// The token is nothing that a header or a form carries unchanged.
    MalformedToken,
    /// The path has several spellings, or is none.
    MalformedPath,
}

impl fmt::Display for MonitorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateName => "there is a receiver of this name already",
            Self::ShortToken => "the status token must have at least 16 characters",
            Self::MalformedToken => "the status token must be printable, without spaces around it",
            Self::MalformedPath => "the path must be like '/webhooks/status'",
        })
    }
}

impl core::error::Error for MonitorError {}
