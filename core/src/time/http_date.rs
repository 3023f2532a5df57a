//! The three forms of an HTTP-date (RFC 9110 section 5.6.7), all of which a recipient must read.

use super::timestamp::number;
use super::{UnixTime, calendar};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const SHORT_DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Reads an HTTP-date. `now` settles the century of the two-digit years of RFC 850.
///
/// The name of the day is checked to be one, not to fit the date.
pub(crate) fn parse_http_date(text: &str, now: UnixTime) -> Option<UnixTime> {
    if !text.is_ascii() {
        return None;
    }
    let seconds = match text.split_once(", ") {
        Some((day, rest)) if SHORT_DAYS.contains(&day) => parse_imf_fixdate(rest),
        Some((day, rest)) if LONG_DAYS.contains(&day) => parse_rfc850(rest, now),
        Some(_) => None,
        None => parse_asctime(text),
    }?;
    Some(UnixTime::from_seconds(seconds))
}

/// `06 Nov 1994 08:49:37 GMT`
fn parse_imf_fixdate(text: &str) -> Option<u64> {
    let date = [
        digits(text.get(7..11)?, 4)?,
        month(text.get(3..6)?)?,
        digits(text.get(0..2)?, 2)?,
    ];
    let spaced = is_at(text, 2, " ") && is_at(text, 6, " ") && is_at(text, 11, " ");
    let time = time_of_day(text.get(12..20)?)?;
    (spaced && &text[20..] == " GMT").then_some(())?;
    calendar::unix_seconds(date, time)
}

/// `06-Nov-94 08:49:37 GMT`
fn parse_rfc850(text: &str, now: UnixTime) -> Option<u64> {
    let day = digits(text.get(0..2)?, 2)?;
    let month = month(text.get(3..6)?)?;
    let year = digits(text.get(7..9)?, 2)?;
    let joined = is_at(text, 2, "-") && is_at(text, 6, "-") && is_at(text, 9, " ");
    let time = time_of_day(text.get(10..18)?)?;
    (joined && &text[18..] == " GMT").then_some(())?;
    // A year that seems more than 50 years ahead is the last one with these digits.
    let [this_year, ..] = calendar::date_of_day(now.seconds() / 86_400);
    let candidate = this_year - this_year % 100 + year;
    let year = match candidate {
        ahead if ahead > this_year + 50 => ahead - 100,
        behind if behind + 50 <= this_year => behind + 100,
        near => near,
    };
    calendar::unix_seconds([year, month, day], time)
}

/// `Sun Nov  6 08:49:37 1994`
fn parse_asctime(text: &str) -> Option<u64> {
    let day = text.get(8..10)?;
    let date = [
        digits(text.get(20..24)?, 4)?,
        month(text.get(4..7)?)?,
        match day.strip_prefix(' ') {
            Some(digit) => digits(digit, 1)?,
            None => digits(day, 2)?,
        },
    ];
    let spaces = [3, 7, 10, 19].iter().all(|at| is_at(text, *at, " "));
    let named = SHORT_DAYS.contains(&text.get(0..3)?);
    let time = time_of_day(text.get(11..19)?)?;
    (spaces && named && text.len() == 24).then_some(())?;
    calendar::unix_seconds(date, time)
}

/// `08:49:37`
fn time_of_day(text: &str) -> Option<[u64; 3]> {
    let colons = is_at(text, 2, ":") && is_at(text, 5, ":");
    colons.then_some(())?;
    Some([
        digits(&text[0..2], 2)?,
        digits(&text[3..5], 2)?,
        digits(&text[6..8], 2)?,
    ])
}

fn month(name: &str) -> Option<u64> {
    let index = MONTHS.iter().position(|month| *month == name)?;
    u64::try_from(index + 1).ok()
}

fn digits(text: &str, count: usize) -> Option<u64> {
    (text.len() == count).then(|| number(text)).flatten()
}

fn is_at(text: &str, at: usize, expected: &str) -> bool {
    text.get(at..at + expected.len()) == Some(expected)
}
