//! Dedupe keys as stores have them. It is here because the receiver's module knows no SHA-256.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

/// A dedupe key as the table of an inbox has it.
#[wasm_bindgen]
pub fn stored_key(key: &str) -> String {
    countersign::sql::inbox::stored_key(key).into_owned()
}
