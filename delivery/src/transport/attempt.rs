use std::time::Duration;

use bytes::Bytes;
use countersign::{Destination, DestinationRules};
use http::HeaderMap;

use super::failure::Failure;
use super::settings::Timeouts;

/// What is sent, and where.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request<'a> {
    /// Where it goes.
    pub destination: &'a Destination,
    /// What that may lead to.
    pub rules: &'a DestinationRules,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// The headers, besides those that HTTP itself needs. `user-agent` is `Countersign/` and the
    /// version, unless it is here.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl<'a> Request<'a> {
    /// A request with the timeouts that are the default.
    pub fn new(
        destination: &'a Destination,
        rules: &'a DestinationRules,
        headers: HeaderMap,
        body: Bytes,
    ) -> Self {
        Self {
            destination,
            rules,
            timeouts: Timeouts::default(),
            headers,
            body,
        }
    }
}

/// How an attempt ended, and when.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The answer, or what kept it away.
    pub outcome: Result<Answer, Failure>,
    /// How long it took, the body of the answer included.
    pub duration: Duration,
}

/// What the endpoint answered.
///
/// The head of an answer decides: a receiver that sends a status has handled the request, whatever
/// becomes of the body. A body that is too long, too slow or cut off is noted in `body_failure` and
/// changes nothing else.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The value of the header `Retry-After`, if it is text of at most 64 bytes.
    pub retry_after: Option<String>,
    /// The first 4 KiB of the body, or what of it arrived.
    pub body: Bytes,
    /// Why the rest of the body was not read: `body` or `timeout`.
    pub body_failure: Option<Failure>,
}
