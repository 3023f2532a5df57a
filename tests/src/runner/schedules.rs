//! Cases of sending: `backoff`, `retry` and `retry_after`.

use std::time::Duration;

use anyhow::{Result, bail};
use countersign::{Backoff, Decision, Jitter, RetryPolicy, UnixTime, parse_retry_after};
use serde_json::{Value, json};

use crate::corpus::{BackoffCase, JitterText, RetryAfterCase, RetryCase, ScheduleText};

pub(super) fn backoff(case: &BackoffCase) -> Value {
    let backoff = build(&case.schedule, case.jitter);
    let delays = backoff.delays(case.entropy.iter().copied());
    json!({"delays_ms": delays.map(|delay| delay.as_millis()).collect::<Vec<_>>()})
}

pub(super) fn retry(case: &RetryCase) -> Result<Value> {
    let backoff = build(&case.policy.schedule, case.policy.jitter);
    let mut policy =
        RetryPolicy::new(backoff).with_retry_statuses(case.policy.retry_statuses.iter().copied());
    if let Some(cap) = case.policy.retry_after_cap_ms {
        policy = policy.with_retry_after_cap(Duration::from_millis(cap));
    }
    let outcome = case.outcome.outcome()?;
    let now = UnixTime::from_millis(case.now_ms);
    Ok(
        match policy.decide(case.attempt, &outcome, now, case.entropy) {
            Decision::Delivered => json!({"decision": "delivered"}),
            Decision::RetryAt(at) => json!({"decision": "retry_at", "at_ms": at.millis()}),
            Decision::DeadLetter(reason) => {
                json!({"decision": "dead_letter", "reason": reason.as_str()})
            }
            Decision::Disable => json!({"decision": "disable"}),
            unknown => bail!("there is no decision {unknown:?}"),
        },
    )
}

pub(super) fn retry_after(case: &RetryAfterCase) -> Value {
    let delay = parse_retry_after(&case.value, UnixTime::from_seconds(case.now));
    json!({"delay_seconds": delay.map(|delay| delay.as_secs())})
}

fn build(schedule: &ScheduleText, jitter: JitterText) -> Backoff {
    let backoff = match schedule {
        ScheduleText::Standard => Backoff::standard(),
        ScheduleText::FixedMs(delays) => {
            Backoff::fixed(delays.iter().copied().map(Duration::from_millis))
        }
        ScheduleText::Exponential {
            base_ms,
            factor,
            cap_ms,
            attempts,
        } => Backoff::exponential(
            Duration::from_millis(*base_ms),
            *factor,
            Duration::from_millis(*cap_ms),
            *attempts,
        ),
    };
    backoff.with_jitter(match jitter {
        JitterText::None => Jitter::None,
        JitterText::Full => Jitter::Full,
        JitterText::Equal => Jitter::Equal,
    })
}
