//! Schedules and decisions, in seconds as JavaScript numbers.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use countersign::{Backoff, Decision, Jitter, Outcome, RetryPolicy, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::seconds::{instant, whole};

/// A schedule.
#[wasm_bindgen]
#[derive(Debug)]
pub struct BackoffHandle(Backoff);

#[wasm_bindgen]
impl BackoffHandle {
    /// These delays.
    pub fn fixed(delays: Vec<f64>) -> Self {
        Self(Backoff::fixed(delays.into_iter().map(duration)))
    }

    /// Growing delays.
    pub fn exponential(base: f64, factor: u32, cap: f64, attempts: u32) -> Self {
        let (base, cap) = (duration(base), duration(cap));
        Self(Backoff::exponential(base, factor, cap, attempts))
    }

    /// The delays of Standard Webhooks.
    pub fn standard() -> Self {
        Self(Backoff::standard())
    }

    /// Spreads the delays; the word was checked in TypeScript.
    pub fn set_jitter(&mut self, jitter: &str) {
        let jitter = match jitter {
            "full" => Jitter::Full,
            "equal" => Jitter::Equal,
            _ => Jitter::None,
        };
        self.0 = self.0.clone().with_jitter(jitter);
    }

    /// How many attempts there are.
    pub fn attempts(&self) -> u32 {
        self.0.attempts()
    }

    /// Seconds before this attempt, if it is made.
    pub fn delay(&self, attempt: u32, entropy: u32) -> Option<f64> {
        self.0.delay(attempt, entropy).map(seconds)
    }
}

/// A policy.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RetryPolicyHandle(RetryPolicy);

#[wasm_bindgen]
impl RetryPolicyHandle {
    /// A policy.
    #[wasm_bindgen(constructor)]
    pub fn new(backoff: &BackoffHandle, retry_after_cap: f64, retry_statuses: Vec<u16>) -> Self {
        let policy = RetryPolicy::new(backoff.0.clone())
            .with_retry_after_cap(duration(retry_after_cap))
            .with_retry_statuses(retry_statuses);
        Self(policy)
    }

    /// Decides; no status is a network error, unless the destination was forbidden. The decision as
    /// a word: what to do, or why the message is a dead letter. `at` receives the time of the next
    /// attempt.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn decide(
        &self,
        attempt: u32,
        status: Option<u16>,
        retry_after: Option<String>,
        forbidden: bool,
        now: f64,
        entropy: u32,
        at: &mut [f64],
    ) -> String {
        let outcome = match status {
            _ if forbidden => Outcome::Forbidden,
            None => Outcome::NetworkError,
            Some(status) => Outcome::Response {
                status,
                retry_after: retry_after.as_deref(),
            },
        };
        let now = instant(now);
        let word = match self.0.decide(attempt, &outcome, now, entropy) {
            Decision::Delivered => "delivered",
            Decision::RetryAt(time) => {
                at.fill(time.as_seconds_f64());
                "retry_at"
            }
            Decision::DeadLetter(reason) => reason.as_str(),
            Decision::Disable => "disable",
            // A decision that this version has no word for: TypeScript refuses the empty one.
            _ => "",
        };
        word.to_owned()
    }
}

/// Whole seconds that `Retry-After` asks to wait, rounded up.
#[wasm_bindgen]
pub fn parse_retry_after(value: &str, now: f64) -> Option<f64> {
    let delay = countersign::parse_retry_after(value, instant(now))?;
    Some(delay.as_secs() as f64 + f64::from(u8::from(delay.subsec_nanos() > 0)))
}

/// Seconds as a duration to the nearest millisecond; what is too long becomes the longest.
fn duration(seconds: f64) -> Duration {
    match whole(seconds) {
        Some(whole) => Duration::from_secs(whole),
        None => Duration::from_millis((seconds * 1e3 + 0.5) as u64),
    }
}

fn seconds(duration: Duration) -> f64 {
    UnixTime::from(duration).as_seconds_f64()
}
