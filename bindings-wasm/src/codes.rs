//! What is known of errors by their codes, and the one that TypeScript finds.

use alloc::string::String;

use countersign::Error;
use countersign::error::{ConfigurationError, UnsupportedBody};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::text;
use crate::report::lines;

/// What is wrong with a body that is no bytes.
#[wasm_bindgen]
pub fn unsupported_body(lone_surrogate: bool) -> String {
    text(ConfigurationError::UnsupportedBody(if lone_surrogate {
        UnsupportedBody::LoneSurrogate
    } else {
        UnsupportedBody::Parsed
    }))
}

/// The failure of a fetcher of keys.
#[cfg(feature = "asymmetric")]
#[wasm_bindgen]
pub fn key_unavailable() -> String {
    text(countersign::GuardError::KeyUnavailable)
}

/// Every code and the name of its class, a line each.
#[wasm_bindgen]
pub fn error_codes() -> String {
    lines(Error::codes().flat_map(|(code, class)| [code, class]))
}

/// The status that answers an error with this code.
#[wasm_bindgen]
pub fn error_status(code: &str) -> u16 {
    Error::status_of(code)
}
