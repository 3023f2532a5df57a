//! What the status page shows, as JSON.

use alloc::string::{String, ToString};

use super::attached::Attached;
use super::decimal::{push_duration, push_time};
use super::histogram::Histogram;
use super::inbox::{DeadLetter, InboxView, MOST_DEAD_LETTERS};
use super::json::{push_counts, push_list, push_number, push_or_null, push_text};
use super::tally::{Counts, Tally, shortened};
use super::watching::{Kept, Monitor};
use crate::time::UnixTime;

impl Monitor {
    /// All that the status page shows, as a JSON object in ASCII: times in Unix seconds, durations
    /// in seconds, the newest outcome first.
    ///
    /// `process` is the number by which an operator knows who counted.
    ///
    /// ```
    /// use countersign::UnixTime;
    /// use countersign::monitor::{Attached, Monitor};
    ///
    /// let monitor = Monitor::new(UnixTime::from_millis(1_500));
    /// assert_eq!(
    ///     monitor.snapshot(Attached::default(), UnixTime::from_seconds(2), 7),
    ///     concat!(
    ///         r#"{"time": 2.0, "since": 1.5, "process": 7, "#,
    ///         r#""receivers": [], "recent": [], "inbox": null, "outbox": null}"#,
    ///     ),
    /// );
    /// ```
    pub fn snapshot(&self, attached: Attached<'_>, now: UnixTime, process: u64) -> String {
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
        push_or_null(&mut json, attached.inbox, push_inbox);
        json.push_str(", \"outbox\": ");
        push_or_null(&mut json, attached.outbox, |json, outbox| {
            self.push_outbox(json, outbox);
        });
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
    json.push_str(", \"latency\": ");
    push_latency(json, Some(&tally.durations));
    json.push('}');
}

pub(super) fn push_latency(json: &mut String, durations: Option<&Histogram>) {
    json.push('{');
    for (key, percent) in [("\"p50\": ", 50), (", \"p95\": ", 95), (", \"p99\": ", 99)] {
        json.push_str(key);
        let quantile = durations.and_then(|durations| durations.quantile(percent));
        push_or_null(json, quantile, push_duration);
    }
    json.push('}');
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
