//! Numbers of JavaScript as seconds.

use countersign::UnixTime;

/// The instant of Unix seconds, floored to milliseconds; what is too late becomes the last.
pub(crate) fn instant(seconds: f64) -> UnixTime {
    match whole(seconds) {
        Some(whole) => UnixTime::from_seconds(whole),
        None => UnixTime::from_millis((seconds * 1e3) as u64),
    }
}

/// The number as an integer, at most the largest; `None` if it has a fraction.
pub(crate) fn whole(number: f64) -> Option<u64> {
    /// From here on, no number has a fraction.
    const LARGE: f64 = (1_u64 << 53) as f64;
    // Casts of numbers saturate.
    let whole = number as u64;
    (number >= LARGE || whole as f64 == number).then_some(whole)
}
