//! Statements on their way to JavaScript.

use alloc::string::String;
use alloc::vec::Vec;

/// The name of each and its text in turn, with a NUL between.
pub(crate) fn listed(statements: &[(&str, &str)]) -> String {
    let texts = statements.iter().flat_map(|(name, text)| [*name, *text]);
    texts.collect::<Vec<_>>().join("\0")
}
