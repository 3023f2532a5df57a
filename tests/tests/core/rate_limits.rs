//! Rate limits, against the list of all requests that were ever admitted.

use std::time::Duration;

use countersign::{GuardError, MemoryRateLimiter, RateLimit, RateWindow, UnixTime};
use proptest::prelude::*;

use crate::support::config;

const START: i64 = 1_700_000_000_000_000;

/// Readings of a clock in microseconds that mostly runs, and sometimes steps back.
fn readings() -> impl Strategy<Value = Vec<i64>> {
    let step = prop_oneof![
        2 => Just(0),
        6 => 0..3_000_i64,
        4 => 0..60_000_i64,
        2 => -40_000..0_i64,
        1 => -300_000..300_000_i64,
    ];
    prop::collection::vec(step, 1..80).prop_map(|steps| {
        let clock = steps.into_iter().scan(START, |clock, step| {
            *clock += step;
            Some(*clock)
        });
        clock.collect()
    })
}

fn instant(microseconds: i64) -> UnixTime {
    UnixTime::from(Duration::from_micros(microseconds as u64))
}

/// Requests in milliseconds of a clock, counted one by one.
struct Model {
    requests: usize,
    window: u64,
    admitted: Vec<u64>,
}

impl Model {
    /// The first instant at which a request is in no window any more: a slot counts as a whole.
    fn leaves(&self, request: u64) -> u64 {
        let slot = self.window.div_ceil(32);
        request / slot * slot + slot + self.window
    }

    fn admit(&mut self, now: u64) -> Result<(), u64> {
        let slot = self.window.div_ceil(32);
        let counts = |request: &u64| {
            self.leaves(*request) > now && request / slot * slot <= now + self.window
        };
        self.admitted = self.admitted.iter().copied().filter(counts).collect();
        if self.admitted.len() < self.requests {
            self.admitted.push(now);
            return Ok(());
        }
        let mut leaving: Vec<_> = self.admitted.iter().map(|at| self.leaves(*at)).collect();
        leaving.sort_unstable();
        Err(leaving[self.admitted.len() - self.requests] - now)
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn no_window_holds_more_than_the_limit(
        requests in 1..6_u32,
        window in 1..150_000_u64,
        readings in readings(),
    ) {
        let limit = RateLimit::new(requests, Duration::from_micros(window)).unwrap();
        let mut counted = RateWindow::new();
        let admitted: Vec<_> = readings
            .iter()
            .filter(|at| limit.admit(&mut counted, instant(**at)).is_ok())
            .collect();
        // Requests one after the other, at times that one window holds.
        for first in 0..admitted.len() {
            let (mut earliest, mut latest) = (admitted[first], admitted[first]);
            for (count, at) in (1..).zip(&admitted[first..]) {
                (earliest, latest) = (earliest.min(at), latest.max(at));
                if (latest - earliest) as u64 >= window {
                    break;
                }
                prop_assert!(count <= requests, "{} requests from {} to {}", count, earliest, latest);
            }
        }
    }

    #[test]
    fn verdicts_are_those_of_the_slots(
        requests in 1..6_u32,
        window in 1..150_u64,
        readings in readings(),
    ) {
        let limit = RateLimit::new(requests, Duration::from_millis(window)).unwrap();
        let mut counted = RateWindow::new();
        let mut model = Model { requests: requests as usize, window, admitted: Vec::new() };
        for at in readings {
            let verdict = limit.admit(&mut counted, instant(at));
            let expected = model.admit(at as u64 / 1_000).map_err(|wait| GuardError::RateLimited {
                retry_after: Duration::from_millis(wait),
            });
            prop_assert_eq!(verdict, expected);
        }
    }

    #[test]
    fn who_waits_is_admitted_and_nobody_sooner(
        requests in 1..6_u32,
        window in 1..150_u64,
        readings in readings(),
    ) {
        let limit = RateLimit::new(requests, Duration::from_millis(window)).unwrap();
        let mut counted = RateWindow::new();
        for at in readings {
            let now = instant(at);
            let Err(refused) = limit.admit(&mut counted, now) else {
                continue;
            };
            let wait = refused.retry_after().unwrap();
            prop_assert!(wait > Duration::ZERO);
            let then = now.saturating_add(wait);
            prop_assert!(limit.admit(&mut counted.clone(), then).is_ok());
            let sooner = now.saturating_add(wait - Duration::from_millis(1));
            prop_assert!(limit.admit(&mut counted.clone(), sooner).is_err());
        }
    }

    #[test]
    fn what_is_kept_of_a_caller_is_bounded(
        requests in 1..1_000_u32,
        window in 1..150_u64,
        readings in readings(),
    ) {
        let limit = RateLimit::new(requests, Duration::from_millis(window)).unwrap();
        let mut counted = RateWindow::new();
        for at in readings {
            // Whether it is admitted is tested above.
            let _ = limit.admit(&mut counted, instant(at));
            let slots = counted.slots();
            // A window of slots before now, one after it, and those that lie across their ends.
            prop_assert!(slots.len() <= 2 * 32 + 2);
            prop_assert!(slots.iter().map(|(_, count)| count).sum::<u32>() <= requests);
            prop_assert_eq!(&RateWindow::from_slots(slots.iter().rev().copied()), &counted);
        }
    }

    #[test]
    fn who_was_silent_for_longest_is_forgotten(
        capacity in 0..4_usize,
        requests in 1..3_u32,
        calls in prop::collection::vec((0..6_u8, 0..20_u64), 1..60),
    ) {
        let limit = RateLimit::new(requests, Duration::from_millis(100)).unwrap();
        let mut limiter = MemoryRateLimiter::new(limit, capacity);
        // The one who called last at the end.
        let mut callers: Vec<(u8, RateWindow)> = Vec::new();
        let mut now = 0;
        for (caller, time) in calls {
            now += time;
            let known = callers.iter().position(|(known, _)| *known == caller);
            let mut window = known.map_or_else(RateWindow::new, |at| callers.remove(at).1);
            let expected = limit.admit(&mut window, UnixTime::from_millis(now));
            callers.push((caller, window));
            if callers.len() > capacity.max(1) {
                callers.remove(0);
            }
            let verdict = limiter.admit(&caller.to_string(), UnixTime::from_millis(now));
            prop_assert_eq!(verdict, expected);
            prop_assert_eq!(limiter.len(), callers.len());
        }
    }

    #[test]
    fn any_clock_and_any_stored_window_give_a_verdict(
        (requests, window) in (1..=u32::MAX, 1..=31 * 86_400_000_u64),
        slots in prop::collection::vec(any::<(u64, u32)>(), 0..5),
        readings in prop::collection::vec(prop_oneof![any::<u64>(), Just(u64::MAX)], 1..5),
    ) {
        let limit = RateLimit::new(requests, Duration::from_millis(window)).unwrap();
        let mut counted = RateWindow::from_slots(slots);
        for reading in readings {
            for now in [UnixTime::from_millis(reading), UnixTime::from_seconds(reading)] {
                if let Err(refused) = limit.admit(&mut counted, now) {
                    prop_assert_eq!(refused.code(), "rate_limited");
                }
            }
        }
    }
}
