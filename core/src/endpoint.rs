//! Whether an endpoint may be sent to: what the outcomes of attempts to it say about the endpoint
//! itself, besides what [`RetryPolicy`](crate::RetryPolicy) decides about each message.

use alloc::vec::Vec;
use core::time::Duration;

use crate::availability::{Availability, DisableReason};
use crate::backoff::{Backoff, Jitter};
use crate::retry::{Outcome, is_retried, parse_retry_after};
use crate::time::UnixTime;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// How far the clocks of machines that share an endpoint may differ.
const CLOCK_DIFFERENCE: Duration = MINUTE;

/// What is known of an endpoint from the attempts to send to it; a new one is healthy.
///
/// Stores keep the fields and set them again. To enable an endpoint again, begin with a new one.
///
/// ```
/// use countersign::{EndpointHealth, UnixTime};
///
/// let mut health = EndpointHealth::new();
/// health.failures = 3;
/// health.failing_since = Some(UnixTime::from_seconds(1_700_000_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EndpointHealth {
    /// Attempts that failed since the last one that succeeded.
    pub failures: u32,
    /// When the first of these ended.
    pub failing_since: Option<UnixTime>,
    /// Until when nothing is sent, because the endpoint asked for it.
    pub throttled_until: Option<UnixTime>,
    /// Until when nothing is sent, because the endpoint is down; once that is past, single attempts
    /// find out whether it still is.
    pub circuit_open_until: Option<UnixTime>,
    /// How often in a row the circuit has opened.
    pub openings: u32,
    /// Why nothing is sent any more.
    pub disabled: Option<DisableReason>,
}

/// When an endpoint is throttled, taken for down, and disabled.
///
/// - **Throttled**: 429, 502 and 504, as Standard Webhooks says, and every other answer that is
///   tried again and has `Retry-After`. The pause is as long as `Retry-After` says, else as long as
///   the endpoint has been failing, so that each pause doubles the time. A success does not end it:
///   the attempt may be older than the answer that asked for the pause.
/// - **Circuit**: once ten attempts in a row have failed, one that fails because the endpoint is
///   down (no answer, 408, 425, 5xx) opens it. Nothing is sent for about 30 s, then single attempts
///   are made. If such a one fails in this way too, the circuit opens for twice as long; only a
///   success closes it. Attempts that were under way when it opened do not prolong it.
/// - **Disabled**: by 410 at once, and by five days without a success if at least ten attempts
///   failed. A disabled endpoint stays as it is, whatever attempts that were under way end with.
///
/// Pauses have a longest length. One that would end more than a minute after that was written by a
/// clock that has been set back, and counts as past. The minute is for machines that share an
/// endpoint and whose clocks differ.
///
/// ```
/// use std::time::Duration;
/// use countersign::{Availability, EndpointHealth, HealthPolicy, Outcome, UnixTime};
///
/// let policy = HealthPolicy::new();
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let busy = Outcome::Response { status: 429, retry_after: Some("30") };
/// let health = policy.observe(&EndpointHealth::new(), &busy, now, 0);
/// let later = now.saturating_add(Duration::from_secs(30));
/// assert_eq!(policy.availability(&health, now), Availability::ThrottledUntil(later));
/// assert_eq!(policy.availability(&health, later), Availability::Ready);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthPolicy {
    circuit_failures: Option<u32>,
    circuit_pause: Duration,
    circuit_cap: Duration,
    throttle_pause: Duration,
    throttle_cap: Duration,
    retry_after_cap: Duration,
    disable_after: Option<(Duration, u32)>,
    retry_statuses: Vec<u16>,
}

impl EndpointHealth {
    /// A healthy endpoint.
    pub const fn new() -> Self {
        Self {
            failures: 0,
            failing_since: None,
            throttled_until: None,
            circuit_open_until: None,
            openings: 0,
            disabled: None,
        }
    }
}

impl Default for HealthPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl HealthPolicy {
    /// After how long without a success an endpoint is disabled if nothing else is said: five days.
    pub const DISABLE_AFTER: Duration = Duration::from_secs(5 * 86_400);
    /// How many failed attempts that takes if nothing else is said.
    pub const DISABLE_FAILURES: u32 = 10;

    /// The policy described above. `Retry-After` is honoured up to an hour.
    pub const fn new() -> Self {
        Self {
            circuit_failures: Some(10),
            circuit_pause: Duration::from_secs(30),
            circuit_cap: Duration::from_secs(1_800),
            throttle_pause: SECOND,
            throttle_cap: MINUTE,
            retry_after_cap: Duration::from_secs(3_600),
            disable_after: Some((Self::DISABLE_AFTER, Self::DISABLE_FAILURES)),
            retry_statuses: Vec::new(),
        }
    }

    /// The circuit opens once so many attempts in a row have failed; 0 counts as 1.
    pub fn with_circuit(mut self, failures: u32) -> Self {
        self.circuit_failures = Some(failures);
        self
    }

    /// The circuit never opens.
    pub fn without_circuit(mut self) -> Self {
        self.circuit_failures = None;
        self
    }

    /// For how long the circuit opens: the first time, and at most. Each time is twice as long as
    /// the one before. Half of it is spread by entropy, in whole milliseconds.
    pub fn with_circuit_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.circuit_pause = first;
        self.circuit_cap = longest;
        self
    }

    /// How long an endpoint is throttled without `Retry-After`, at least and at most. At least so
    /// long it is throttled in any case.
    pub fn with_throttle_pauses(mut self, shortest: Duration, longest: Duration) -> Self {
        self.throttle_pause = shortest;
        self.throttle_cap = longest;
        self
    }

    /// The longest `Retry-After` that is honoured; a longer one counts as this.
    pub fn with_retry_after_cap(mut self, cap: Duration) -> Self {
        self.retry_after_cap = cap;
        self
    }

    /// An endpoint is disabled after this long without a success, if so many attempts failed.
    pub fn with_disabling(mut self, after: Duration, failures: u32) -> Self {
        self.disable_after = Some((after, failures));
        self
    }

    /// An endpoint that fails is never disabled; 410 still does it.
    pub fn without_disabling(mut self) -> Self {
        self.disable_after = None;
        self
    }

    /// Further statuses that are tried again: those of
    /// [`RetryPolicy::with_retry_statuses`](crate::RetryPolicy::with_retry_statuses). 410 among
    /// them disables nothing.
    pub fn with_retry_statuses(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        self.retry_statuses = statuses.into_iter().collect();
        self
    }

    /// Whether the endpoint may be sent to now. Of two pauses, the one that ends last.
    pub fn availability(&self, health: &EndpointHealth, now: UnixTime) -> Availability {
        if let Some(reason) = health.disabled {
            return Availability::Disabled(reason);
        }
        let throttled = self.throttle(health, now);
        let circuit = self
            .circuit(health, now)
            .filter(|_| self.circuit_failures.is_some());
        let open = circuit.filter(|until| *until > now);
        match (open, throttled) {
            (Some(open), Some(throttled)) if throttled > open => {
                Availability::ThrottledUntil(throttled)
            }
            (Some(open), _) => Availability::CircuitOpenUntil(open),
            (None, Some(throttled)) => Availability::ThrottledUntil(throttled),
            (None, None) if circuit.is_some() => Availability::Probe,
            (None, None) => Availability::Ready,
        }
    }

    /// What is known of the endpoint after an attempt that ended now, with this outcome.
    ///
    /// `entropy` spreads the time for which a circuit opens.
    pub fn observe(
        &self,
        health: &EndpointHealth,
        outcome: &Outcome<'_>,
        now: UnixTime,
        entropy: u32,
    ) -> EndpointHealth {
        if health.disabled.is_some() {
            return *health;
        }
        // Pauses that another clock has written are forgotten here, lest they come back.
        let throttled_until = self.throttle(health, now);
        let circuit_open_until = self.circuit(health, now);
        if let Outcome::Response {
            status: 200..=299, ..
        } = outcome
        {
            return EndpointHealth {
                throttled_until,
                ..EndpointHealth::new()
            };
        }
        // A clock that was set back would put the beginning into the future.
        let since = health.failing_since.map_or(now, |since| since.min(now));
        let failing_for = now.saturating_since(since);
        let failures = health.failures.saturating_add(1);
        let pause = self.pause(outcome, failing_for, now);
        let mut next = EndpointHealth {
            failures,
            failing_since: Some(since),
            throttled_until: throttled_until.max(pause.map(|pause| now.saturating_add(pause))),
            circuit_open_until,
            openings: health.openings,
            disabled: self.disables(outcome, failing_for, failures),
        };
        if circuit_open_until.is_none_or(|until| until <= now) && self.opens(&next, outcome) {
            next.openings = health.openings.saturating_add(1);
            let pause = self.circuit_pause(next.openings, entropy);
            next.circuit_open_until = Some(now.saturating_add(pause));
        }
        next
    }

    /// Until when the endpoint is throttled, if it is.
    fn throttle(&self, health: &EndpointHealth, now: UnixTime) -> Option<UnixTime> {
        let longest = self.throttle_cap.max(self.retry_after_cap);
        let until = believed(health.throttled_until?, now, longest);
        (until > now).then_some(until)
    }

    /// Until when the circuit is open, or was.
    fn circuit(&self, health: &EndpointHealth, now: UnixTime) -> Option<UnixTime> {
        let until = health.circuit_open_until?;
        Some(believed(until, now, self.circuit_cap))
    }

    /// For how long the outcome throttles the endpoint.
    fn pause(
        &self,
        outcome: &Outcome<'_>,
        failing_for: Duration,
        now: UnixTime,
    ) -> Option<Duration> {
        let Outcome::Response {
            status,
            retry_after,
        } = *outcome
        else {
            return None;
        };
        let asked = retry_after
            .filter(|_| is_retried(status, &self.retry_statuses))
            .and_then(|value| parse_retry_after(value, now));
        let shortest = self.throttle_pause.min(self.throttle_cap);
        match asked {
            Some(asked) => Some(asked.min(self.retry_after_cap).max(shortest)),
            None if matches!(status, 429 | 502 | 504) => {
                Some(failing_for.max(shortest).min(self.throttle_cap))
            }
            None => None,
        }
    }

    fn disables(
        &self,
        outcome: &Outcome<'_>,
        failing_for: Duration,
        failures: u32,
    ) -> Option<DisableReason> {
        let is_gone = matches!(outcome, Outcome::Response { status: 410, .. });
        if is_gone && !is_retried(410, &self.retry_statuses) {
            return Some(DisableReason::Gone);
        }
        let (after, least) = self.disable_after?;
        (failing_for >= after && failures >= least).then_some(DisableReason::Failing)
    }

    /// Whether the outcome opens a circuit that is closed or half-open.
    fn opens(&self, health: &EndpointHealth, outcome: &Outcome<'_>) -> bool {
        let is_down = match outcome {
            Outcome::Response { status, .. } => matches!(status, 408 | 425 | 500..=599),
            Outcome::NetworkError => true,
            Outcome::Forbidden => false,
        };
        let is_half_open = health.circuit_open_until.is_some();
        let reaches = |least| is_half_open || health.failures >= least;
        is_down && self.circuit_failures.is_some_and(reaches)
    }

    fn circuit_pause(&self, openings: u32, entropy: u32) -> Duration {
        // The delay of a backoff before its first attempt is none.
        let pauses = Backoff::exponential(self.circuit_pause, 2, self.circuit_cap, u32::MAX)
            .with_jitter(Jitter::Equal);
        pauses
            .delay(openings.saturating_add(1), entropy)
            .unwrap_or(self.circuit_cap)
    }
}

/// The end of a pause, or now if it lies further ahead than the longest pause allows.
fn believed(until: UnixTime, now: UnixTime, longest: Duration) -> UnixTime {
    let bound = now.saturating_add(longest).saturating_add(CLOCK_DIFFERENCE);
    if until <= bound { until } else { now }
}
