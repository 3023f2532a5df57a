//! The text of OpenMetrics 1.0, which Prometheus and its kin read.

use alloc::string::{String, ToString};

use super::attached::Attached;
use super::decimal::push_duration;
use super::histogram::{BOUNDS, Histogram};
use super::inbox::InboxView;
use super::openmetrics_outbox::push_outbox;
use super::watching::Monitor;

/// The media type of [`Monitor::openmetrics`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const DURATION: &str = "countersign_request_duration_seconds";

impl Monitor {
    /// All counts as the text of OpenMetrics 1.0, to be sent as [`CONTENT_TYPE`].
    ///
    /// What was counted is of this process; what was read of an outbox or an inbox is of all that
    /// share it.
    pub fn openmetrics(&self, attached: Attached<'_>) -> String {
        let mut text = String::new();
        self.push_requests(&mut text);
        self.push_events(&mut text);
        self.push_durations(&mut text);
        if let Some(inbox) = attached.inbox {
            push_inbox(&mut text, inbox);
        }
        if attached.outbox.is_some() || !self.attempts.is_empty() {
            self.push_attempts(&mut text);
        }
        if let Some(outbox) = attached.outbox {
            push_outbox(&mut text, outbox);
        }
        text.push_str("# EOF\n");
        text
    }

    fn push_requests(&self, text: &mut String) {
        text.push_str("# TYPE countersign_requests counter\n");
        text.push_str("# HELP countersign_requests Requests by what became of them.\n");
        for tally in &self.tallies {
            for (result, count) in tally.results.iter() {
                let labels = [
                    ("receiver", &*tally.name),
                    ("scheme", &tally.scheme),
                    ("result", result),
                ];
                push_sample(text, "countersign_requests_total", &labels, count);
            }
        }
    }

    fn push_events(&self, text: &mut String) {
        text.push_str("# TYPE countersign_events counter\n");
        text.push_str("# HELP countersign_events Authentic events by type.\n");
        for tally in &self.tallies {
            for (event_type, count) in tally.types.iter() {
                let labels = [("receiver", &*tally.name), ("type", event_type)];
                push_sample(text, "countersign_events_total", &labels, count);
            }
        }
    }

    fn push_durations(&self, text: &mut String) {
        push_histogram_head(
            text,
            DURATION,
            "From the arrival of a request to its answer.",
        );
        for tally in &self.tallies {
            push_histogram(text, DURATION, ("receiver", &tally.name), &tally.durations);
        }
    }
}

pub(super) fn push_histogram_head(text: &mut String, name: &str, help: &str) {
    push_joined(text, &["# TYPE ", name, " histogram\n"]);
    push_joined(text, &["# UNIT ", name, " seconds\n"]);
    push_joined(text, &["# HELP ", name, " ", help, "\n"]);
}

/// The samples of a histogram with this label.
pub(super) fn push_histogram(
    text: &mut String,
    name: &str,
    label: (&str, &str),
    histogram: &Histogram,
) {
    let bucket = [name, "_bucket"].concat();
    let mut bounds = BOUNDS.into_iter();
    let mut cumulated = 0;
    for count in histogram.counts {
        cumulated += count;
        let mut bound = String::new();
        match bounds.next() {
            Some(duration) => push_duration(&mut bound, duration),
            None => bound.push_str("+Inf"),
        }
        let labels = [label, ("le", &bound)];
        push_sample(text, &bucket, &labels, cumulated);
    }
    push_sample(text, &[name, "_count"].concat(), &[label], cumulated);
    push_joined(text, &[name, "_sum"]);
    push_labels(text, &[label]);
    text.push(' ');
    push_duration(text, histogram.total);
    text.push('\n');
}

fn push_inbox(text: &mut String, inbox: &InboxView) {
    text.push_str("# TYPE countersign_inbox_up gauge\n");
    text.push_str("# HELP countersign_inbox_up Whether the inbox answers.\n");
    let up = u64::from(inbox.counts.is_some());
    push_sample(text, "countersign_inbox_up", &[], up);
    if let Some(counts) = &inbox.counts {
        text.push_str("# TYPE countersign_inbox_events gauge\n");
        text.push_str("# HELP countersign_inbox_events Events in the inbox by their state.\n");
        for (state, count) in counts {
            push_sample(
                text,
                "countersign_inbox_events",
                &[("state", state)],
                *count,
            );
        }
    }
}

pub(super) fn push_sample(text: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
    text.push_str(name);
    if !labels.is_empty() {
        push_labels(text, labels);
    }
    push_joined(text, &[" ", &value.to_string(), "\n"]);
}

fn push_labels(text: &mut String, labels: &[(&str, &str)]) {
    let mut before = "{";
    for (name, value) in labels {
        push_joined(text, &[before, name, "=\""]);
        for character in value.chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '"' => text.push_str("\\\""),
                '\n' => text.push_str("\\n"),
                _ => text.push(character),
            }
        }
        text.push('"');
        before = ",";
    }
    text.push('}');
}

pub(super) fn push_joined(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}
