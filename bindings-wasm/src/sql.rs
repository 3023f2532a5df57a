//! The tables and statements of stores in SQL databases.

use alloc::string::String;

use countersign::sql::{guards, inbox};
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
