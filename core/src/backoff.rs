//! When to try again: the delays before each attempt of a delivery.

use alloc::vec::Vec;
use core::time::Duration;

/// The retry schedule of Standard Webhooks, in seconds.
const STANDARD: [u64; 10] = [
    0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/// The delay before each attempt, the first included.
///
/// Jitter spreads the retries of many messages, so that an endpoint that comes back is not met by
/// all of them at once. Its entropy comes from the caller.
///
/// ```
/// use std::time::Duration;
/// use countersign::{Backoff, Jitter};
///
/// let second = Duration::from_secs(1);
/// let backoff = Backoff::exponential(second, 2, Duration::from_secs(10), 5);
/// let delays: Vec<_> = backoff.delays(std::iter::repeat(0)).map(|delay| delay.as_secs()).collect();
/// assert_eq!(delays, [0, 1, 2, 4, 8]);
///
/// let halved = backoff.with_jitter(Jitter::Equal).delay(5, 0);
/// assert_eq!(halved, Some(Duration::from_secs(4)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    pub(crate) schedule: Schedule,
    pub(crate) jitter: Jitter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Schedule {
    Fixed(Vec<Duration>),
    Exponential {
        base: Duration,
        factor: u32,
        cap: Duration,
        attempts: u32,
    },
}

/// How a delay is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Jitter {
    /// The delay itself.
    None,
    /// Anything up to the delay.
    Full,
    /// Half of the delay, and anything up to the other half.
    Equal,
}

impl Backoff {
    /// These delays, one for each attempt.
    pub fn fixed(delays: impl IntoIterator<Item = Duration>) -> Self {
        Self::new(Schedule::Fixed(delays.into_iter().collect()))
    }

    /// No delay before the first attempt, `base` before the second, each later one `factor` times
    /// the one before, at most `cap`.
    pub fn exponential(base: Duration, factor: u32, cap: Duration, attempts: u32) -> Self {
        Self::new(Schedule::Exponential {
            base,
            factor,
            cap,
            attempts,
        })
    }

    /// The schedule of Standard Webhooks: ten attempts over three days, with equal jitter.
    ///
    /// Source: the specification's section on retries.
    pub fn standard() -> Self {
        Self::fixed(STANDARD.map(Duration::from_secs)).with_jitter(Jitter::Equal)
    }

    fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            jitter: Jitter::None,
        }
    }

    /// The same delays, spread.
    pub fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// How many attempts there are.
    pub fn attempts(&self) -> u32 {
        match &self.schedule {
            Schedule::Fixed(delays) => u32::try_from(delays.len()).unwrap_or(u32::MAX),
            Schedule::Exponential { attempts, .. } => *attempts,
        }
    }

    /// The delay before this attempt, counted from 1; `None` if it is not made. Whole milliseconds
    /// when spread.
    pub fn delay(&self, attempt: u32, entropy: u32) -> Option<Duration> {
        if attempt == 0 || attempt > self.attempts() {
            return None;
        }
        let delay = match &self.schedule {
            Schedule::Fixed(delays) => *delays.get(attempt as usize - 1)?,
            Schedule::Exponential {
                base, factor, cap, ..
            } => match attempt.checked_sub(2) {
                None => Duration::ZERO,
                Some(exponent) => grow(*base, *factor, exponent, *cap),
            },
        };
        Some(self.jitter.apply(delay, entropy))
    }

    /// The delays before all attempts, with the entropy for each.
    pub fn delays(&self, entropy: impl IntoIterator<Item = u32>) -> impl Iterator<Item = Duration> {
        (1..=self.attempts())
            .zip(entropy)
            .map_while(|(attempt, entropy)| self.delay(attempt, entropy))
    }
}

/// `base * factor^exponent`, at most `cap`.
fn grow(base: Duration, factor: u32, exponent: u32, cap: Duration) -> Duration {
    let mut delay = base;
    for _ in 0..exponent {
        match delay.checked_mul(factor) {
            Some(longer) if longer < cap && longer != delay => delay = longer,
            // It stays as it is, or is as long as it may be.
            Some(last) => return last.min(cap),
            None => return cap,
        }
    }
    delay.min(cap)
}

impl Jitter {
    fn apply(self, delay: Duration, entropy: u32) -> Duration {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        let part_of = |millis: u64| {
            let part = (u128::from(millis) * (u128::from(entropy) + 1)) >> 32;
            u64::try_from(part).unwrap_or(u64::MAX)
        };
        Duration::from_millis(match self {
            Self::None => return delay,
            Self::Full => part_of(millis),
            Self::Equal => millis / 2 + part_of(millis - millis / 2),
        })
    }
}
