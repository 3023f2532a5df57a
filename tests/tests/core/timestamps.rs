//! Attempt timestamps: one text for one instant, and nothing else.

use std::time::Duration;

use countersign::{
    Algorithm, Encoding, HeaderNames, Request, SchemeBuilder, Secret, TimestampFormat, Tolerance,
    UnixTime, Webhook,
};
use proptest::prelude::*;

use crate::support::{SIGNATURE_HEADER, config, sign_body, webhook_over_body};

fn webhook(format: TimestampFormat) -> Webhook {
    let scheme = SchemeBuilder::new("stamped")
        .headers(&[HeaderNames::new(SIGNATURE_HEADER).timestamp("x-timestamp")])
        .content("{timestamp}.{body}")
        .timestamp_format(format)
        .tolerance(Tolerance::unchecked())
        .build()
        .unwrap();
    Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap()
}

/// The instant that this text stands for, read by the core from a request signed by hand.
fn read(format: TimestampFormat, text: &str) -> Option<UnixTime> {
    let webhook = webhook(format);
    let content = format!("{text}.{{}}");
    let secret = Secret::parse("hush").unwrap();
    let signer = webhook_over_body(Algorithm::HmacSha256, Encoding::Hex, secret);
    let headers = [
        (SIGNATURE_HEADER, sign_body(&signer, content.as_bytes())),
        ("x-timestamp", text.to_owned()),
    ];
    match webhook.verify(&Request::new(&headers, b"{}"), UnixTime::EPOCH) {
        Ok(verified) => verified.timestamp(),
        Err(error) => {
            assert!(matches!(
                error.code(),
                "malformed_timestamp" | "malformed_header"
            ));
            None
        }
    }
}

/// Days from 1970-01-01 by Howard Hinnant's algorithm, which shares nothing with the core's.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Whether the calendar has this date: the next day of it has another number.
fn is_date(year: i64, month: i64, day: i64) -> bool {
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let length = days_from_civil(next_year, next_month, 1) - days_from_civil(year, month, 1);
    (1..=length).contains(&day)
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn unix_times(text in prop_oneof!["[0-9]{1,21}", "[+-]?0?[0-9]{0,19}[. ]?[0-9]?"]) {
        let canonical = text
            .parse::<u64>()
            .ok()
            .filter(|number| number.to_string() == text && text.len() <= 19);
        let seconds = canonical.map(UnixTime::from_seconds);
        let millis = canonical.map(UnixTime::from_millis);
        prop_assert_eq!(read(TimestampFormat::Seconds, &text), seconds);
        prop_assert_eq!(read(TimestampFormat::Milliseconds, &text), millis);
    }

    #[test]
    fn rfc_3339_times(
        (year, month, day) in (1965..2110_i64, 0..14_i64, 0..33_i64),
        (hour, minute, second) in (0..25_i64, 0..61_i64, 0..61_i64),
        fraction in prop::option::of("[0-9]{1,10}"),
        offset in prop::option::of((any::<bool>(), 0..25_i64, 0..61_i64)),
    ) {
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if let Some(digits) = &fraction {
            text = format!("{text}.{digits}");
        }
        let offset_seconds = match offset {
            None => 0,
            Some((east, hours, minutes)) => {
                let seconds = hours * 3_600 + minutes * 60;
                if east { seconds } else { -seconds }
            }
        };
        text += &match offset {
            None => "Z".to_owned(),
            Some((east, hours, minutes)) => {
                format!("{}{hours:02}:{minutes:02}", if east { '+' } else { '-' })
            }
        };
        let exists = (1..=12).contains(&month)
            && is_date(year, month, day)
            && hour < 24 && minute < 60 && second < 60
            && fraction.as_ref().is_none_or(|digits| digits.len() <= 9)
            && offset.is_none_or(|(_, hours, minutes)| hours < 24 && minutes < 60);
        let expected = exists
            .then(|| {
                let of_day = hour * 3_600 + minute * 60 + second - offset_seconds;
                u64::try_from(days_from_civil(year, month, day) * 86_400 + of_day).ok()
            })
            .flatten()
            .map(|seconds| {
                let nanos: u32 = fraction.map_or(0, |digits| format!("{digits:0<9}").parse().unwrap());
                UnixTime::from(Duration::new(seconds, nanos))
            });
        prop_assert_eq!(read(TimestampFormat::Rfc3339, &text), expected, "{}", text);
    }

    #[test]
    fn other_texts_are_no_times(text in "[!-~ ]{1,30}|[0-9T:.Zz+-]{15,30}") {
        let Some(time) = read(TimestampFormat::Rfc3339, &text) else {
            return Ok(());
        };
        // What the core reads has the one shape that the rules allow.
        prop_assert!(text.len() >= 20 && text.as_bytes()[10] == b'T', "{} {:?}", text, time);
    }

    #[test]
    fn what_is_written_is_read(millis in 0..253_402_300_800_000_u64) {
        let time = UnixTime::from_millis(millis);
        for format in [TimestampFormat::Milliseconds, TimestampFormat::Rfc3339] {
            let headers = webhook(format).sign(None, time, b"{}").unwrap();
            prop_assert_eq!(read(format, &headers[0].1), Some(time));
        }
    }
}
