use std::error::Error;
use std::fmt;

/// A sender could not be opened, for the reason that its [`source`](Error::source) tells.
#[derive(Debug)]
pub struct OpenError(Box<dyn Error + Send + Sync>);

impl OpenError {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }

    pub(crate) fn of(source: Box<dyn Error + Send + Sync>) -> Self {
        Self(source)
    }

    /// The reason.
    pub fn into_source(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sender cannot be opened: {}", self.0)
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
