//! Cases of the kind `endpoint_health`: outcomes of attempts to one endpoint.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use countersign::{Availability, DisableReason, EndpointHealth, HealthPolicy, UnixTime};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::corpus::OutcomeText;

#[derive(Deserialize)]
pub(super) struct HealthCase {
    policy: PolicyText,
    health: HealthText,
    steps: Vec<Step>,
}

/// What is absent is as it is by default; null switches a rule off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    #[serde(default, deserialize_with = "given")]
    circuit_failures: Option<Option<u32>>,
    circuit_pauses_ms: Option<[u64; 2]>,
    throttle_pauses_ms: Option<[u64; 2]>,
    retry_after_cap_ms: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    disable_after: Option<Option<DisablingText>>,
    #[serde(default)]
    retry_statuses: Vec<u16>,
}

#[derive(Deserialize)]
struct DisablingText {
    ms: u64,
    failures: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HealthText {
    failures: u32,
    failing_since_ms: Option<u64>,
    throttled_until_ms: Option<u64>,
    circuit_open_until_ms: Option<u64>,
    openings: u32,
    disabled: Option<String>,
}

#[derive(Deserialize)]
struct Step {
    at_ms: u64,
    outcome: Option<OutcomeText>,
    #[serde(default)]
    entropy: u32,
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub(super) fn health(case: &HealthCase) -> Result<Value> {
    let policy = policy(&case.policy);
    let mut health = restored(&case.health)?;
    let mut results = Vec::new();
    for step in &case.steps {
        let now = UnixTime::from_millis(step.at_ms);
        let mut result = json!({});
        if let Some(outcome) = &step.outcome {
            health = policy.observe(&health, &outcome.outcome()?, now, step.entropy);
            result["health"] = shown(&health);
        }
        result["availability"] = match policy.availability(&health, now) {
            Availability::Ready => json!("ready"),
            Availability::Probe => json!("probe"),
            Availability::ThrottledUntil(until) => json!({"throttled_until_ms": until.millis()}),
            Availability::CircuitOpenUntil(until) => {
                json!({"circuit_open_until_ms": until.millis()})
            }
            Availability::Disabled(reason) => json!({"disabled": reason.as_str()}),
            unknown => bail!("there is no availability {unknown:?}"),
        };
        results.push(result);
    }
    Ok(json!({"results": results}))
}

fn policy(text: &PolicyText) -> HealthPolicy {
    let millis = Duration::from_millis;
    let mut policy = HealthPolicy::new().with_retry_statuses(text.retry_statuses.iter().copied());
    policy = match text.circuit_failures {
        None => policy,
        Some(None) => policy.without_circuit(),
        Some(Some(failures)) => policy.with_circuit(failures),
    };
    if let Some([first, longest]) = text.circuit_pauses_ms {
        policy = policy.with_circuit_pauses(millis(first), millis(longest));
    }
    if let Some([shortest, longest]) = text.throttle_pauses_ms {
        policy = policy.with_throttle_pauses(millis(shortest), millis(longest));
    }
    if let Some(cap) = text.retry_after_cap_ms {
        policy = policy.with_retry_after_cap(millis(cap));
    }
    match &text.disable_after {
        None => policy,
        Some(None) => policy.without_disabling(),
        Some(Some(rule)) => policy.with_disabling(millis(rule.ms), rule.failures),
    }
}

fn restored(text: &HealthText) -> Result<EndpointHealth> {
    let mut health = EndpointHealth::new();
    health.failures = text.failures;
    health.failing_since = text.failing_since_ms.map(UnixTime::from_millis);
    health.throttled_until = text.throttled_until_ms.map(UnixTime::from_millis);
    health.circuit_open_until = text.circuit_open_until_ms.map(UnixTime::from_millis);
    health.openings = text.openings;
    if let Some(word) = &text.disabled {
        let reason = DisableReason::named(word);
        health.disabled = Some(reason.context("an unknown reason")?);
    }
    Ok(health)
}

fn shown(health: &EndpointHealth) -> Value {
    json!({
        "failures": health.failures,
        "failing_since_ms": health.failing_since.map(UnixTime::millis),
        "throttled_until_ms": health.throttled_until.map(UnixTime::millis),
        "circuit_open_until_ms": health.circuit_open_until.map(UnixTime::millis),
        "openings": health.openings,
        "disabled": health.disabled.map(DisableReason::as_str),
    })
}
