//! One attempt to handle an event, from the handler to the note of how it ended.

use std::sync::Arc;
use std::time::Duration;

use countersign::{Decision, Outcome, UnixTime};
use tracing::Instrument;

use super::keeper::Common;
use super::store::Taken;
use crate::handler::{HandlerFailure, begin, ended};
use crate::journal::Journal;

/// How long to wait after a failure of the database.
pub(super) const RECOVERY: Duration = Duration::from_secs(1);

/// Why an attempt failed: what the inbox notes.
struct Failure {
    error: &'static str,
    /// Whether there is no use in another attempt.
    is_final: bool,
}

impl Failure {
    fn new(error: &'static str) -> Self {
        Self {
            error,
            is_final: false,
        }
    }
}

impl Common {
    pub(super) async fn attempt(&self, taken: &Taken) {
        let stored = &taken.stored;
        let journal = Journal::of_event(&stored.scheme, &stored.event);
        let outcome = if stored.attempts > self.settings.policy.backoff().attempts().max(1) {
            // All attempts were made, and the processes of the last died of it or with it.
            Err(Failure {
                error: "lease_expired",
                is_final: true,
            })
        } else {
            match self.handle(taken).await {
                // With the runtime, in which nothing can be noted either: it is left to its lease.
                None => return,
                Some(outcome) => outcome,
            }
        };
        self.settle(taken, outcome.err(), &journal).await;
    }

    /// None if the handler neither succeeded nor failed, but was ended.
    async fn handle(&self, taken: &Taken) -> Option<Result<(), Failure>> {
        let event = &taken.stored.event;
        let Some(number) = self.receiver.routes.find(event.event_type()) else {
            return Some(Err(Failure::new("no_handler")));
        };
        let handler = self.receiver.handlers[number].clone();
        // In a task of its own, so that its panic is its failure and nothing more.
        let mut task = begin(handler, event.clone());
        match tokio::time::timeout(self.settings.time_limit, &mut task).await {
            Ok(result) => match ended(result) {
                Ok(()) => Some(Ok(())),
                Err(HandlerFailure::Error(error_type)) => Some(Err(Failure::new(error_type))),
                Err(HandlerFailure::Panic) => Some(Err(Failure::new("panic"))),
                Err(HandlerFailure::Ended) => None,
            },
            Err(_) => {
                task.abort();
                Some(Err(Failure::new("handler_timeout")))
            }
        }
    }

    /// Notes how it ended, however long the database is down.
    async fn settle(&self, taken: &Taken, failure: Option<Failure>, journal: &Journal) {
        let delay = failure
            .as_ref()
            .and_then(|failure| self.delay(taken, failure));
        if let Some(failure) = &failure {
            journal.attempt_failed(failure.error, delay.is_none());
        }
        let mut given_up = self.given_up.subscribe();
        let is_noted = loop {
            let noted = match &failure {
                None => {
                    let lifetime = self.receiver.webhook.dedupe_lifetime();
                    self.inbox.done(taken, lifetime).await
                }
                Some(failure) => self.inbox.failed(taken, failure.error, delay).await,
            };
            match noted {
                Ok(is_noted) => break is_noted,
                Err(_) => journal.store_failed("what became of an event could not be noted yet"),
            }
            let is_given_up = given_up.wait_for(|given_up| *given_up);
            if tokio::time::timeout(RECOVERY, is_given_up).await.is_ok() {
                return;
            }
        };
        if !is_noted {
            journal.taken_over();
        }
    }

    /// After how long it is tried again; none if it is a dead letter.
    fn delay(&self, taken: &Taken, failure: &Failure) -> Option<Duration> {
        if failure.is_final {
            return None;
        }
        // From time 0, so that no clock takes part.
        let start = UnixTime::from_seconds(0);
        let attempts = taken.stored.attempts;
        // Without randomness all wait as long, which is as well.
        let entropy = getrandom::u32().unwrap_or_default();
        let policy = &self.settings.policy;
        match policy.decide(attempts, &Outcome::NetworkError, start, entropy) {
            Decision::RetryAt(at) => Some(at.saturating_since(start)),
            _ => None,
        }
    }
}

/// Runs the attempt; the event's place is free when it ends, however it ends.
pub(super) fn start(common: &Arc<Common>, taken: Taken) {
    let place = common.clone().occupy(&taken);
    let attempt = async move { place.common().attempt(&taken).await };
    tokio::spawn(attempt.in_current_span());
}
