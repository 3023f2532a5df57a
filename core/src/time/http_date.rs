//! The three forms of an HTTP-date (RFC 9110 section 5.6.7), all of which a recipient must read.

use super::timestamp::parse_digits;
use super::{UnixTime, calendar};

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];
const DAYS: [&[u8]; 7] = [
    b"Monday",
    b"Tuesday",
    b"Wednesday",
    b"Thursday",
    b"Friday",
    b"Saturday",
    b"Sunday",
];

/// A multiple of the 400 years after which dates and days of the week recur.
const ERA: u64 = 2_000;

/// The weekday counted from Monday, year, month and day, and the time of day.
type Fields = (u64, [u64; 3], [u64; 3]);

/// Reads an HTTP-date. `now` settles the century of the two-digit years of RFC 850. A date before
/// 1970 counts as 1970.
pub(crate) fn parse_http_date(text: &[u8], now: UnixTime) -> Option<UnixTime> {
    let (weekday, [year, month, day], time) = parse_imf_fixdate(text)
        .or_else(|| parse_rfc850(text, now))
        .or_else(|| parse_asctime(text))?;
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

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn parse_imf_fixdate(text: &[u8]) -> Option<Fields> {
    fits(text, b"aaa, 00 aaa 0000 00:00:00 GMT").then_some(())?;
    let weekday = short_day(&text[..3])?;
    let date = [
        parse_digits(&text[12..16])?,
        month(&text[8..11])?,
        parse_digits(&text[5..7])?,
    ];
    Some((weekday, date, time_of_day(&text[17..25])?))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn parse_rfc850(text: &[u8], now: UnixTime) -> Option<Fields> {
    let comma = text.iter().position(|byte| *byte == b',')?;
    let (name, text) = text.split_at(comma);
    fits(text, b", 00-aaa-00 00:00:00 GMT").then_some(())?;
    let weekday = position(&DAYS, |day| day == name)?;
    let (year, month, day) = (
        parse_digits(&text[9..11])?,
        month(&text[5..8])?,
        parse_digits(&text[2..4])?,
    );
    // A date that seems more than 50 years ahead is the last one with these digits.
    let [this_year, this_month, today] = calendar::date_of_day(now.seconds() / 86_400);
    let year = this_year - this_year % 100 + year;
    let ahead = [year, month, day] > [this_year + 50, this_month, today];
    let year = if ahead { year - 100 } else { year };
    Some((weekday, [year, month, day], time_of_day(&text[12..20])?))
}

/// `Sun Nov  6 08:49:37 1994`
fn parse_asctime(text: &[u8]) -> Option<Fields> {
    fits(text, b"aaa aaa 00 00:00:00 0000").then_some(())?;
    let day = match text[8..10] {
        [b' ', digit] => parse_digits(&[digit])?,
        [tens, digit] => parse_digits(&[tens, digit])?,
        _ => return None,
    };
    let date = [parse_digits(&text[20..])?, month(&text[4..7])?, day];
    Some((short_day(&text[..3])?, date, time_of_day(&text[11..19])?))
}

/// Whether the text has this form, in which `a` and `0` stand for any character.
fn fits(text: &[u8], form: &[u8]) -> bool {
    let fits = |(byte, form): (&u8, &u8)| matches!(form, b'a' | b'0') || byte == form;
    text.len() == form.len() && text.iter().zip(form).all(fits)
}

/// `08:49:37`
fn time_of_day(text: &[u8]) -> Option<[u64; 3]> {
    Some([
        parse_digits(&text[..2])?,
        parse_digits(&text[3..5])?,
        parse_digits(&text[6..8])?,
    ])
}

fn month(name: &[u8]) -> Option<u64> {
    position(&MONTHS, |month| month == name).map(|index| index + 1)
}

fn short_day(name: &[u8]) -> Option<u64> {
    position(&DAYS, |day| day[..3] == *name)
}

fn position(names: &[&[u8]], mut is_it: impl FnMut(&[u8]) -> bool) -> Option<u64> {
    let index = names.iter().position(|name| is_it(name))?;
    u64::try_from(index).ok()
}
