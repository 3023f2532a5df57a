//! What OpenMetrics tells of senders.

use alloc::string::{String, ToString};

use super::openmetrics::{push_histogram, push_histogram_head, push_sample};
use super::outbox::{MOST_ENDPOINTS, MOST_REPLAYS, OutboxView, ShownEndpoint, ShownReplay};
use super::tally::shortened;
use super::watching::Monitor;
use crate::availability::Availability;

const ATTEMPT_DURATION: &str = "countersign_attempt_duration_seconds";
const ENDPOINT_STATE: &str = "countersign_outbox_endpoint_state";
const RUNNING: &str = "running";

impl Monitor {
    pub(super) fn push_attempts(&self, text: &mut String) {
        text.push_str("# TYPE countersign_attempts counter\n");
        text.push_str("# HELP countersign_attempts Attempts to deliver by what became of them.\n");
        for (endpoint, tally) in self.attempts.iter() {
            for (verdict, answer, count) in &tally.results {
                let labels = [
                    ("endpoint", endpoint),
                    ("verdict", verdict),
                    ("answer", answer),
                ];
                push_sample(text, "countersign_attempts_total", &labels, *count);
            }
        }
        let help = "From the beginning of an attempt to the end of its answer.";
        push_histogram_head(text, ATTEMPT_DURATION, help);
        for (endpoint, tally) in self.attempts.iter() {
            let label = ("endpoint", endpoint);
            push_histogram(text, ATTEMPT_DURATION, label, &tally.durations);
        }
    }
}

pub(super) fn push_outbox(text: &mut String, outbox: &OutboxView) {
    text.push_str("# TYPE countersign_outbox_up gauge\n");
    text.push_str("# HELP countersign_outbox_up Whether the outbox answers.\n");
    let up = u64::from(outbox.endpoints.is_some());
    push_sample(text, "countersign_outbox_up", &[], up);
    if let Some(endpoints) = &outbox.endpoints {
        push_endpoints(text, endpoints);
    }
    if let Some(replays) = &outbox.replays {
        push_replays(text, replays);
    }
}

fn push_endpoints(text: &mut String, endpoints: &[ShownEndpoint]) {
    let endpoints = || endpoints.iter().take(MOST_ENDPOINTS);
    text.push_str("# TYPE countersign_outbox_deliveries gauge\n");
    text.push_str("# HELP countersign_outbox_deliveries Deliveries that are not done.\n");
    for endpoint in endpoints() {
        let id = shortened(&endpoint.id);
        let counts = [
            ("waiting", endpoint.waiting),
            (RUNNING, endpoint.running),
            ("dead", endpoint.dead),
        ];
        for (state, count) in counts {
            let labels = [("endpoint", &*id), ("state", state)];
            push_sample(text, "countersign_outbox_deliveries", &labels, count);
        }
    }
    text.push_str("# TYPE countersign_outbox_endpoint_state stateset\n");
    text.push_str("# HELP countersign_outbox_endpoint_state Whether an endpoint is sent to.\n");
    for endpoint in endpoints() {
        let id = shortened(&endpoint.id);
        for word in Availability::WORDS {
            let labels = [("endpoint", &*id), (ENDPOINT_STATE, word)];
            let is_it = endpoint.availability.as_str() == word;
            push_sample(text, ENDPOINT_STATE, &labels, u64::from(is_it));
        }
    }
}

/// Those that go on: the others need nobody's attention.
fn push_replays(text: &mut String, replays: &[ShownReplay]) {
    text.push_str("# TYPE countersign_outbox_replay_deliveries gauge\n");
    text.push_str(
        "# HELP countersign_outbox_replay_deliveries Progress of the replays that are running.\n",
    );
    let running = replays.iter().filter(|replay| replay.state == RUNNING);
    for replay in running.take(MOST_REPLAYS) {
        let number = replay.number.to_string();
        let remaining = replay.total.saturating_sub(replay.replayed);
        for (state, count) in [("replayed", replay.replayed), ("remaining", remaining)] {
            let labels = [("replay", &*number), ("state", state)];
            push_sample(text, "countersign_outbox_replay_deliveries", &labels, count);
        }
    }
}
