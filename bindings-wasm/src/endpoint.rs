//! The health of endpoints. Times are in milliseconds.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use countersign::{DisableReason, EndpointHealth, HealthPolicy, Outcome, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

/// When an endpoint is throttled, taken for down, and disabled. It is built up before it is asked.
///
/// What is known of an endpoint crosses as numbers (failures, since when it fails, until when it is
/// throttled, until when its circuit is open, openings; NaN where there is no time) and as the word
/// for why it is disabled, which is empty if it is not.
#[wasm_bindgen]
#[derive(Debug)]
pub struct HealthPolicyHandle(HealthPolicy);

#[wasm_bindgen]
impl HealthPolicyHandle {
    /// The policy that is usual.
    #[wasm_bindgen(constructor)]
    pub fn new(retry_statuses: Vec<u16>) -> Self {
        Self(HealthPolicy::new().with_retry_statuses(retry_statuses))
    }

    /// The circuit opens after so many failures, or never.
    pub fn set_circuit(&mut self, failures: Option<u32>) {
        let policy = self.0.clone();
        self.0 = match failures {
            Some(failures) => policy.with_circuit(failures),
            None => policy.without_circuit(),
        };
    }

    /// For how long it opens.
    pub fn set_circuit_pauses(&mut self, first: f64, longest: f64) {
        let [first, longest] = [first, longest].map(duration);
        self.0 = self.0.clone().with_circuit_pauses(first, longest);
    }

    /// For how long an endpoint is throttled that does not say it.
    pub fn set_throttle_pauses(&mut self, shortest: f64, longest: f64) {
        let [shortest, longest] = [shortest, longest].map(duration);
        self.0 = self.0.clone().with_throttle_pauses(shortest, longest);
    }

    /// The longest `Retry-After` that is honoured.
    pub fn set_retry_after_cap(&mut self, cap: f64) {
        self.0 = self.0.clone().with_retry_after_cap(duration(cap));
    }

    /// When an endpoint that fails is disabled: the defaults for what is absent.
    pub fn set_disabling(&mut self, after: Option<f64>, failures: Option<u32>) {
        let after = after.map_or(HealthPolicy::DISABLE_AFTER, duration);
        let failures = failures.unwrap_or(HealthPolicy::DISABLE_FAILURES);
        self.0 = self.0.clone().with_disabling(after, failures);
    }

    /// It never is.
    pub fn unset_disabling(&mut self) {
        self.0 = self.0.clone().without_disabling();
    }

    /// Whether the endpoint may be sent to, as a word: the reason if it is disabled. `until` receives
    /// the end of a pause.
    pub fn availability(
        &self,
        numbers: &[f64],
        disabled: &str,
        now: f64,
        until: &mut [f64],
    ) -> String {
        let health = health(numbers, disabled);
        let availability = self.0.availability(&health, instant(now));
        if let Some(time) = availability.until() {
            until.fill(time.millis() as f64);
        }
        let reason = availability.reason().map(DisableReason::as_str);
        reason.unwrap_or(availability.as_str()).to_owned()
    }

    /// Writes into the numbers what is known of the endpoint after an attempt, and gives the word;
    /// no status is a network error, unless the destination was forbidden.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn observe(
        &self,
        numbers: &mut [f64],
        disabled: &str,
        status: Option<u16>,
        retry_after: Option<String>,
        forbidden: bool,
        now: f64,
        entropy: u32,
    ) -> String {
        let outcome = match status {
            _ if forbidden => Outcome::Forbidden,
            None => Outcome::NetworkError,
            Some(status) => Outcome::Response {
                status,
                retry_after: retry_after.as_deref(),
            },
        };
        let health = health(numbers, disabled);
        let next = self.0.observe(&health, &outcome, instant(now), entropy);
        let time = |time: Option<UnixTime>| time.map_or(f64::NAN, |time| time.millis() as f64);
        let values = [
            f64::from(next.failures),
            time(next.failing_since),
            time(next.throttled_until),
            time(next.circuit_open_until),
            f64::from(next.openings),
        ];
        for (number, value) in numbers.iter_mut().zip(values) {
            *number = value;
        }
        next.disabled.map_or("", DisableReason::as_str).to_owned()
    }
}

fn health(numbers: &[f64], disabled: &str) -> EndpointHealth {
    let number = |index: usize| numbers.get(index).copied().unwrap_or(f64::NAN);
    let time = |index| Some(number(index)).filter(|at| !at.is_nan()).map(instant);
    let mut health = EndpointHealth::new();
    health.failures = number(0) as u32;
    health.failing_since = time(1);
    health.throttled_until = time(2);
    health.circuit_open_until = time(3);
    health.openings = number(4) as u32;
    health.disabled = DisableReason::named(disabled);
    health
}

fn instant(milliseconds: f64) -> UnixTime {
    UnixTime::from_millis(milliseconds as u64)
}

fn duration(milliseconds: f64) -> Duration {
    Duration::from_millis(milliseconds as u64)
}
