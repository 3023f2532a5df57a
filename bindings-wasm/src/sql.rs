//! The tables and statements of stores in SQL databases.

use alloc::string::String;

use countersign::sql::{guards, inbox, postgres};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::statements::listed;

/// The statements on claims and rates: the name of each and its text in turn.
#[wasm_bindgen]
pub fn guard_statements() -> String {
    listed(&guards::STATEMENTS)
}

/// The statements on an inbox: the name of each and its text in turn.
#[wasm_bindgen]
pub fn inbox_statements() -> String {
    listed(&inbox::STATEMENTS)
}

/// The statement that lists events with these conditions.
#[wasm_bindgen]
pub fn inbox_events(of_state: bool, of_type: bool, before: bool) -> String {
    inbox::events(of_state, of_type, before)
}

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
