//! What a receiver answers.

use alloc::string::String;
use core::time::Duration;

use countersign::{Answer, AnswerForm, Error, Handling};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{failure, written};

/// The answer for an authentic event; `None` if there is no such word.
#[wasm_bindgen]
pub fn event_answer(
    handling: &str,
    id: Option<String>,
    event_type: Option<String>,
    form: &str,
) -> Option<String> {
    let handling = Handling::named(handling)?;
    let answer = Answer::event(handling, id.as_deref(), event_type.as_deref());
    Some(text(answer, form))
}

/// The answer for a request that is not taken; `retry_after` is in milliseconds.
#[wasm_bindgen]
pub fn refusal_answer(
    code: &str,
    message: &str,
    retry_after: Option<f64>,
    allowed_methods: &str,
    form: &str,
) -> String {
    let retry_after = retry_after.map(|wait| Duration::from_millis(wait as u64));
    let answer = Answer::refusal(code, message, retry_after, allowed_methods);
    text(answer, form)
}

/// In the form of this word, which comes from a webhook.
fn text(answer: Answer, form: &str) -> String {
    let form = AnswerForm::named(form).unwrap_or(AnswerForm::Described);
    written::answer(&answer.in_form(form))
}

/// The failure that TypeScript found while doing I/O: its code, and how many milliseconds or bytes
/// that is about. Empty if there is none of this code.
#[wasm_bindgen]
pub fn refusal(code: &str, number: f64) -> String {
    Error::found_by_host(code, number as u64).map_or_else(String::new, failure::text)
}
