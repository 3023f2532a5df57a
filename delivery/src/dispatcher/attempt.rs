//! One attempt to deliver, from the signature to the verdict.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::monitor::AttemptObservation;
use countersign::{DeadLetterReason, Decision, Message, Outcome, UnixTime};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument;

use super::Common;
use super::claim::Delivery;
use super::settle::{Ended, Seen, Settlement, Verdict};
use super::signals::Note;
use crate::target::Target;
use crate::transport::{Attempt, ErrorClass, Request};

/// Tells the coordinator that an attempt ended, however it does.
struct Place {
    common: Arc<Common>,
    endpoint: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.common.tell(Note::Ended(self.endpoint));
    }
}

impl Common {
    pub(super) async fn attempt(self: Arc<Self>, target: Arc<Target>, delivery: Delivery) {
        let _place = Place {
            common: self.clone(),
            endpoint: delivery.endpoint,
        };
        if !self.held.lasts(&delivery.lease, target.timeouts.total) {
            // The process was frozen, or the database away: by now it may be somebody else's.
            self.held.remove(delivery.number, &delivery.lease.token);
            return;
        }
        let span = tracing::info_span!(
            "webhook.attempt",
            message = delivery.message_id,
            event_type = delivery.event_type,
            attempt = delivery.attempts.saturating_add(1),
            replay = delivery.is_replay,
            status = tracing::field::Empty,
            error = tracing::field::Empty,
            verdict = tracing::field::Empty,
        );
        let ended = self.make(&target, delivery).instrument(span.clone()).await;
        span.record("verdict", ended.verdict.as_str());
        self.shared.observers.tell(&ended.observation(&target.id));
        if ended.is_failure_that_tells() {
            self.tell(Note::Failed(ended.endpoint));
        }
        // Nobody hears it if the process ends; it is then taken over.
        let _ = self
            .settlements
            .send(Settlement::Ended(Box::new(ended)))
            .await;
    }

    async fn make(&self, target: &Target, delivery: Delivery) -> Ended {
        let clock = &self.shared.options.clock;
        let (at, start) = (clock(), Instant::now());
        let attempt = delivery.attempts.saturating_add(1);
        let headers = match headers(target, &delivery, at) {
            Ok(headers) => headers,
            Err(code) => {
                let verdict = Verdict::Unsigned(code);
                let seen = Seen {
                    error: Some(code),
                    ..Seen::default()
                };
                return Ended::new(delivery, target, at, start.elapsed(), seen, verdict);
            }
        };
        let mut request = Request::new(
            &target.destination,
            &target.rules,
            headers,
            delivery.payload.clone(),
        );
        request.timeouts = target.timeouts;
        delivery.lease.begin(attempt, at);
        let made = self.shared.transport.attempt(request).await;
        let duration = made.duration;
        let (seen, verdict) = self.judge(target, attempt, made);
        let span = tracing::Span::current();
        if let Some(status) = seen.status {
            span.record("status", status);
        }
        if let Some(error) = seen.error {
            span.record("error", error);
        }
        Ended::new(delivery, target, at, duration, seen, verdict)
    }

    /// What was seen, and what follows.
    fn judge(&self, target: &Target, attempt: u32, made: Attempt) -> (Seen, Verdict) {
        let mut seen = Seen::default();
        match made.outcome {
            Ok(answer) => {
                seen.status = Some(answer.status);
                seen.retry_after = answer.retry_after;
                seen.answer = Some(answer.body);
                seen.error = answer.body_failure.map(|failure| failure.class.as_str());
            }
            Err(failure) => {
                seen.is_forbidden = failure.class == ErrorClass::Forbidden;
                seen.error = Some(failure.class.as_str());
            }
        }
        let now = (self.shared.options.clock)();
        // Without randomness all wait as long, which is as well.
        let entropy = getrandom::u32().unwrap_or_default();
        let decision = target
            .retry_policy
            .decide(attempt, &seen.outcome(), now, entropy);
        let verdict = match decision {
            Decision::Delivered => Verdict::Delivered,
            Decision::RetryAt(at) => Verdict::RetryAfter(at.saturating_since(now)),
            Decision::DeadLetter(reason) => Verdict::Dead(reason.as_str()),
            // Its endpoint is disabled when that is noted.
            _ => Verdict::Dead(DeadLetterReason::Disabled.as_str()),
        };
        (seen, verdict)
    }
}

/// The headers of an attempt; the code of an error if it cannot be signed.
fn headers(target: &Target, delivery: &Delivery, now: UnixTime) -> Result<HeaderMap, &'static str> {
    let message = Message::new(&delivery.payload)
        .id(&*delivery.message_id)
        .method("POST")
        .url(target.destination.url());
    let signed = target.webhook.sign_message(&message, now);
    let signed = signed.map_err(|error| error.code())?;
    let mut headers = target.headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in signed {
        // Core writes nothing that no header can hold.
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "malformed_header")?;
        let value = HeaderValue::from_str(&value).map_err(|_| "malformed_header")?;
        headers.insert(name, value);
    }
    Ok(headers)
}

impl Seen {
    /// As core's decisions take it.
    pub(super) fn outcome(&self) -> Outcome<'_> {
        match self.status {
            Some(status) => Outcome::Response {
                status,
                retry_after: self.retry_after.as_deref(),
            },
            None if self.is_forbidden => Outcome::Forbidden,
            None => Outcome::NetworkError,
        }
    }
}

impl Ended {
    fn observation<'a>(&self, endpoint: &'a str) -> AttemptObservation<'a> {
        let verdict = self.verdict.as_str();
        let mut observation = AttemptObservation::new(endpoint, verdict, self.duration);
        observation.status = self.seen.status;
        observation.error = self.seen.error;
        observation
    }

    fn new(
        delivery: Delivery,
        target: &Target,
        at: UnixTime,
        duration: Duration,
        seen: Seen,
        verdict: Verdict,
    ) -> Self {
        Self {
            number: delivery.number,
            endpoint: delivery.endpoint,
            lease: delivery.lease,
            attempt: delivery.attempts.saturating_add(1),
            is_replay: delivery.is_replay,
            was_well: delivery.was_well,
            is_fifo: target.manner.is_fifo,
            at,
            duration,
            seen,
            verdict,
        }
    }
}
