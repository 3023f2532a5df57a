//! The health of endpoints.

use std::time::Duration;

use countersign::{
    Availability, DisableReason, EndpointHealth, HealthPolicy, Outcome, RetryPolicy, UnixTime,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::config;

const MINUTE: Duration = Duration::from_secs(60);

/// The longest pauses of a policy: of a throttle, and of a circuit.
#[derive(Debug, Clone, Copy)]
struct Longest {
    throttle: Duration,
    circuit: Duration,
}

#[derive(Debug, Clone)]
enum Ended {
    Answer(u16, Option<String>),
    NetworkError,
    Forbidden,
}

impl Ended {
    fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::Answer(status, retry_after) => Outcome::Response {
                status: *status,
                retry_after: retry_after.as_deref(),
            },
            Self::NetworkError => Outcome::NetworkError,
            Self::Forbidden => Outcome::Forbidden,
        }
    }
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (0..4_000_000_u64).prop_map(Duration::from_millis),
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        1 => any::<u64>().prop_map(Duration::from_millis),
    ]
}

fn policy() -> impl Strategy<Value = (HealthPolicy, Longest)> {
    let standard = Longest {
        throttle: 60 * MINUTE,
        circuit: 30 * MINUTE,
    };
    let other = (
        prop::option::of(0..20_u32),
        [duration(), duration()],
        [duration(), duration()],
        duration(),
        prop::option::of((duration(), 0..20_u32)),
        prop::collection::vec(select(vec![302_u16, 404, 410]), 0..3),
    )
        .prop_map(|(failures, circuit, throttle, cap, disabling, statuses)| {
            let policy = HealthPolicy::new()
                .with_circuit_pauses(circuit[0], circuit[1])
                .with_throttle_pauses(throttle[0], throttle[1])
                .with_retry_after_cap(cap)
                .with_retry_statuses(statuses);
            let policy = match failures {
                Some(failures) => policy.with_circuit(failures),
                None => policy.without_circuit(),
            };
            let policy = match disabling {
                Some((after, failures)) => policy.with_disabling(after, failures),
                None => policy.without_disabling(),
            };
            let longest = Longest {
                throttle: throttle[1].max(cap),
                circuit: circuit[1],
            };
            (policy, longest)
        });
    prop_oneof![Just((HealthPolicy::new(), standard)), other]
}

fn time() -> impl Strategy<Value = UnixTime> {
    prop_oneof![
        8 => (0..10_000_000_u64).prop_map(|ms| UnixTime::from_millis(1_700_000_000_000 + ms)),
        1 => any::<u64>().prop_map(UnixTime::from_seconds),
        1 => select(vec![UnixTime::EPOCH, UnixTime::from(Duration::MAX)]),
    ]
}

fn health() -> impl Strategy<Value = EndpointHealth> {
    let reason = select(vec![
        DisableReason::Gone,
        DisableReason::Failing,
        DisableReason::Manual,
    ]);
    let count = || prop_oneof![0..30_u32, Just(u32::MAX)];
    (
        count(),
        [(); 3].map(|()| prop::option::of(time())),
        count(),
        prop::option::weighted(0.1, reason),
    )
        .prop_map(|(failures, times, openings, disabled)| {
            let mut health = EndpointHealth::new();
            health.failures = failures;
            [
                health.failing_since,
                health.throttled_until,
                health.circuit_open_until,
            ] = times;
            health.openings = openings;
            health.disabled = disabled;
            health
        })
}

fn ended() -> impl Strategy<Value = Ended> {
    let status = prop_oneof![
        100..700_u16,
        select(vec![200_u16, 408, 410, 425, 429, 500, 502, 503, 504]),
    ];
    let retry_after = prop_oneof![
        "[0-9]{1,20}",
        "[0-9]{1,3}",
        Just("soon".to_owned()),
        Just("Wed, 14 Nov 2063 22:13:20 GMT".to_owned()),
    ];
    prop_oneof![
        4 => (status, prop::option::of(retry_after))
            .prop_map(|(status, retry_after)| Ended::Answer(status, retry_after)),
        1 => Just(Ended::NetworkError),
        1 => Just(Ended::Forbidden),
    ]
}

fn until(availability: Availability) -> Option<UnixTime> {
    match availability {
        Availability::ThrottledUntil(until) | Availability::CircuitOpenUntil(until) => Some(until),
        _ => None,
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    /// Whatever a store holds and whatever the clock says, no pause lasts beyond its bound, and the
    /// endpoint may be sent to when it is over.
    #[test]
    fn pauses_end_within_their_bounds(
        (policy, longest) in policy(),
        health in health(),
        ended in ended(),
        now in time(),
        entropy in any::<u32>(),
    ) {
        let next = policy.observe(&health, &ended.outcome(), now, entropy);
        let bound = longest.throttle.max(longest.circuit).saturating_add(MINUTE);
        let mut at = now;
        for _ in 0..3 {
            let availability = policy.availability(&next, at);
            let Some(until) = until(availability) else {
                break;
            };
            prop_assert!(at < until && until <= at.saturating_add(bound));
            at = until;
        }
        prop_assert_eq!(until(policy.availability(&next, at)), None);
        prop_assert!(at <= now.saturating_add(bound.saturating_mul(2)));
    }

    /// What an outcome adds is within the policy's own lengths; the rest was there before.
    #[test]
    fn an_outcome_adds_no_more_than_its_pause(
        (policy, longest) in policy(),
        ended in ended(),
        now in time(),
        entropy in any::<u32>(),
    ) {
        let next = policy.observe(&EndpointHealth::new(), &ended.outcome(), now, entropy);
        prop_assert!(next.throttled_until <= Some(now.saturating_add(longest.throttle)));
        prop_assert!(next.circuit_open_until <= Some(now.saturating_add(longest.circuit)));
    }

    /// Once an outcome was seen, time alone never takes away what an endpoint may be sent.
    #[test]
    fn time_only_makes_available(
        (policy, _) in policy(),
        health in health(),
        ended in ended(),
        times in [time(), time(), time()],
        entropy in any::<u32>(),
    ) {
        let [now, mut earlier, mut later] = times;
        earlier = earlier.max(now);
        later = later.max(earlier);
        let next = policy.observe(&health, &ended.outcome(), now, entropy);
        let [before, after] = [earlier, later].map(|at| policy.availability(&next, at));
        if until(before).is_none() && health.disabled.is_none() {
            prop_assert_eq!(until(after), None);
        }
        let is_disabled = matches!(before, Availability::Disabled(_));
        prop_assert_eq!(is_disabled, matches!(after, Availability::Disabled(_)));
    }

    #[test]
    fn a_success_leads_to_ready(
        (policy, _) in policy(),
        mut health in health(),
        status in 200..300_u16,
        now in time(),
        entropy in any::<u32>(),
    ) {
        health.disabled = None;
        let success = Outcome::Response { status, retry_after: Some("60") };
        let next = policy.observe(&health, &success, now, entropy);
        let expected = match policy.availability(&next, now) {
            Availability::ThrottledUntil(until) => until,
            _ => now,
        };
        prop_assert_eq!(policy.availability(&next, expected), Availability::Ready);
        let mut rest = next;
        rest.throttled_until = None;
        prop_assert_eq!(rest, EndpointHealth::new());
    }

    #[test]
    fn disabled_stays_disabled(
        (policy, _) in policy(),
        mut health in health(),
        outcomes in prop::collection::vec((ended(), time()), 0..5),
        entropy in any::<u32>(),
    ) {
        health.disabled = Some(DisableReason::Manual);
        for (ended, now) in &outcomes {
            prop_assert_eq!(policy.observe(&health, &ended.outcome(), *now, entropy), health);
            let disabled = Availability::Disabled(DisableReason::Manual);
            prop_assert_eq!(policy.availability(&health, *now), disabled);
        }
    }

    /// A row of outcomes: the counts are those of its end without a success, and what disables is
    /// what the policy about messages calls so.
    #[test]
    fn failures_are_counted_since_the_last_success(
        outcomes in prop::collection::vec((ended(), 0..100_000_u64), 1..40),
        entropy in any::<u32>(),
    ) {
        let policy = HealthPolicy::new().without_disabling();
        let mut health = EndpointHealth::new();
        let mut now = UnixTime::from_seconds(1_700_000_000);
        let mut failures = 0;
        let mut since = None;
        for (ended, pause) in &outcomes {
            now = now.saturating_add(Duration::from_millis(*pause));
            let outcome = ended.outcome();
            health = policy.observe(&health, &outcome, now, entropy);
            let decision = RetryPolicy::standard().decide(1, &outcome, now, entropy);
            if decision == countersign::Decision::Delivered {
                (failures, since) = (0, None);
            } else {
                failures += 1;
                since = since.or(Some(now));
            }
            prop_assert_eq!((health.failures, health.failing_since), (failures, since));
            let disabled = (decision == countersign::Decision::Disable).then_some(DisableReason::Gone);
            prop_assert_eq!(health.disabled, disabled);
            if disabled.is_some() {
                break;
            }
        }
    }

    /// More entropy is a longer pause, and never less than half of the longest.
    #[test]
    fn the_circuit_is_spread_over_half_its_pause(
        openings in 0..40_u32,
        entropy in any::<u32>(),
    ) {
        let policy = HealthPolicy::new();
        let now = UnixTime::from_seconds(1_700_000_000);
        let mut health = EndpointHealth::new();
        health.failures = 9;
        health.openings = openings;
        let pause = |entropy| {
            let next = policy.observe(&health, &Outcome::NetworkError, now, entropy);
            next.circuit_open_until.map(|until| until.saturating_since(now))
        };
        let whole = Duration::from_secs(30 << openings.min(20)).min(30 * MINUTE);
        prop_assert_eq!(pause(u32::MAX), Some(whole));
        prop_assert!(pause(entropy) <= Some(whole) && pause(entropy) >= Some(whole / 2));
    }
}
