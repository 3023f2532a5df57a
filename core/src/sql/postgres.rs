//! What PostgreSQL has otherwise than SQLite.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};

/// The statement with `$1`, `$2` and so on in the places of its values.
///
/// ```
/// use countersign::sql::postgres::numbered;
/// assert_eq!(numbered("number = ? AND token = ?"), "number = $1 AND token = $2");
/// ```
pub fn numbered(statement: &str) -> String {
    let mut pieces = statement.split('?');
    let mut numbered = pieces.next().unwrap_or_default().to_string();
    for (index, piece) in pieces.enumerate() {
        numbered.push('$');
        numbered.push_str(&(index + 1).to_string());
        numbered.push_str(piece);
    }
    numbered
}

/// A text as PostgreSQL can hold it, which has no NUL: `\0` stands for NUL, and `\\` for `\`.
///
/// ```
/// use countersign::sql::postgres::{decode_text, encode_text};
/// assert_eq!(encode_text("a\0b\\c"), r"a\0b\\c");
/// assert_eq!(decode_text(r"a\0b\\c"), "a\0b\\c");
/// ```
pub fn encode_text(text: &str) -> Cow<'_, str> {
    if text.contains(['\0', '\\']) {
        Cow::Owned(text.replace('\\', r"\\").replace('\0', r"\0"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that was encoded.
pub fn decode_text(stored: &str) -> Cow<'_, str> {
    if !stored.contains('\\') {
        return Cow::Borrowed(stored);
    }
    let mut text = String::with_capacity(stored.len());
    let mut characters = stored.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(match characters.next() {
                Some('0') => '\0',
                // Itself; nothing else was written.
                other => other.unwrap_or('\\'),
            }),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}
