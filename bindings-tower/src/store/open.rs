use std::error::Error;
use std::fmt;

/// A store could not be opened, for the reason that its [`source`](Error::source) tells.
#[derive(Debug)]
pub struct OpenError(Box<dyn Error + Send + Sync>);

impl OpenError {
    #[cfg(any(feature = "sqlite", feature = "redis"))]
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl From<countersign_database::OpenError> for OpenError {
    fn from(error: countersign_database::OpenError) -> Self {
        Self(error.into_source())
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store cannot be opened")
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
