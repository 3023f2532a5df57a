use std::error::Error;
use std::fmt;
use std::io;

use countersign::DeliveryError;

/// What kept an answer away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Where it happened.
    pub class: ErrorClass,
    /// What happened, for a human. Without URL, header or payload.
    pub detail: String,
}

/// Where an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The host's name has no address, or its servers do not answer.
    Dns,
    /// There is no connection to the address, or to the proxy.
    Connect,
    /// The connection cannot be made secure: another host's certificate, an expired or unknown one.
    Tls,
    /// It took too long.
    Timeout,
    /// The connection ended before the head of an answer, or what came is not HTTP.
    Http,
    /// The body of the answer was cut off or is longer than 64 KiB.
    Body,
    /// The rules do not allow what the URL leads to.
    Forbidden,
}

impl ErrorClass {
    /// The class as a word, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Http => "http",
            Self::Body => "body",
            Self::Forbidden => "forbidden",
        }
    }
}

impl Failure {
    pub(super) fn new(class: ErrorClass, detail: impl Into<String>) -> Self {
        Self {
            class,
            detail: detail.into(),
        }
    }

    /// Of this class, with the text of what lies at the bottom of the error.
    pub(super) fn of(class: ErrorClass, error: &(dyn Error + 'static)) -> Self {
        let cause = causes(error).last().unwrap_or(error);
        Self::new(class, cause.to_string())
    }
}

/// The error, what caused it, what caused that, and so on.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The source of such an error is that of the one inside of it.
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Self {
        Self::new(ErrorClass::Forbidden, error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class.as_str(), self.detail)
    }
}

impl Error for Failure {}
