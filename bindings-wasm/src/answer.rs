//! What a receiver answers: the status, names and values of headers, an empty line and the body, a
//! line each.

use alloc::string::{String, ToString};
use core::time::Duration;

use countersign::{Answer, Error, Handling};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure;

/// The answer for an authentic event; `None` if there is no such word.
#[wasm_bindgen]
pub fn event_answer(
    handling: &str,
    id: Option<String>,
    event_type: Option<String>,
) -> Option<String> {
    let handling = Handling::named(handling)?;
    Some(text(&Answer::event(
        handling,
        id.as_deref(),
        event_type.as_deref(),
    )))
}

/// The answer for a request that is not taken; `retry_after` is in milliseconds.
#[wasm_bindgen]
pub fn refusal_answer(
    code: &str,
    message: &str,
    retry_after: Option<f64>,
    allowed_methods: &str,
) -> String {
    let retry_after = retry_after.map(|wait| Duration::from_millis(wait as u64));
    text(&Answer::refusal(
        code,
        message,
        retry_after,
        allowed_methods,
    ))
}

/// The answer to a handshake.
#[wasm_bindgen]
pub fn challenge_answer(challenge: &str) -> String {
    text(&Answer::challenge(challenge))
}

fn text(answer: &Answer) -> String {
    let mut text = answer.status().to_string();
    for (name, value) in answer.headers() {
        for line in [name, value.as_str()] {
            text.push('\n');
            text.push_str(line);
        }
    }
    text.push_str("\n\n");
    text.push_str(answer.body());
    text
}

/// The failure that TypeScript found while doing I/O: its code, and how many milliseconds or bytes
/// that is about. Empty if there is none of this code.
#[wasm_bindgen]
pub fn refusal(code: &str, number: f64) -> String {
    Error::found_by_host(code, number as u64).map_or_else(String::new, failure::text)
}
