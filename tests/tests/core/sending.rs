//! Schedules and decisions of a sender.

use std::time::Duration;

use countersign::{
    Backoff, DeadLetterReason, Decision, Jitter, Outcome, RetryPolicy, UnixTime, parse_retry_after,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::config;

const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn jitter() -> impl Strategy<Value = Jitter> {
    select(vec![Jitter::None, Jitter::Full, Jitter::Equal])
}

fn backoff() -> impl Strategy<Value = Backoff> {
    let millis = || 0..10_000_000_000_u64;
    let fixed = prop::collection::vec(millis(), 0..12)
        .prop_map(|delays| Backoff::fixed(delays.into_iter().map(Duration::from_millis)));
    let exponential =
        (millis(), 0..9_u32, any::<u64>(), 0..100_u32).prop_map(|(base, factor, cap, attempts)| {
            let [base, cap] = [base, cap].map(Duration::from_millis);
            Backoff::exponential(base, factor, cap, attempts)
        });
    prop_oneof![fixed, exponential, Just(Backoff::standard())]
}

/// The year, month and day of a day since 1970, counted from January 1st of its year on.
fn civil(mut day: u64) -> (u64, usize, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + u64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    (year, month, day + 1)
}

/// The three forms of an HTTP-date.
fn http_dates(seconds: u64) -> [String; 3] {
    let day_name = DAYS[(seconds / 86_400 % 7) as usize];
    let (year, month, day) = civil(seconds / 86_400);
    let month = MONTHS[month];
    let of_day = seconds % 86_400;
    let time = format!(
        "{:02}:{:02}:{:02}",
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    );
    let short = &day_name[..3];
    [
        format!("{short}, {day:02} {month} {year} {time} GMT"),
        format!("{day_name}, {day:02}-{month}-{:02} {time} GMT", year % 100),
        format!("{short} {month} {day:2} {time} {year}"),
    ]
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn delays_stay_within_their_bounds(
        backoff in backoff(),
        jitter in jitter(),
        entropy in any::<u32>(),
        attempt in any::<u8>(),
    ) {
        let attempt = u32::from(attempt);
        let plain = backoff.clone().with_jitter(Jitter::None).delay(attempt, entropy);
        let spread = backoff.clone().with_jitter(jitter).delay(attempt, entropy);
        prop_assert_eq!(plain.is_some(), (1..=backoff.attempts()).contains(&attempt));
        prop_assert_eq!(spread.is_some(), plain.is_some());
        if let (Some(plain), Some(spread)) = (plain, spread) {
            prop_assert!(spread <= plain);
            match jitter {
                Jitter::None => prop_assert_eq!(spread, plain),
                Jitter::Equal => prop_assert!(spread.as_millis() >= plain.as_millis() / 2),
                _ => {}
            }
        }
    }

    #[test]
    fn more_entropy_is_never_a_shorter_delay(
        backoff in backoff(),
        jitter in jitter(),
        entropy in any::<[u32; 2]>(),
    ) {
        let backoff = backoff.with_jitter(jitter);
        let [low, high] = [entropy[0].min(entropy[1]), entropy[0].max(entropy[1])];
        for attempt in 1..=backoff.attempts() {
            prop_assert!(backoff.delay(attempt, low) <= backoff.delay(attempt, high));
        }
        let longest = backoff.clone().with_jitter(Jitter::None);
        for attempt in 1..=backoff.attempts() {
            let whole = longest.delay(attempt, 0).map(|delay| delay.as_millis());
            let most = backoff.delay(attempt, u32::MAX).map(|delay| delay.as_millis());
            prop_assert_eq!(most, whole);
        }
    }

    #[test]
    fn exponential_delays_grow_to_their_cap(
        base in any::<u32>(),
        factor in 1..20_u32,
        cap in any::<u64>(),
        attempts in 0..80_u32,
    ) {
        let [base_delay, cap_delay] = [u64::from(base), cap].map(Duration::from_millis);
        let backoff = Backoff::exponential(base_delay, factor, cap_delay, attempts);
        let delays: Vec<_> = backoff.delays(std::iter::repeat(0)).collect();
        prop_assert_eq!(delays.len(), attempts as usize);
        prop_assert!(delays.is_sorted());
        let mut exact = u128::from(base);
        for (index, delay) in delays.iter().enumerate() {
            let expected = if index == 0 { 0 } else { exact.min(u128::from(cap)) };
            prop_assert_eq!(delay.as_millis(), expected, "attempt {}", index + 1);
            if index > 0 {
                exact = exact.saturating_mul(u128::from(factor));
            }
        }
    }

    #[test]
    fn a_retry_is_never_early_and_never_past_its_bounds(
        backoff in backoff(),
        attempt in any::<u8>(),
        status in 100..600_u16,
        asked in prop::option::of(0..1_000_000_u64),
        cap in 0..500_000_u64,
        now in 0..10_000_000_000_u64,
        entropy in any::<u32>(),
    ) {
        let attempt = u32::from(attempt);
        let asked_text = asked.map(|seconds| seconds.to_string());
        let outcome = Outcome::Response { status, retry_after: asked_text.as_deref() };
        let now = UnixTime::from_millis(now);
        let policy = RetryPolicy::new(backoff.clone()).with_retry_after_cap(Duration::from_secs(cap));
        let retried = matches!(status, 408 | 425 | 429 | 500..=599);
        let made = attempt.max(1);
        match policy.decide(attempt, &outcome, now, entropy) {
            Decision::Delivered => prop_assert!((200..300).contains(&status)),
            Decision::Disable => prop_assert_eq!(status, 410),
            Decision::DeadLetter(DeadLetterReason::Redirected) => {
                prop_assert!((300..400).contains(&status));
            }
            Decision::DeadLetter(DeadLetterReason::Exhausted) => {
                prop_assert!(retried && made >= backoff.attempts());
            }
            Decision::DeadLetter(_) => prop_assert!(!retried && status != 410),
            Decision::RetryAt(at) => {
                prop_assert!(retried);
                let delay = backoff.delay(made + 1, entropy).unwrap();
                let asked = Duration::from_secs(asked.unwrap_or(0).min(cap));
                prop_assert_eq!(at, now.saturating_add(delay.max(asked)));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// A later clock never gives an earlier attempt, even where the answer names a date.
    #[test]
    fn decisions_are_monotone_in_time(
        backoff in backoff(),
        nows in any::<[u32; 2]>(),
        date in any::<u32>(),
        with_date in any::<bool>(),
        attempt in 1..12_u32,
        entropy in any::<u32>(),
    ) {
        let [date, ..] = http_dates(u64::from(date));
        let outcome = Outcome::Response { status: 503, retry_after: with_date.then_some(&*date) };
        let policy = RetryPolicy::new(backoff);
        let mut times = nows.map(|now| UnixTime::from_seconds(u64::from(now)));
        times.sort();
        match times.map(|now| policy.decide(attempt, &outcome, now, entropy)) {
            [Decision::RetryAt(earlier), Decision::RetryAt(later)] => prop_assert!(earlier <= later),
            [first, second] => prop_assert_eq!(first, second),
        }
    }

    #[test]
    fn every_form_of_a_date_is_read(date in any::<u32>(), now in any::<u32>()) {
        let [date, now] = [date, now].map(u64::from);
        let expected = Some(Duration::from_secs(date.saturating_sub(now)));
        let now = UnixTime::from_seconds(now);
        let [fixed, two_digits, old] = http_dates(date);
        prop_assert_eq!(parse_retry_after(&fixed, now), expected, "{}", fixed);
        prop_assert_eq!(parse_retry_after(&old, now), expected, "{}", old);
        // Two digits mean this century, unless that lies more than 50 years ahead.
        let [year, this_year] = [date, now.seconds()].map(|seconds| civil(seconds / 86_400).0);
        let is_near = year / 100 == this_year / 100 && year < this_year + 50;
        let is_past = year / 100 + 1 == this_year / 100 && year + 100 > this_year + 51;
        if is_near || is_past {
            prop_assert_eq!(parse_retry_after(&two_digits, now), expected, "{}", two_digits);
        }
    }

    #[test]
    fn retry_after_takes_any_text(
        text in prop_oneof![
            "\\PC{0,40}",
            " {0,2}[0-9]{1,21} {0,2}",
            "(Mon|Sunday),? ?[0-3][0-9][ -](Jan|feb)[ -][0-9]{2,4} [0-2][0-9](:[0-5][0-9]){2} (GMT|UTC)",
            "(Mon|Sun) (Jan|Feb) [ 0-9]{2} [0-9:]{8} [0-9]{4}",
        ],
        now in prop_oneof![any::<u64>(), Just(u64::MAX), any::<u32>().prop_map(u64::from)],
    ) {
        let delay = parse_retry_after(&text, UnixTime::from_seconds(now));
        let trimmed = text.trim_matches(' ');
        if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = (trimmed.len() <= 19).then(|| trimmed.parse().unwrap());
            prop_assert_eq!(delay, seconds.map(Duration::from_secs));
        }
    }
}
