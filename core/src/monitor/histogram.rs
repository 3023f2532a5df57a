//! How long requests took, in fixed buckets.

use core::time::Duration;

const fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// The upper bounds of the buckets. One more holds what took longer.
pub(super) const BOUNDS: [Duration; 14] = [
    micros(500),
    micros(1_000),
    micros(2_500),
    micros(5_000),
    micros(10_000),
    micros(25_000),
    micros(50_000),
    micros(100_000),
    micros(250_000),
    micros(500_000),
    micros(1_000_000),
    micros(2_500_000),
    micros(5_000_000),
    micros(10_000_000),
];

/// Counts durations.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// By bucket, not cumulated.
    pub(super) counts: [u64; BOUNDS.len() + 1],
    /// The sum of all durations.
    pub(super) total: Duration,
}

impl Histogram {
    /// Counts one duration.
    pub(super) fn add(&mut self, duration: Duration) {
        let bucket = BOUNDS.partition_point(|bound| *bound < duration);
        self.counts[bucket] += 1;
        self.total = self.total.saturating_add(duration);
    }

    /// How many durations were counted.
    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The duration that so many of 100 did not exceed, taken as spread evenly within its bucket:
    /// the estimate that Prometheus makes of the same buckets. `None` if there are none, and the
    /// largest bound if it took longer than that.
    pub(super) fn quantile(&self, percent: u8) -> Option<Duration> {
        let count = u128::from(self.count());
        if count == 0 {
            return None;
        }
        // All in hundredths of a request, so that nothing is rounded before the end.
        let rank = u128::from(percent) * count;
        let mut below = 0;
        let mut lower = Duration::ZERO;
        for (bound, inside) in BOUNDS.into_iter().zip(self.counts) {
            let inside = 100 * u128::from(inside);
            if inside > 0 && below + inside >= rank {
                let width = (bound - lower).as_nanos();
                let above = width * rank.saturating_sub(below) / inside;
                return Some(lower + Duration::from_nanos(u64::try_from(above).ok()?));
            }
            below += inside;
            lower = bound;
        }
        Some(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(durations: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        durations
            .iter()
            .for_each(|nanos| histogram.add(Duration::from_nanos(*nanos)));
        histogram
    }

    #[test]
    fn bounds_are_inside_of_their_bucket() {
        let histogram = histogram(&[0, 500_000, 500_001, u64::MAX]);
        assert_eq!(histogram.counts[..2], [2, 1]);
        assert_eq!(histogram.counts[BOUNDS.len()], 1);
    }

    #[test]
    fn quantiles_are_estimated_as_prometheus_does() {
        assert_eq!(histogram(&[]).quantile(50), None);
        let spread = histogram(&[2_000_000, 3_000_000, 4_000_000, 200_000_000]);
        assert_eq!(spread.quantile(50), Some(micros(3_750)));
        let long = histogram(&[0, 500_000, 1_000_000_000_000_000_000]);
        assert_eq!(long.quantile(50), Some(micros(375)));
        assert_eq!(long.quantile(99), Some(micros(10_000_000)));
    }

    #[test]
    fn a_rank_at_the_end_of_a_bucket_is_in_it() {
        let twenty = histogram(&[[400_000; 19].as_slice(), &[9_000_000_000]].concat());
        assert_eq!(twenty.quantile(95), Some(micros(500)));
    }
}
