//! What PostgreSQL has otherwise than SQLite.

use alloc::string::String;

use countersign::sql::postgres;
use wasm_bindgen::prelude::wasm_bindgen;

/// The statement as PostgreSQL wants it.
#[wasm_bindgen]
pub fn postgres_numbered(statement: &str) -> String {
    postgres::numbered(statement)
}

/// A text as PostgreSQL can hold it.
#[wasm_bindgen]
pub fn encode_postgres_text(text: &str) -> String {
    postgres::encode_text(text).into_owned()
}

/// The text that was encoded.
#[wasm_bindgen]
pub fn decode_postgres_text(stored: &str) -> String {
    postgres::decode_text(stored).into_owned()
}
