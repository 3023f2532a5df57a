//! What to do after an attempt: a pure decision, the same in every language.

use alloc::vec::Vec;
use core::time::Duration;

use crate::backoff::Backoff;
use crate::time::{UnixTime, parse_digits, parse_http_date};

const DAY: Duration = Duration::from_secs(86_400);

/// How a sender answers the outcome of an attempt.
///
/// 2xx is success. Network errors, 408, 425, 429 and 5xx are tried again on the schedule, later if
/// `Retry-After` asks for it. 410 disables the endpoint. Redirects are never followed; they and
/// all other answers are final. What the outcome says about the endpoint besides the message is
/// for [`HealthPolicy`](crate::HealthPolicy).
///
/// ```
/// use std::time::Duration;
/// use countersign::{Decision, Outcome, RetryPolicy, UnixTime};
///
/// let policy = RetryPolicy::exponential(Duration::from_secs(1), 3);
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let busy = Outcome::Response { status: 503, retry_after: Some("30") };
/// let at = UnixTime::from_seconds(1_700_000_030);
/// assert_eq!(policy.decide(1, &busy, now, 0), Decision::RetryAt(at));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) backoff: Backoff,
    pub(crate) retry_after_cap: Duration,
    pub(crate) retry_statuses: Vec<u16>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The endpoint answered.
    Response {
        /// The status code.
        status: u16,
        /// The value of the header `Retry-After`.
        retry_after: Option<&'a str>,
    },
    /// There was no answer: no connection, no time, no HTTP.
    NetworkError,
    /// No attempt was made: the URL or the address it leads to is not one that may be reached.
    Forbidden,
}

/// What to do with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Nothing: it arrived.
    Delivered,
    /// Try again then.
    RetryAt(UnixTime),
    /// Keep it as a dead letter.
    DeadLetter(DeadLetterReason),
    /// Keep it as a dead letter, and send the endpoint nothing more: it is gone for good.
    Disable,
}

/// Why a message is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// All attempts were made.
    Exhausted,
    /// The endpoint redirected.
    Redirected,
    /// The endpoint refused the message for good.
    Rejected,
    /// The endpoint's URL or address is not one that may be reached.
    Forbidden,
    /// The endpoint was disabled while the message waited.
    Disabled,
}

impl DeadLetterReason {
    const ALL: [Self; 5] = [
        Self::Exhausted,
        Self::Redirected,
        Self::Rejected,
        Self::Forbidden,
        Self::Disabled,
    ];

    /// The reason as a word, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Redirected => "redirected",
            Self::Rejected => "rejected",
            Self::Forbidden => "forbidden",
            Self::Disabled => "disabled",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl RetryPolicy {
    /// A policy with these delays. `Retry-After` is honoured up to a day.
    pub fn new(backoff: Backoff) -> Self {
        Self {
            backoff,
            retry_after_cap: DAY,
            retry_statuses: Vec::new(),
        }
    }

    /// The schedule of Standard Webhooks; see [`Backoff::standard`].
    pub fn standard() -> Self {
        Self::new(Backoff::standard())
    }

    /// At once, after `base`, twice that, and so on, at most a day apart, without jitter.
    pub fn exponential(base: Duration, attempts: u32) -> Self {
        Self::new(Backoff::exponential(base, 2, DAY, attempts))
    }

    /// The longest `Retry-After` that is honoured; a longer one counts as this.
    pub fn with_retry_after_cap(mut self, cap: Duration) -> Self {
        self.retry_after_cap = cap;
        self
    }

    /// Further statuses that are tried again.
    pub fn with_retry_statuses(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        self.retry_statuses = statuses.into_iter().collect();
        self
    }

    /// The delays.
    pub fn backoff(&self) -> &Backoff {
        &self.backoff
    }

    /// Decides after this many attempts, the last of which ended so.
    ///
    /// `attempt` counts from 1; 0 counts as 1. `entropy` feeds the jitter.
    pub fn decide(
        &self,
        attempt: u32,
        outcome: &Outcome<'_>,
        now: UnixTime,
        entropy: u32,
    ) -> Decision {
        let retry_after = match *outcome {
            Outcome::NetworkError => None,
            Outcome::Forbidden => return Decision::DeadLetter(DeadLetterReason::Forbidden),
            Outcome::Response {
                status,
                retry_after,
            } => match status {
                200..=299 => return Decision::Delivered,
                _ if is_retried(status, &self.retry_statuses) => retry_after,
                300..=399 => return Decision::DeadLetter(DeadLetterReason::Redirected),
                410 => return Decision::Disable,
                _ => return Decision::DeadLetter(DeadLetterReason::Rejected),
            },
        };
        let next = attempt.max(1).saturating_add(1);
        let Some(delay) = self.backoff.delay(next, entropy) else {
            return Decision::DeadLetter(DeadLetterReason::Exhausted);
        };
        let asked = retry_after
            .and_then(|value| parse_retry_after(value, now))
            .map_or(Duration::ZERO, |asked| asked.min(self.retry_after_cap));
        Decision::RetryAt(now.saturating_add(delay.max(asked)))
    }
}

/// Whether an answer of this status is followed by another attempt.
pub(crate) fn is_retried(status: u16, further: &[u16]) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599) || further.contains(&status)
}

/// How long `Retry-After` asks to wait (RFC 9110 section 10.2.3): seconds, or an HTTP-date.
///
/// `None` if it is neither. A date that is past asks for no wait.
///
/// ```
/// use std::time::Duration;
/// use countersign::{UnixTime, parse_retry_after};
///
/// let now = UnixTime::from_seconds(784_111_770);
/// assert_eq!(parse_retry_after("120", now), Some(Duration::from_secs(120)));
/// let date = "Sun, 06 Nov 1994 08:49:37 GMT";
/// assert_eq!(parse_retry_after(date, now), Some(Duration::from_secs(7)));
/// assert_eq!(parse_retry_after("soon", now), None);
/// ```
pub fn parse_retry_after(value: &str, now: UnixTime) -> Option<Duration> {
    let value = value.trim_matches(' ').as_bytes();
    match parse_digits(value) {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => parse_http_date(value, now).map(|date| date.saturating_since(now)),
    }
}
