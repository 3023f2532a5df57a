//! What the status page answers, and what is logged of it.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::attached::Attached;
use super::documents::NOTHING;
use super::openmetrics::CONTENT_TYPE;
use super::watching::Monitor;
use crate::answer::push_json;
use crate::time::UnixTime;

const TEXT: &str = "text/plain; charset=utf-8";

/// What to send: a status, headers (names in lower case) and a body.
///
/// `Debug` shows the status alone, since a session may be among the headers.
#[derive(Clone)]
pub struct StatusAnswer {
    status: u16,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Cow<'static, str>,
    log: Option<StatusLog>,
}

/// What a host writes to its log; `Display` is the message, without anything of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusLog {
    /// Somebody gave the form a wrong token: a warning.
    TokenRefused,
    /// A dead letter is replayed: information.
    Replayed {
        /// Its number in the inbox.
        number: u64,
    },
    /// A delivery that was given up is replayed: information.
    DeliveryReplayed {
        /// Its number in the outbox.
        number: u64,
    },
}

impl StatusLog {
    /// Whether it is a warning; else it is information.
    pub fn is_warning(self) -> bool {
        matches!(self, Self::TokenRefused)
    }
}

impl fmt::Display for StatusLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenRefused => f.write_str("a token for the status page was refused"),
            Self::Replayed { number } => write!(f, "dead letter {number} is replayed"),
            Self::DeliveryReplayed { number } => {
                write!(f, "dead letter {number} of the outbox is replayed")
            }
        }
    }
}

impl StatusAnswer {
    /// The answer to [`Step::Data`](super::Step::Data).
    ///
    /// `process` is as [`Monitor::snapshot`] has it.
    pub fn data(
        monitor: &Monitor,
        attached: Attached<'_>,
        now: UnixTime,
        process: u64,
        csrf: Option<&str>,
    ) -> Self {
        let mut json = monitor.snapshot(attached, now, process);
        // The value of the session is one more key of the object.
        json.pop();
        json.push_str(", \"csrf\": ");
        push_json(&mut json, csrf);
        json.push('}');
        Self::json(json)
    }

    /// The answer to [`Step::Metrics`](super::Step::Metrics).
    pub fn metrics(monitor: &Monitor, attached: Attached<'_>) -> Self {
        let body = monitor.openmetrics(attached).into();
        Self::new(200, CONTENT_TYPE, NOTHING.into(), body)
    }

    /// The answer to [`Step::Replay`](super::Step::Replay).
    ///
    /// `replayed` is whether there was a dead letter of this number; `None` if the inbox does not
    /// answer. Where there is no inbox there is no dead letter.
    pub fn replayed(number: u64, replayed: Option<bool>) -> Self {
        Self::after_replay(replayed, number, StatusLog::Replayed { number })
    }

    /// The answer to [`Step::ReplayDelivery`](super::Step::ReplayDelivery), as
    /// [`replayed`](Self::replayed) is for an inbox.
    pub fn delivery_replayed(number: u64, replayed: Option<bool>) -> Self {
        Self::after_replay(replayed, number, StatusLog::DeliveryReplayed { number })
    }

    fn after_replay(replayed: Option<bool>, number: u64, log: StatusLog) -> Self {
        match replayed {
            None => Self::refused(503),
            Some(false) => Self::refused(404),
            Some(true) => {
                let body = ["{\"replayed\": ", &number.to_string(), "}"].concat();
                Self::json(body).logged(log)
            }
        }
    }

    /// An answer that says no more than its status, for a body that could not be read, too.
    pub fn refused(status: u16) -> Self {
        let phrase = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            413 => "Content Too Large",
            500 => "Internal Server Error",
            503 => "Service Unavailable",
            _ => "",
        };
        Self::new(status, TEXT, NOTHING.into(), phrase.into())
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers, names in lower case, without `content-length`.
    pub fn headers(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.headers
    }

    /// The body, which is not sent in answer to `HEAD`.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What is to be logged, if anything.
    pub fn log(&self) -> Option<StatusLog> {
        self.log
    }

    pub(super) fn html(
        status: u16,
        policy: impl Into<Cow<'static, str>>,
        body: impl Into<Cow<'static, str>>,
    ) -> Self {
        let kind = "text/html; charset=utf-8";
        Self::new(status, kind, policy.into(), body.into())
    }

    /// No content, and where to go from here.
    pub(super) fn see_other(location: String) -> Self {
        Self::new(303, TEXT, NOTHING.into(), "".into()).with("location", location)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn logged(mut self, log: StatusLog) -> Self {
        self.log = Some(log);
        self
    }

    fn json(body: String) -> Self {
        Self::new(200, "application/json", NOTHING.into(), body.into())
    }

    fn new(
        status: u16,
        content_type: &'static str,
        policy: Cow<'static, str>,
        body: Cow<'static, str>,
    ) -> Self {
        let headers = [
            ("content-type", content_type.into()),
            ("cache-control", "no-store".into()),
            ("content-security-policy", policy),
            ("cross-origin-resource-policy", "same-origin".into()),
            ("referrer-policy", "no-referrer".into()),
            ("x-content-type-options", "nosniff".into()),
            ("x-frame-options", "DENY".into()),
        ];
        Self {
            status,
            headers: headers.into(),
            body,
            log: None,
        }
    }
}

impl fmt::Debug for StatusAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StatusAnswer");
        shown.field("status", &self.status).finish_non_exhaustive()
    }
}
