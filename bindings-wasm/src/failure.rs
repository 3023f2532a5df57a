//! Failures as JavaScript takes them: class, code, milliseconds to wait if any, and message.

use alloc::string::{String, ToString};
use countersign::Error;
use countersign::error::{ConfigurationError, UnsupportedBody};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::report::lines;

/// What separates the four; no message holds it.
const SEPARATOR: &str = "\n";

pub(crate) fn text(error: impl Into<Error>) -> String {
    let error = error.into();
    let wait = match &error {
        Error::Guard(error) => error.retry_after(),
        _ => None,
    };
    let wait = wait.map_or_else(String::new, |wait| wait.as_millis().to_string());
    let message = error.to_string();
    [error.class(), error.code(), &wait, &message].join(SEPARATOR)
}

/// A failure to be thrown; the TypeScript makes it an instance of its class.
pub(crate) fn thrown(error: impl Into<Error>) -> JsValue {
    JsValue::from_str(&text(error))
}

/// What is wrong with a body that is no bytes.
#[wasm_bindgen]
pub fn unsupported_body(lone_surrogate: bool) -> String {
    text(ConfigurationError::UnsupportedBody(if lone_surrogate {
        UnsupportedBody::LoneSurrogate
    } else {
        UnsupportedBody::Parsed
    }))
}

/// Every code and the name of its class, a line each.
#[wasm_bindgen]
pub fn error_codes() -> String {
    lines(Error::codes().flat_map(|(code, class)| [code, class]))
}
