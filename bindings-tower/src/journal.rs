//! What is known of one request on its way, for its outcome and the lines of the log: codes, names
//! and ids, never a secret, a payload or the text of an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Instant, SystemTime};

use countersign::{Error, UnixTime};
use tracing::Span;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::event::ReceivedEvent;
use crate::outcome::Outcome;
use crate::span;

/// Tells an observer what became of a request.
pub(crate) type Observer = Box<dyn Fn(&Outcome) + Send + Sync>;

#[derive(Debug, Clone)]
pub(crate) struct Journal {
    scheme: Box<str>,
    time: UnixTime,
    start: Instant,
    /// Of the request; none for an event that was taken out of an inbox.
    span: Span,
    pub(crate) event_id: Option<Box<str>>,
    pub(crate) event_type: Option<Box<str>>,
    pub(crate) event_time: Option<UnixTime>,
    pub(crate) key_index: Option<usize>,
}

impl Journal {
    pub(crate) fn start(scheme: &str) -> Self {
        Self::below(span::begin(scheme), scheme)
    }

    fn below(span: Span, scheme: &str) -> Self {
        Self {
            scheme: scheme.into(),
            time: system_time(),
            start: Instant::now(),
            span,
            event_id: None,
            event_type: None,
            event_time: None,
            key_index: None,
        }
    }

    /// Of an event that was taken out of an inbox.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn of_event(scheme: &str, event: &ReceivedEvent) -> Self {
        Self {
            event_id: event.id().map(Into::into),
            event_type: event.event_type().map(Into::into),
            ..Self::below(Span::none(), scheme)
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(crate) fn refused(&self, error: &Error) {
        let code = error.code();
        match error {
            Error::Configuration(_) => {
                tracing::error!(
                    code,
                    scheme = &*self.scheme,
                    event_id = self.event_id(),
                    "the receiver is configured wrongly"
                );
            }
            _ => {
                tracing::warn!(
                    code,
                    scheme = &*self.scheme,
                    event_id = self.event_id(),
                    "a request was refused"
                );
            }
        }
    }

    /// `how` says it; `exception` is the name of the error's type, if it has one.
    pub(crate) fn handler_failed(&self, how: &str, exception: Option<&str>) {
        tracing::error!(
            code = "handler_failed",
            scheme = &*self.scheme,
            event_id = self.event_id(),
            event_type = self.event_type.as_deref(),
            exception,
            "the handler {how}"
        );
    }

    /// `error` is what the inbox notes: the name of the error's type, or a code.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn attempt_failed(&self, error: &str, is_dead: bool) {
        let fate = match is_dead {
            true => "it is a dead letter",
            false => "it is tried again",
        };
        tracing::error!(
            code = "handler_failed",
            scheme = &*self.scheme,
            event_id = self.event_id(),
            event_type = self.event_type.as_deref(),
            exception = error,
            "an event was not handled; {fate}"
        );
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn taken_over(&self) {
        tracing::warn!(
            code = "lease_expired",
            scheme = &*self.scheme,
            event_id = self.event_id(),
            "an event was taken over before it ended, and may be handled twice"
        );
    }

    /// `message` says what was asked of it.
    pub(crate) fn store_failed(&self, message: &str) {
        tracing::error!(
            code = "store_unavailable",
            scheme = &*self.scheme,
            event_id = self.event_id(),
            "{message}"
        );
    }

    /// Tells the span and the observers. One that panics changes no answer.
    pub(crate) fn conclude(
        self,
        status: Option<u16>,
        result: &'static str,
        observers: &[Observer],
    ) {
        span::record(&self.span, &self, status, result);
        if observers.is_empty() {
            return;
        }
        let outcome = Outcome {
            time: self.time,
            status,
            result,
            scheme: self.scheme,
            event_id: self.event_id,
            event_type: self.event_type,
            event_time: self.event_time,
            duration: self.start.elapsed(),
            key_index: self.key_index,
        };
        for observe in observers {
            if catch_unwind(AssertUnwindSafe(|| observe(&outcome))).is_err() {
                tracing::error!(
                    code = "observer_failed",
                    scheme = &*outcome.scheme,
                    event_id = outcome.event_id.as_deref(),
                    "an observer failed"
                );
            }
        }
    }

    fn event_id(&self) -> Option<&str> {
        self.event_id.as_deref()
    }
}

/// The host's clock. One before 1970 is wrong: with time 0 every signed timestamp is too new.
pub(crate) fn system_time() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from(since_epoch.unwrap_or_default())
}
