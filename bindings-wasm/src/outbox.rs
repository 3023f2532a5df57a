//! What an outbox holds: payloads, subscriptions, and the statements on its tables.

use alloc::borrow::ToOwned;
use alloc::string::String;

use countersign::error::MessageDefect;
use countersign::sql::outbox::{self, Wanted};
use countersign::{ConfigurationError, DeliveryError, Error, PayloadError, Routes, UnixTime};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{text, thrown};
use crate::statements::listed;

const STATEMENTS: [(&str, &str); 53] = [
    ("sqlite_schema", outbox::SQLITE_SCHEMA),
    ("postgres_schema", outbox::POSTGRES_SCHEMA),
    ("send", outbox::SEND),
    ("deliver", outbox::DELIVER),
    ("publish", outbox::PUBLISH),
    ("fan_out", outbox::FAN_OUT),
    ("sent", outbox::SENT),
    ("put_endpoint", outbox::PUT_ENDPOINT),
    ("add_endpoint", outbox::ADD_ENDPOINT),
    ("put_secrets", outbox::PUT_SECRETS),
    ("unsubscribe", outbox::UNSUBSCRIBE),
    ("subscribe", outbox::SUBSCRIBE),
    ("reorder", outbox::REORDER),
    ("delete_endpoint", outbox::DELETE_ENDPOINT),
    ("endpoint", outbox::ENDPOINT),
    ("endpoint_of_number", outbox::ENDPOINT_OF_NUMBER),
    ("endpoints", outbox::ENDPOINTS),
    ("subscriptions", outbox::SUBSCRIPTIONS),
    ("put_health", outbox::PUT_HEALTH),
    ("lock", outbox::LOCK),
    ("standing", outbox::STANDING),
    ("pace", outbox::PACE),
    ("block", outbox::BLOCK),
    ("pending", outbox::PENDING),
    ("waiting", outbox::WAITING),
    ("take", outbox::TAKE),
    ("message", outbox::MESSAGE),
    ("renew", outbox::RENEW),
    ("release", outbox::RELEASE),
    ("settle", outbox::SETTLE),
    ("record", outbox::RECORD),
    ("expired", outbox::EXPIRED),
    ("reclaim", outbox::RECLAIM),
    ("set_blocks_back", outbox::SET_BLOCKS_BACK),
    ("set_clock_back", outbox::SET_CLOCK_BACK),
    ("bury", outbox::BURY),
    ("delivery", outbox::DELIVERY),
    ("payload", outbox::PAYLOAD),
    ("attempts", outbox::ATTEMPTS),
    ("counts", outbox::COUNTS),
    ("standings", outbox::STANDINGS),
    ("latest_attempts", outbox::LATEST_ATTEMPTS),
    ("replay_one", outbox::REPLAY_ONE),
    ("begin_replay", outbox::BEGIN_REPLAY),
    ("replays", outbox::REPLAYS),
    ("running_replays", outbox::RUNNING_REPLAYS),
    ("put_replay", outbox::PUT_REPLAY),
    ("cancel_replay", outbox::CANCEL_REPLAY),
    ("settled", outbox::SETTLED),
    ("delete_attempts", outbox::DELETE_ATTEMPTS),
    ("delete_delivery", outbox::DELETE_DELIVERY),
    ("delete_message", outbox::DELETE_MESSAGE),
    ("lonely_messages", outbox::LONELY_MESSAGES),
];

/// The statements on an outbox: the name of each and its text in turn.
#[wasm_bindgen]
pub fn outbox_statements() -> String {
    listed(&STATEMENTS)
}

/// The statement that lists deliveries: a bit for each condition, in the order of their values, and
/// then one for dead letters, which has no value.
#[wasm_bindgen]
pub fn outbox_deliveries(conditions: u32) -> String {
    outbox::deliveries(wanted(conditions))
}

/// The statement that counts these deliveries.
#[wasm_bindgen]
pub fn outbox_count(conditions: u32) -> String {
    outbox::count(wanted(conditions))
}

/// The statement that has the numbers of these deliveries.
#[wasm_bindgen]
pub fn outbox_numbers(conditions: u32) -> String {
    outbox::numbers(wanted(conditions))
}

fn wanted(conditions: u32) -> Wanted {
    let has = |place: u32| conditions >> place & 1 == 1;
    Wanted {
        state: has(0),
        endpoint: has(1),
        event_type: has(2),
        reason: has(3),
        since: has(4),
        until: has(5),
        before: has(6),
        after: has(7),
        last: has(8),
        is_dead: has(9),
    }
}

/// Of a pattern of event types the beginning, after a star if more may follow it.
///
/// # Errors
/// `malformed_pattern`.
#[wasm_bindgen]
pub fn subscription(pattern: &str) -> Result<String, JsValue> {
    Routes::new().add(pattern).map_err(thrown)?;
    let (beginning, is_whole) = outbox::subscription(pattern);
    let mut parts = String::from(if is_whole { "=" } else { "*" });
    parts.push_str(beginning);
    Ok(parts)
}

/// The body of a message; the time is in milliseconds.
#[wasm_bindgen]
pub fn write_payload(id: &str, event_type: &str, time: f64, data: &str) -> String {
    countersign::write_payload(id, event_type, UnixTime::from_millis(time as u64), data)
}

/// What sending fails of, by a word: the code, or what is wrong with a message.
#[wasm_bindgen]
pub fn delivery_failure(word: &str) -> String {
    use DeliveryError::MalformedMessage;
    let error: Error = match word {
        "name" => MalformedMessage(MessageDefect::Name).into(),
        "data" => MalformedMessage(MessageDefect::Data).into(),
        "length" => MalformedMessage(MessageDefect::Length).into(),
        "setting" => MalformedMessage(MessageDefect::Setting).into(),
        "unknown_endpoint" => DeliveryError::UnknownEndpoint.into(),
        "unreadable_secret" => DeliveryError::UnreadableSecret.into(),
        "outbox_unavailable" => DeliveryError::OutboxUnavailable.into(),
        "malformed_schema" => ConfigurationError::MalformedSchema.into(),
        "schema_mismatch" => PayloadError::SchemaMismatch.into(),
        // A word of no failure: TypeScript has none.
        _ => return "".to_owned(),
    };
    text(error)
}
