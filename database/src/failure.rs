//! Why there is no database, or no answer of one.

use std::error::Error;
use std::fmt;

use countersign::GuardError;

/// The database has not done the work, and has logged why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "databases of programs answer it too"
)]
pub struct Unavailable;

impl Unavailable {
    /// `store_unavailable`.
    pub fn code(self) -> &'static str {
        GuardError::StoreUnavailable.code()
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        GuardError::StoreUnavailable.fmt(f)
    }
}

impl Error for Unavailable {}

impl From<Unavailable> for GuardError {
    fn from(_: Unavailable) -> Self {
        Self::StoreUnavailable
    }
}

/// A database could not be opened, for the reason that its [`source`](Error::source) tells.
#[derive(Debug)]
pub struct OpenError(Box<dyn Error + Send + Sync>);

impl OpenError {
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }

    /// The reason.
    pub fn into_source(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database cannot be opened")
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
