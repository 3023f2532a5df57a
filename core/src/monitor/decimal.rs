//! Seconds as decimal numbers, of which every language writes and reads the same. There are no
//! floats: sums are exact, and what shows them needs no machinery.

use alloc::string::{String, ToString};
use core::time::Duration;

use crate::time::UnixTime;

/// Appends seconds to the nanosecond, such as `0.0025` or `10.0`.
pub(super) fn push_duration(text: &mut String, duration: Duration) {
    push(text, duration.as_secs(), duration.subsec_nanos(), 9);
}

/// Appends Unix seconds to the nearest microsecond, which a float still holds.
pub(super) fn push_time(text: &mut String, time: UnixTime) {
    let nearest = time.saturating_add(Duration::from_nanos(500));
    push(
        text,
        nearest.seconds(),
        nearest.subsecond_nanos() / 1_000,
        6,
    );
}

/// Appends the whole, a point, and at least one digit of so many of the fraction.
fn push(text: &mut String, whole: u64, fraction: u32, digits: usize) {
    text.push_str(&whole.to_string());
    text.push('.');
    let fraction = fraction.to_string();
    let zeros = digits.saturating_sub(fraction.len());
    text.extend(core::iter::repeat_n('0', zeros));
    let significant = fraction.trim_end_matches('0');
    text.push_str(significant);
    if significant.is_empty() {
        // Of a fraction that is 0 there is one digit.
        text.truncate(text.len() - zeros);
        text.push('0');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_digits_and_at_least_one_behind_the_point() {
        let written = |nanos| {
            let mut text = String::new();
            push_duration(&mut text, Duration::from_nanos(nanos));
            text
        };
        assert_eq!(written(0), "0.0");
        assert_eq!(written(1), "0.000000001");
        assert_eq!(written(500_000), "0.0005");
        assert_eq!(written(10_000_000_000), "10.0");
        assert_eq!(written(12_345_678_900), "12.3456789");
        assert_eq!(written(u64::MAX), "18446744073.709551615");
    }

    #[test]
    fn times_are_rounded_to_microseconds() {
        let written = |seconds, nanos| {
            let mut text = String::new();
            push_time(&mut text, Duration::new(seconds, nanos).into());
            text
        };
        assert_eq!(written(1_700_000_000, 0), "1700000000.0");
        assert_eq!(written(1_700_000_000, 123_455_999), "1700000000.123456");
        assert_eq!(written(1_700_000_000, 250_000_499), "1700000000.25");
        assert_eq!(written(1_699_999_999, 999_999_500), "1700000000.0");
        assert_eq!(
            written(u64::MAX, 999_999_999),
            "18446744073709551615.999999"
        );
    }
}
