//! How far a timestamp is from now, and what that looks like.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use super::finding::{Certainty, Finding, FindingCode};
use crate::scheme::TimestampFormat;
use crate::time::{Tolerance, UnixTime};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// The widest time zone, in hours.
const MAX_HOURS: u64 = 14;
/// How far from whole hours a request in another time zone may be, in seconds.
const SLACK: u64 = 60;
/// From 2001 to 2286: ten digits.
const PLAUSIBLE: core::ops::Range<u64> = 1_000_000_000..10_000_000_000;

/// What is wrong with a timestamp whose signature is right.
pub(super) fn findings(
    timestamp: UnixTime,
    now: UnixTime,
    tolerance: Tolerance,
    format: TimestampFormat,
) -> Vec<Finding> {
    let exceeds = |distance: Duration, side: Option<u64>| {
        side.filter(|side| distance > Duration::from_secs(*side))
            .map(|side| (distance, side))
    };
    let past = exceeds(now.saturating_since(timestamp), tolerance.past());
    let future = exceeds(timestamp.saturating_since(now), tolerance.future());
    let (direction, (distance, side)) = match (past, future) {
        (Some(past), _) => ("past", past),
        (None, Some(future)) => ("future", future),
        (None, None) => return Vec::new(),
    };
    let whole = distance.as_secs();
    let seconds = whole.saturating_add(u64::from(distance.subsec_nanos() > 0));
    let mut findings = vec![Finding::new(
        FindingCode::ClockSkew,
        Certainty::Proven,
        [
            ("seconds", seconds.into()),
            ("tolerance", side.into()),
            ("direction", direction.into()),
        ],
    )];
    findings.extend(unit(timestamp.seconds(), now.seconds(), format));
    let hours = whole.saturating_add(HOUR / 2) / HOUR;
    let from_hours = whole.abs_diff(hours.saturating_mul(HOUR));
    if (1..=MAX_HOURS).contains(&hours) && from_hours <= SLACK {
        findings.push(Finding::new(
            FindingCode::TimeZone,
            Certainty::Likely,
            [("hours", hours.into()), ("direction", direction.into())],
        ));
    }
    findings
}

/// A timestamp, or a now, that would be near the other in another unit.
fn unit(timestamp: u64, now: u64, format: TimestampFormat) -> Option<Finding> {
    let is_near = |one: u64, other: u64| one.abs_diff(other) <= DAY;
    let finding = |code, evidence: Vec<_>| Finding::new(code, Certainty::Likely, evidence);
    if !PLAUSIBLE.contains(&now) {
        let units = [(1_000, "milliseconds"), (1_000_000, "microseconds")];
        let found = units
            .into_iter()
            .find(|(factor, _)| is_near(now / factor, timestamp));
        return found
            .map(|(_, found)| finding(FindingCode::ClockUnit, vec![("found", found.into())]));
    }
    let unit = match format {
        TimestampFormat::SecondsOrRfc3339 => TimestampFormat::Seconds,
        format => format,
    };
    let found = match unit {
        TimestampFormat::Seconds if is_near(timestamp / 1_000, now) => "milliseconds",
        TimestampFormat::Seconds if is_near(timestamp / 1_000_000, now) => "microseconds",
        TimestampFormat::Seconds if is_near(timestamp / 1_000_000_000, now) => "nanoseconds",
        TimestampFormat::Milliseconds if is_near(timestamp.saturating_mul(1_000), now) => "seconds",
        TimestampFormat::Milliseconds if is_near(timestamp / 1_000, now) => "microseconds",
        TimestampFormat::Milliseconds if is_near(timestamp / 1_000_000, now) => "nanoseconds",
        _ => return None,
    };
    let facts = vec![
        ("expected", format.as_str().into()),
        ("found", found.into()),
    ];
    Some(finding(FindingCode::TimestampUnit, facts))
}

/// A timestamp that is not of the scheme's form, but of another.
pub(super) fn form(text: &[u8], format: TimestampFormat) -> Option<Finding> {
    let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let mut halves = text.splitn(2, |byte| *byte == b'.');
    let (whole, fraction) = (halves.next().unwrap_or_default(), halves.next());
    let found = if TimestampFormat::Rfc3339.parse(text).is_some() {
        "rfc3339"
    } else if is_digits(text) && text.len() == 10 {
        "seconds"
    } else if is_digits(text) && text.len() == 13 {
        "milliseconds"
    } else if is_digits(whole) && fraction.is_some_and(is_digits) {
        "fraction"
    } else {
        return None;
    };
    let facts = [
        ("expected", format.as_str().into()),
        ("found", found.into()),
    ];
    Some(Finding::new(
        FindingCode::TimestampForm,
        Certainty::Likely,
        facts,
    ))
}
