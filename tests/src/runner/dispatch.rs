//! Cases of the kind `choice`: what is sent next of what waits for an endpoint.

use anyhow::{Context, Result, bail};
use countersign::dispatch::{Manner, Pace, Standing, Waiting};
use countersign::{Availability, DisableReason, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct ChoiceCase {
    standing: StandingText,
    waiting: Vec<WaitingText>,
    room: usize,
    fifo: bool,
    per_second: Option<f64>,
    now_ms: u64,
}

#[derive(Deserialize)]
struct StandingText {
    availability: Value,
    running: u64,
    blocked_until_ms: u64,
    paced_until_us: u64,
}

#[derive(Deserialize)]
struct WaitingText {
    due_ms: u64,
    is_replay: bool,
}

pub(super) fn choice(case: &ChoiceCase) -> Result<Value> {
    let mut standing = Standing::new(availability(&case.standing.availability)?);
    standing.running = case.standing.running;
    standing.blocked_until = UnixTime::from_millis(case.standing.blocked_until_ms);
    standing.paced_until_us = case.standing.paced_until_us;
    let waiting = case.waiting.iter();
    let waiting = waiting.map(|one| Waiting::new(UnixTime::from_millis(one.due_ms), one.is_replay));
    let waiting: Vec<_> = waiting.collect();
    let pace = match case.per_second {
        None => None,
        Some(rate) => Some(Pace::per_second(rate).context("no such rate")?),
    };
    let manner = Manner::new(case.fifo, pace);
    let now = UnixTime::from_millis(case.now_ms);
    let choice = standing.choose(&manner, &waiting, case.room, now);
    Ok(json!({
        "taken": choice.taken,
        "buries": choice.buries,
        "next_ms": choice.next.map(UnixTime::millis),
        "paced_until_us": choice.paced_until_us,
        "unblocks": choice.unblocks,
    }))
}

fn availability(text: &Value) -> Result<Availability> {
    let time = |key: &str| text[key].as_u64().map(UnixTime::from_millis);
    if let Some(until) = time("throttled_until_ms") {
        return Ok(Availability::ThrottledUntil(until));
    }
    if let Some(until) = time("circuit_open_until_ms") {
        return Ok(Availability::CircuitOpenUntil(until));
    }
    if let Some(reason) = text["disabled"].as_str() {
        let reason = DisableReason::named(reason).context("an unknown reason")?;
        return Ok(Availability::Disabled(reason));
    }
    match text.as_str() {
        Some("ready") => Ok(Availability::Ready),
        Some("probe") => Ok(Availability::Probe),
        _ => bail!("there is no availability {text}"),
    }
}
