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

/// A multiple of the 400 years after which dates and days of the week recur.
const ERA: u64 = 2_000;

/// Reads an HTTP-date. `now` settles the century of the two-digit years of RFC 850. A date before
/// 1970 counts as 1970.
pub(crate) fn parse_http_date(text: &str, now: UnixTime) -> Option<UnixTime> {
    if !text.is_ascii() {
        return None;
    }
    let (weekday, [year, month, day], time) = match text.split_once(", ") {
        Some((name, rest)) => match position(&SHORT_DAYS, name) {
            Some(weekday) => parse_imf_fixdate(weekday, rest),
            None => parse_rfc850(position(&LONG_DAYS, name)?, rest, now),
        },
        None => parse_asctime(text),
    }?;
    let before_epoch = year < 1970;
    let recurring = if before_epoch { year + ERA } else { year };
    let seconds = calendar::unix_seconds([recurring, month, day], time)?;
    // 1970-01-01 was a Thursday.
    if (seconds / 86_400 + 3) % 7 != weekday {
        return None;
    }
    Some(if before_epoch {
        UnixTime::EPOCH
    } else {
        UnixTime::from_seconds(seconds)
    })
}

/// The weekday counted from Monday, year, month and day, and the time of day.
type Fields = (u64, [u64; 3], [u64; 3]);

/// `06 Nov 1994 08:49:37 GMT`
fn parse_imf_fixdate(weekday: u64, text: &str) -> Option<Fields> {
    let date = [
        digits(text.get(7..11)?, 4)?,
        month(text.get(3..6)?)?,
        digits(text.get(0..2)?, 2)?,
    ];
    let spaced = is_at(text, 2, " ") && is_at(text, 6, " ") && is_at(text, 11, " ");
    let time = time_of_day(text.get(12..20)?)?;
    (spaced && &text[20..] == " GMT").then_some((weekday, date, time))
}

/// `06-Nov-94 08:49:37 GMT`
fn parse_rfc850(weekday: u64, text: &str, now: UnixTime) -> Option<Fields> {
    let day = digits(text.get(0..2)?, 2)?;
    let month = month(text.get(3..6)?)?;
    let year = digits(text.get(7..9)?, 2)?;
    let joined = is_at(text, 2, "-") && is_at(text, 6, "-") && is_at(text, 9, " ");
    let time = time_of_day(text.get(10..18)?)?;
    // A date that seems more than 50 years ahead is the last one with these digits.
    let [this_year, this_month, today] = calendar::date_of_day(now.seconds() / 86_400);
    let year = this_year - this_year % 100 + year;
    let ahead = [year, month, day] > [this_year + 50, this_month, today];
    let year = if ahead { year - 100 } else { year };
    (joined && &text[18..] == " GMT").then_some((weekday, [year, month, day], time))
}

/// `Sun Nov  6 08:49:37 1994`
fn parse_asctime(text: &str) -> Option<Fields> {
    let day = text.get(8..10)?;
    let date = [
        digits(text.get(20..24)?, 4)?,
        month(text.get(4..7)?)?,
        match day.strip_prefix(' ') {
            Some(digit) => digits(digit, 1)?,
            None => digits(day, 2)?,
        },
    ];
    let spaced = [3, 7, 10, 19].iter().all(|at| is_at(text, *at, " "));
    let weekday = position(&SHORT_DAYS, text.get(0..3)?)?;
    let time = time_of_day(text.get(11..19)?)?;
    (spaced && text.len() == 24).then_some((weekday, date, time))
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
    position(&MONTHS, name).map(|index| index + 1)
}

fn position(names: &[&str], name: &str) -> Option<u64> {
    let index = names.iter().position(|candidate| *candidate == name)?;
    u64::try_from(index).ok()
}

fn digits(text: &str, count: usize) -> Option<u64> {
    (text.len() == count).then(|| number(text)).flatten()
}

fn is_at(text: &str, at: usize, expected: &str) -> bool {
    text.get(at..at + expected.len()) == Some(expected)
}
