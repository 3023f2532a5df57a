//! The text of OpenMetrics 1.0, which Prometheus and its kin read.

use alloc::string::{String, ToString};

use super::decimal::push_duration;
use super::histogram::{BOUNDS, Histogram};
use super::inbox::InboxView;
use super::watching::Monitor;

/// The media type of [`Monitor::openmetrics`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const DURATION: &str = "countersign_request_duration_seconds";

impl Monitor {
    /// All counts as the text of OpenMetrics 1.0, to be sent as [`CONTENT_TYPE`].
    ///
    /// `inbox` is what was read of the inbox, if there is one.
    pub fn openmetrics(&self, inbox: Option<&InboxView>) -> String {
        let mut text = String::new();
        self.push_requests(&mut text);
        self.push_events(&mut text);
        self.push_durations(&mut text);
        if let Some(inbox) = inbox {
            push_inbox(&mut text, inbox);
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
        push_joined(text, &["# TYPE ", DURATION, " histogram\n"]);
        push_joined(text, &["# UNIT ", DURATION, " seconds\n"]);
        let help = " From the arrival of a request to its answer.\n";
        push_joined(text, &["# HELP ", DURATION, help]);
        for tally in &self.tallies {
            push_histogram(text, &tally.name, &tally.durations);
        }
    }
}

fn push_histogram(text: &mut String, receiver: &str, histogram: &Histogram) {
    let bucket = [DURATION, "_bucket"].concat();
    let mut bounds = BOUNDS.into_iter();
    let mut cumulated = 0;
    for count in histogram.counts {
        cumulated += count;
        let mut bound = String::new();
        match bounds.next() {
            Some(duration) => push_duration(&mut bound, duration),
            None => bound.push_str("+Inf"),
        }
        let labels = [("receiver", receiver), ("le", &bound)];
        push_sample(text, &bucket, &labels, cumulated);
    }
    let labels = [("receiver", receiver)];
    push_sample(text, &[DURATION, "_count"].concat(), &labels, cumulated);
    push_joined(text, &[DURATION, "_sum"]);
    push_labels(text, &labels);
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

fn push_sample(text: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
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

fn push_joined(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
}
