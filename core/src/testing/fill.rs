//! Fills the places of a template.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};

use super::Sample;
use crate::payload::push_escaped;
use crate::scheme::TimestampFormat;
use crate::time::UnixTime;

/// The last instant whose year has four digits.
const LAST: UnixTime = UnixTime::from_millis(253_402_300_799_999);

/// What stands in the places.
pub(super) struct Values<'a> {
    id: &'a str,
    /// `None` where there is no id at all.
    pub(super) delivery_id: Option<&'a str>,
    event_type: &'a str,
    now: UnixTime,
}

impl<'a> Values<'a> {
    pub(super) fn new(
        sample: &Sample,
        id: Option<&'a str>,
        event_type: Option<&'a str>,
        now: UnixTime,
    ) -> Self {
        let sample_delivery_id = match sample.delivery_id {
            "" => sample.id,
            delivery_id => delivery_id,
        };
        let delivery_id = id.unwrap_or(sample_delivery_id);
        Self {
            id: id.unwrap_or(sample.id),
            delivery_id: (!delivery_id.is_empty()).then_some(delivery_id),
            event_type: event_type.unwrap_or(sample.event_type),
            now: now.min(LAST),
        }
    }

    /// A template whose places are text.
    pub(super) fn fill_text(&self, template: &str) -> String {
        self.fill(template, |value| Cow::Borrowed(value))
    }

    /// A template of JSON.
    pub(super) fn fill_json(&self, template: &str) -> String {
        self.fill(template, |value| {
            let mut escaped = String::new();
            push_escaped(&mut escaped, value);
            Cow::Owned(escaped)
        })
    }

    fn fill(&self, template: &str, write: impl Fn(&str) -> Cow<'_, str>) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let place = after.split_once("}}");
            match place.and_then(|(name, after)| Some((self.value(name, &write)?, after))) {
                Some((value, after)) => {
                    filled.push_str(&value);
                    rest = after;
                }
                None => {
                    filled.push_str("{{");
                    rest = after;
                }
            }
        }
        filled + rest
    }

    /// The value of a place of this name.
    fn value(&self, name: &str, write: impl Fn(&str) -> Cow<'_, str>) -> Option<String> {
        let text = |value: &str| Some(write(value).into_owned());
        match name {
            "id" => text(self.id),
            "id_value" if is_integer(self.id) => Some(self.id.into()),
            "id_value" => Some(format!("\"{}\"", write(self.id))),
            "delivery_id" => text(self.delivery_id.unwrap_or_default()),
            "type" => text(self.event_type),
            "seconds" => Some(self.now.seconds().to_string()),
            "milliseconds" => Some(self.now.millis().to_string()),
            "thousandths" => Some(format!("{:03}", self.now.millis() % 1_000)),
            "time" => {
                let whole = UnixTime::from_seconds(self.now.seconds());
                let written = TimestampFormat::Rfc3339.write(whole);
                written.map(|time| time.trim_end_matches('Z').into())
            }
            _ => None,
        }
    }
}

/// Whether JSON may have it as a number.
fn is_integer(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'] | [b'1'..=b'9', ..])
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::samples::OF_NO_PROVIDER;
    use super::*;

    #[test]
    fn places_are_filled_once_and_escaped_where_they_stand() {
        let now = UnixTime::from_millis(1_764_450_000_007);
        let values = Values::new(&OF_NO_PROVIDER, Some("{{type}}\""), Some("a.b"), now);
        assert_eq!(
            values.fill_text("{{id}} {{none}} {{"),
            "{{type}}\" {{none}} {{"
        );
        let json = r#"{"a":{"id":"{{id}}","n":{{id_value}}}}"#;
        let filled = r#"{"a":{"id":"{{type}}\"","n":"{{type}}\""}}"#;
        assert_eq!(values.fill_json(json), filled);
        let time = "{{seconds}} {{milliseconds}} {{time}}.{{thousandths}}Z";
        let filled = "1764450000 1764450000007 2025-11-29T21:00:00.007Z";
        assert_eq!(values.fill_text(time), filled);
        let late = UnixTime::from_seconds(u64::MAX);
        let values = Values::new(&OF_NO_PROVIDER, Some("70"), None, late);
        assert_eq!(
            values.fill_json("{{id_value}} {{time}}"),
            "70 9999-12-31T23:59:59"
        );
    }
}
