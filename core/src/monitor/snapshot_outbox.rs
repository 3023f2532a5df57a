//! What the status page shows of an outbox, as JSON.

use alloc::string::String;

use super::decimal::{push_duration, push_time};
use super::inbox::MOST_DEAD_LETTERS;
use super::json::{push_list, push_named, push_or_null, push_text};
use super::outbox::{
    DeadDelivery, MOST_ATTEMPTS, MOST_ENDPOINTS, MOST_REPLAYS, OutboxView, ShownAttempt,
    ShownEndpoint, ShownReplay,
};
use super::snapshot::push_latency;
use super::tally::shortened;
use super::watching::Monitor;
use crate::availability::DisableReason;

impl Monitor {
    pub(super) fn push_outbox(&self, json: &mut String, outbox: &OutboxView) {
        json.push_str("{\"endpoints\": ");
        push_or_null(json, outbox.endpoints.as_ref(), |json, endpoints| {
            push_list(
                json,
                endpoints.iter().take(MOST_ENDPOINTS),
                |json, endpoint| {
                    self.push_endpoint(json, endpoint);
                },
            );
        });
        json.push_str(", \"replays\": ");
        push_or_null(json, outbox.replays.as_ref(), |json, replays| {
            push_list(json, replays.iter().take(MOST_REPLAYS), push_replay);
        });
        json.push_str(", \"attempts\": ");
        push_or_null(json, outbox.attempts.as_ref(), |json, attempts| {
            push_list(json, attempts.iter().take(MOST_ATTEMPTS), push_attempt);
        });
        json.push_str(", \"dead_letters\": ");
        push_or_null(json, outbox.dead_letters.as_ref(), |json, letters| {
            push_list(json, letters.iter().take(MOST_DEAD_LETTERS), push_letter);
        });
        json.push('}');
    }

    fn push_endpoint(&self, json: &mut String, endpoint: &ShownEndpoint) {
        let ShownEndpoint {
            id,
            availability,
            failures,
            waiting,
            running,
            dead,
        } = endpoint;
        push_text(json, "{\"id\": ", Some(&shortened(id)));
        push_text(json, ", \"state\": ", Some(availability.as_str()));
        json.push_str(", \"until\": ");
        push_or_null(json, availability.until(), push_time);
        let reason = availability.reason().map(DisableReason::as_str);
        push_text(json, ", \"reason\": ", reason);
        push_named(json, ", \"failures\": ", (*failures).into());
        push_named(json, ", \"waiting\": ", *waiting);
        push_named(json, ", \"running\": ", *running);
        push_named(json, ", \"dead\": ", *dead);
        let tally = self.attempts.get(id);
        let count = tally.map_or(0, |tally| tally.durations.count());
        push_named(json, ", \"attempts\": ", count);
        json.push_str(", \"latency\": ");
        push_latency(json, tally.map(|tally| &tally.durations));
        json.push('}');
    }
}

fn push_replay(json: &mut String, replay: &ShownReplay) {
    push_named(json, "{\"number\": ", replay.number);
    json.push_str(", \"created\": ");
    push_time(json, replay.created);
    push_text(json, ", \"state\": ", Some(&replay.state));
    push_named(json, ", \"total\": ", replay.total);
    push_named(json, ", \"replayed\": ", replay.replayed);
    push_named(json, ", \"per_second\": ", replay.per_second.into());
    json.push('}');
}

fn push_attempt(json: &mut String, attempt: &ShownAttempt) {
    push_named(json, "{\"delivery\": ", attempt.delivery);
    json.push_str(", \"time\": ");
    push_time(json, attempt.at);
    push_named(json, ", \"attempt\": ", attempt.attempt.into());
    json.push_str(", \"duration\": ");
    push_duration(json, attempt.duration);
    push_short(json, ", \"endpoint\": ", attempt.endpoint.as_deref());
    push_short(json, ", \"message_id\": ", Some(&attempt.message_id));
    push_short(json, ", \"event_type\": ", Some(&attempt.event_type));
    json.push_str(", \"status\": ");
    push_or_null(json, attempt.status, |json, status| {
        push_named(json, "", status.into());
    });
    push_short(json, ", \"error\": ", attempt.error.as_deref());
    json.push('}');
}

fn push_letter(json: &mut String, letter: &DeadDelivery) {
    push_named(json, "{\"number\": ", letter.number);
    json.push_str(", \"created\": ");
    push_time(json, letter.created);
    push_named(json, ", \"attempts\": ", letter.attempts.into());
    push_short(json, ", \"endpoint\": ", letter.endpoint.as_deref());
    push_short(json, ", \"message_id\": ", Some(&letter.message_id));
    push_short(json, ", \"event_type\": ", Some(&letter.event_type));
    push_short(json, ", \"reason\": ", letter.reason.as_deref());
    json.push('}');
}

fn push_short(json: &mut String, before: &str, text: Option<&str>) {
    push_text(json, before, text.map(shortened).as_deref());
}
