//! What the status page shows, as JSON.

use alloc::string::{String, ToString};

use super::decimal::{push_duration, push_time};
use super::inbox::{DeadLetter, InboxView, MOST_DEAD_LETTERS};
use super::tally::{Counts, Tally, shortened};
use super::watching::{Kept, Monitor};
use crate::answer::push_json;
use crate::time::UnixTime;

impl Monitor {
    /// All that the status page shows, as a JSON object in ASCII: times in Unix seconds, durations
    /// in seconds, the newest outcome first.
    ///
    /// `inbox` is what was read of the inbox, if there is one. `process` is the number by which an
    /// operator knows who counted.
    ///
    /// ```
    /// use countersign::UnixTime;
    /// use countersign::monitor::Monitor;
    ///
    /// let monitor = Monitor::new(UnixTime::from_millis(1_500));
    /// assert_eq!(
    ///     monitor.snapshot(None, UnixTime::from_seconds(2), 7),
    ///     concat!(
    ///         r#"{"time": 2.0, "since": 1.5, "process": 7, "#,
    ///         r#""receivers": [], "recent": [], "inbox": null}"#,
    ///     ),
    /// );
    /// ```
    pub fn snapshot(&self, inbox: Option<&InboxView>, now: UnixTime, process: u64) -> String {
        let mut json = String::from("{\"time\": ");
        push_time(&mut json, now);
        json.push_str(", \"since\": ");
        push_time(&mut json, self.since);
        json.push_str(", \"process\": ");
        push_number(&mut json, process);
        json.push_str(", \"receivers\": ");
        push_list(&mut json, &self.tallies, push_receiver);
        json.push_str(", \"recent\": ");
        push_list(&mut json, self.recent.iter().rev(), |json, kept| {
            // A kept outcome is of one of the tallies.
            if let Some(tally) = self.tallies.get(kept.receiver) {
                push_outcome(json, tally, kept);
            }
        });
        json.push_str(", \"inbox\": ");
        push_or_null(&mut json, inbox, push_inbox);
        json.push('}');
        json
    }
}

fn push_receiver(json: &mut String, tally: &Tally) {
    push_text(json, "{\"name\": ", Some(&tally.name));
    push_text(json, ", \"scheme\": ", Some(&tally.scheme));
    json.push_str(", \"requests\": ");
    push_number(json, tally.durations.count());
    json.push_str(", \"results\": ");
    push_counts(json, tally.results.iter());
    json.push_str(", \"types\": ");
    push_counts(json, Counts::iter(&tally.types));
    json.push_str(", \"latency\": {");
    for (key, percent) in [("\"p50\": ", 50), (", \"p95\": ", 95), (", \"p99\": ", 99)] {
        json.push_str(key);
        push_or_null(json, tally.durations.quantile(percent), push_duration);
    }
    json.push_str("}}");
}

fn push_outcome(json: &mut String, tally: &Tally, kept: &Kept) {
    push_text(json, "{\"receiver\": ", Some(&tally.name));
    json.push_str(", \"time\": ");
    push_time(json, kept.at);
    json.push_str(", \"status\": ");
    push_number(json, kept.status.into());
    push_text(json, ", \"result\": ", Some(&kept.result));
    push_text(json, ", \"scheme\": ", Some(&tally.scheme));
    push_text(json, ", \"event_id\": ", kept.event_id.as_deref());
    push_text(json, ", \"event_type\": ", kept.event_type.as_deref());
    json.push_str(", \"duration\": ");
    push_duration(json, kept.duration);
    json.push_str(", \"key_index\": ");
    push_or_null(json, kept.key_index, |json, index| {
        json.push_str(&index.to_string());
    });
    json.push('}');
}

fn push_inbox(json: &mut String, inbox: &InboxView) {
    json.push_str("{\"counts\": ");
    push_or_null(json, inbox.counts.as_ref(), |json, counts| {
        push_counts(json, counts.iter().map(|(state, count)| (&**state, *count)));
    });
    json.push_str(", \"dead_letters\": ");
    push_or_null(json, inbox.dead_letters.as_ref(), |json, letters| {
        push_list(
            json,
            letters.iter().take(MOST_DEAD_LETTERS),
            push_dead_letter,
        );
    });
    json.push('}');
}

fn push_dead_letter(json: &mut String, letter: &DeadLetter) {
    let short = |text: &Option<String>| text.as_deref().map(|text| shortened(text).into_owned());
    json.push_str("{\"number\": ");
    push_number(json, letter.number);
    push_text(json, ", \"event_id\": ", short(&letter.event_id).as_deref());
    push_text(
        json,
        ", \"event_type\": ",
        short(&letter.event_type).as_deref(),
    );
    json.push_str(", \"received\": ");
    push_time(json, letter.received);
    json.push_str(", \"attempts\": ");
    push_number(json, letter.attempts.into());
    push_text(json, ", \"error\": ", short(&letter.error).as_deref());
    json.push('}');
}

fn push_counts<'a>(json: &mut String, counts: impl Iterator<Item = (&'a str, u64)>) {
    let mut before = "{";
    for (name, count) in counts {
        push_text(json, before, Some(name));
        json.push_str(": ");
        push_number(json, count);
        before = ", ";
    }
    json.push_str(if before == "{" { "{}" } else { "}" });
}

fn push_list<T>(
    json: &mut String,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    json.push('[');
    let mut before = "";
    for item in items {
        json.push_str(before);
        push(json, item);
        before = ", ";
    }
    json.push(']');
}

fn push_or_null<T>(json: &mut String, value: Option<T>, push: impl FnOnce(&mut String, T)) {
    match value {
        None => json.push_str("null"),
        Some(value) => push(json, value),
    }
}

fn push_text(json: &mut String, before: &str, text: Option<&str>) {
    json.push_str(before);
    push_json(json, text);
}

fn push_number(json: &mut String, number: u64) {
    json.push_str(&number.to_string());
}
