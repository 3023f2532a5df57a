//! The body of a message that is sent.

use alloc::string::String;

use crate::scheme::TimestampFormat;
use crate::time::UnixTime;

/// A payload as Standard Webhooks recommends it, `{"id":…,"type":…,"timestamp":…,"data":…}`, without
/// white space between the parts; `data` as it is given, which must be JSON. The time is RFC 3339 to
/// the millisecond, null if its year has more than four digits.
///
/// Every scheme of this crate that reads ids, types and times out of JSON bodies at these names
/// finds them, so that one payload serves endpoints of several schemes.
///
/// ```
/// use countersign::{UnixTime, write_payload};
///
/// let payload = write_payload("msg_1", "invoice.paid", UnixTime::from_seconds(0), r#"{"n":7}"#);
/// assert_eq!(
///     payload,
///     r#"{"id":"msg_1","type":"invoice.paid","timestamp":"1970-01-01T00:00:00Z","data":{"n":7}}"#
/// );
/// ```
pub fn write_payload(id: &str, event_type: &str, time: UnixTime, data: &str) -> String {
    let mut payload = String::with_capacity(data.len() + id.len() + event_type.len() + 64);
    payload.push_str("{\"id\":");
    push_string(&mut payload, id);
    payload.push_str(",\"type\":");
    push_string(&mut payload, event_type);
    payload.push_str(",\"timestamp\":");
    match TimestampFormat::Rfc3339.write(time) {
        Some(time) => push_string(&mut payload, &time),
        None => payload.push_str("null"),
    }
    payload.push_str(",\"data\":");
    payload.push_str(data);
    payload.push('}');
    payload
}

/// A JSON string, with the escapes that RFC 8259 demands and no others.
pub(crate) fn push_string(payload: &mut String, text: &str) {
    payload.push('"');
    push_escaped(payload, text);
    payload.push('"');
}

/// What stands between the quotes of such a string.
pub(crate) fn push_escaped(payload: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => payload.push_str("\\\""),
            '\\' => payload.push_str("\\\\"),
            '\n' => payload.push_str("\\n"),
            '\r' => payload.push_str("\\r"),
            '\t' => payload.push_str("\\t"),
            '\0'..='\u{1f}' => {
                payload.push_str("\\u00");
                let digit = |value| char::from_digit(value, 16).unwrap_or_default();
                payload.push(digit(u32::from(character) >> 4));
                payload.push(digit(u32::from(character) & 0xf));
            }
            _ => payload.push(character),
        }
    }
}
