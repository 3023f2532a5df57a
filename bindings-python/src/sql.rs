//! The tables and statements of stores in SQL databases, as core has them.

use countersign::sql::{guards, inbox, postgres};
use pyo3::prelude::*;

type Statements<const COUNT: usize> = [(&'static str, &'static str); COUNT];

/// The table and the statements of claims and rates in SQLite, by name.
#[pyfunction]
pub(crate) fn guard_statements() -> Statements<8> {
    guards::STATEMENTS
}

/// The tables and the statements of an inbox, by name.
#[pyfunction]
pub(crate) fn inbox_statements() -> Statements<17> {
    inbox::STATEMENTS
}

/// The statement that lists events of an inbox: with those that are wanted of a state, a type and a
/// number before which they are; then at most how many.
#[pyfunction]
pub(crate) fn list_events_statement(of_state: bool, of_type: bool, before: bool) -> String {
    inbox::events(of_state, of_type, before)
}

/// A dedupe key as the table of an inbox has it.
#[pyfunction]
pub(crate) fn stored_key(key: &str) -> String {
    inbox::stored_key(key).into_owned()
}

/// A text as PostgreSQL can hold it.
///
/// >>> from countersign._countersign import decode_postgres_text, encode_postgres_text
/// >>> encode_postgres_text("a\0b")
/// 'a\\0b'
/// >>> decode_postgres_text('a\\0b') == "a\0b"
/// True
#[pyfunction]
pub(crate) fn encode_postgres_text(text: &str) -> String {
    postgres::encode_text(text).into_owned()
}

/// The text that was encoded.
#[pyfunction]
pub(crate) fn decode_postgres_text(stored: &str) -> String {
    postgres::decode_text(stored).into_owned()
}
