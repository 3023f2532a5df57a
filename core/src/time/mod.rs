//! Instants, tolerances and the textual forms of timestamps. There is no clock here.

mod calendar;
mod http_date;
mod timestamp;

pub(crate) use http_date::parse_http_date;
pub(crate) use timestamp::parse_digits;

use core::fmt;
use core::time::Duration;

/// An instant: the time since 1970-01-01T00:00:00Z without leap seconds.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use countersign::UnixTime;
///
/// let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
/// let now = UnixTime::from(now);
/// assert!(now > UnixTime::from_seconds(1_700_000_000));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(Duration);

impl UnixTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Duration::ZERO);

    /// An instant in whole seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// An instant in whole milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(Duration::from_millis(milliseconds))
    }

    /// The whole seconds.
    pub const fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// The nanoseconds beyond the whole seconds.
    pub const fn subsecond_nanos(self) -> u32 {
        self.0.subsec_nanos()
    }

    /// Whole milliseconds, at most `u64::MAX`.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds with their fraction, to the precision of `f64`.
    pub fn as_seconds_f64(self) -> f64 {
        match self.0.subsec_nanos() % 1_000_000 {
            // One division gives the nearest one.
            0 => self.0.as_millis() as f64 / 1e3,
            _ => self.0.as_secs_f64(),
        }
    }

    /// This instant and a while, at most the end of time.
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// How long ago the other was, zero if it lies ahead.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<Duration> for UnixTime {
    /// The instant this long after 1970.
    fn from(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }
}

impl fmt::Debug for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnixTime({:?})", self.0)
    }
}

/// How far an attempt timestamp may be from now. Zero means zero.
///
/// ```
/// use countersign::Tolerance;
///
/// assert_eq!(Tolerance::new(300).future(), Some(300));
/// assert_eq!(Tolerance::past_only(300).future(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    past: Option<u64>,
    future: Option<u64>,
}

impl Tolerance {
    /// This many seconds both ways.
    pub const fn new(seconds: u64) -> Self {
        Self::from_sides(Some(seconds), Some(seconds))
    }

    /// This many seconds in the past; the future is unchecked.
    pub const fn past_only(seconds: u64) -> Self {
        Self::from_sides(Some(seconds), None)
    }

    /// Any timestamp. Every captured request can then be replayed for ever.
    pub const fn unchecked() -> Self {
        Self::from_sides(None, None)
    }

    /// Seconds in the past and in the future; `None` is unchecked.
    pub const fn from_sides(past: Option<u64>, future: Option<u64>) -> Self {
        Self { past, future }
    }

    /// Seconds in the past, if checked.
    pub const fn past(self) -> Option<u64> {
        self.past
    }

    /// Seconds in the future, if checked.
    pub const fn future(self) -> Option<u64> {
        self.future
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_the_nearest_decimals() {
        let seconds = |millis| UnixTime::from_millis(millis).as_seconds_f64();
        assert_eq!(seconds(1_699_996_400_250), 1_699_996_400.25);
        assert_eq!(seconds(1_700_000_000_123), 1_700_000_000.123);
        assert_eq!(seconds(253_402_300_799_999), 253_402_300_799.999);
    }
}
