//! The textual forms of attempt timestamps and of the times of events.

use alloc::format;
use alloc::string::{String, ToString};

use super::{UnixTime, calendar};
use crate::scheme::TimestampFormat;

const MAX_DIGITS: usize = 19;
const SECONDS_PER_DAY: u64 = 86_400;

impl TimestampFormat {
    /// Reads a time strictly: one text for one value, no signs, no spaces, no leading zeros.
    pub(crate) fn parse(self, text: &[u8]) -> Option<UnixTime> {
        match self {
            Self::Seconds => parse_canonical(text).map(UnixTime::from_seconds),
            Self::Milliseconds => parse_canonical(text).map(UnixTime::from_millis),
            Self::Rfc3339 => parse_rfc3339(text),
            Self::SecondsOrRfc3339 => Self::Seconds.parse(text).or_else(|| parse_rfc3339(text)),
        }
    }

    /// Writes a time so that [`parse`](Self::parse) reads it, or `None` if it is too late for that.
    pub(crate) fn write(self, time: UnixTime) -> Option<String> {
        let text = match self {
            Self::Seconds | Self::SecondsOrRfc3339 => time.seconds().to_string(),
            Self::Milliseconds => time.millis().to_string(),
            Self::Rfc3339 => write_rfc3339(time),
        };
        self.parse(text.as_bytes()).is_some().then_some(text)
    }
}

/// 1 to 19 ASCII digits without a leading zero.
fn parse_canonical(text: &[u8]) -> Option<u64> {
    match text {
        [b'0', _, ..] => None,
        _ => parse_digits(text),
    }
}

/// RFC 3339 with capital `T` and `Z`, at most nine digits of fraction and no leap seconds.
fn parse_rfc3339(text: &[u8]) -> Option<UnixTime> {
    let (fields, rest) = text.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| fields[*at] != *byte) {
        return None;
    }
    let field = |from, to| parse_digits(&fields[from..to]);
    let date = [field(0, 4)?, field(5, 7)?, field(8, 10)?];
    let time = [field(11, 13)?, field(14, 16)?, field(17, 19)?];

    let (nanoseconds, offset) = match rest {
        [b'.', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
            let (fraction, offset) = rest.split_at(digits.count());
            (parse_fraction(fraction)?, offset)
        }
        _ => (0, rest),
    };
    // An offset may move 1970-01-01 before the epoch, or the last day of 1969 behind it.
    let (days, date) = match date {
        [1969, 12, 31] => (0, [1970, 1, 1]),
        date => (SECONDS_PER_DAY, date),
    };
    let local = calendar::unix_seconds(date, time)?.checked_add(days)?;
    let utc = match parse_offset(offset)? {
        (b'-', seconds) => local.checked_add(seconds)?,
        (_, seconds) => local.checked_sub(seconds)?,
    };
    let seconds = utc.checked_sub(SECONDS_PER_DAY)?;
    Some(UnixTime(core::time::Duration::new(seconds, nanoseconds)))
}

/// The nanoseconds of 1 to 9 digits behind the point.
fn parse_fraction(digits: &[u8]) -> Option<u32> {
    let scale = 9_u32.checked_sub(digits.len().try_into().ok()?)?;
    let value = u32::try_from(parse_digits(digits)?).ok()?;
    value.checked_mul(10_u32.pow(scale))
}

/// The sign and seconds of `Z`, `+HH:MM` or `-HH:MM`.
fn parse_offset(text: &[u8]) -> Option<(u8, u64)> {
    match *text {
        [b'Z'] => Some((b'+', 0)),
        [sign @ (b'+' | b'-'), h, hh, b':', m, mm] => {
            let (hours, minutes) = (parse_digits(&[h, hh])?, parse_digits(&[m, mm])?);
            (hours <= 23 && minutes <= 59).then_some((sign, hours * 3_600 + minutes * 60))
        }
        _ => None,
    }
}

/// The value of 1 to 19 ASCII digits, leading zeros allowed.
pub(crate) fn parse_digits(digits: &[u8]) -> Option<u64> {
    // So many digits stay within 64 bits.
    if !matches!(digits.len(), 1..=MAX_DIGITS) {
        return None;
    }
    digits.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + u64::from(byte - b'0'))
    })
}

fn write_rfc3339(time: UnixTime) -> String {
    let [year, month, day] = calendar::date_of_day(time.seconds() / SECONDS_PER_DAY);
    let second = time.seconds() % SECONDS_PER_DAY;
    let [hour, minute, second] = [second / 3_600, second / 60 % 60, second % 60];
    let millis = time.subsecond_nanos() / 1_000_000;
    let fraction = match millis {
        0 => String::new(),
        millis => format!(".{millis:03}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_cross_the_epoch() {
        let parse = |text: &str| parse_rfc3339(text.as_bytes()).map(UnixTime::seconds);
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(parse("1970-01-01T00:59:59+01:00"), None);
        assert_eq!(parse("1969-12-31T23:00:00-01:00"), Some(0));
        assert_eq!(parse("1969-12-31T23:59:59Z"), None);
    }

    #[test]
    fn what_is_written_is_read() {
        for millis in [0, 1, 999, 1_700_000_000_123, 253_402_300_799_999] {
            let time = UnixTime::from_millis(millis);
            for format in [TimestampFormat::Milliseconds, TimestampFormat::Rfc3339] {
                let text = format.write(time).unwrap();
                assert_eq!(format.parse(text.as_bytes()), Some(time), "{text}");
            }
        }
        let year_10000 = UnixTime::from_seconds(253_402_300_800);
        assert_eq!(TimestampFormat::Rfc3339.write(year_10000), None);
        let end = UnixTime::from_seconds(u64::MAX);
        assert_eq!(TimestampFormat::Rfc3339.write(end), None);
        assert_eq!(TimestampFormat::Seconds.write(end), None);
    }
}
