//! Bodies as they may have been signed, of one that was changed on its way.

use alloc::vec;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};

use super::finding::{Facts, FindingCode};
use super::{form, json};

/// The longest body, in bytes, that is written in other forms than that of its ends and lines.
pub const MAX_REWRITTEN_BODY: usize = 1 << 20;

/// The longest of those forms, in bytes, that is tried: indentation can make a body a hundred times as
/// long.
pub const MAX_VARIANT: usize = 4 * MAX_REWRITTEN_BODY;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const REPLACEMENT: &[u8] = b"\xef\xbf\xbd";

/// Is called with each variant until it says that one fits.
pub(super) type Try<'t> = dyn FnMut(FindingCode, Facts, &[u8]) -> bool + 't;

/// Tries each variant of a body that is not empty; whether one fits.
pub(super) fn variants(body: &[u8], attempt: &mut Try<'_>) -> bool {
    if body.is_empty() {
        return false;
    }
    ends(body, attempt)
        || lines(body, attempt)
        || body.len() <= MAX_REWRITTEN_BODY
            && (wrapped(body, attempt)
                || recoded(body, attempt)
                || json::layouts(body, attempt)
                || form::escapes(body, attempt))
}

fn ends(body: &[u8], attempt: &mut Try<'_>) -> bool {
    let newline = |change: &'static str, newline: &'static str| -> Facts {
        vec![("change", change.into()), ("newline", newline.into())]
    };
    let code = FindingCode::TrailingNewline;
    let fits = if let Some(rest) = body.strip_suffix(b"\n") {
        // What was signed may itself end with a carriage return.
        let of_windows = rest.strip_suffix(b"\r");
        of_windows.is_some_and(|rest| attempt(code, newline("added", "crlf"), rest))
            || attempt(code, newline("added", "lf"), rest)
    } else {
        attempt(code, newline("lost", "lf"), &[body, b"\n"].concat())
            || attempt(code, newline("lost", "crlf"), &[body, b"\r\n"].concat())
    };
    let code = FindingCode::ByteOrderMark;
    fits || match body.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => attempt(code, vec![("change", "added".into())], rest),
        None => {
            let whole = [BYTE_ORDER_MARK, body].concat();
            attempt(code, vec![("change", "lost".into())], &whole)
        }
    }
}

fn lines(body: &[u8], attempt: &mut Try<'_>) -> bool {
    let mut with_lf = Vec::with_capacity(body.len());
    let mut with_crlf = Vec::with_capacity(body.len());
    for (at, byte) in body.iter().enumerate() {
        let is_end = *byte == b'\r' && body.get(at + 1) == Some(&b'\n');
        if !is_end {
            with_lf.push(*byte);
        }
        if *byte == b'\n' && (at == 0 || body[at - 1] != b'\r') {
            with_crlf.push(b'\r');
        }
        with_crlf.push(*byte);
    }
    [("lf", with_lf), ("crlf", with_crlf)]
        .into_iter()
        .any(|(signed, variant)| {
            let facts = vec![("signed", signed.into())];
            variant != body && attempt(FindingCode::LineEndings, facts, &variant)
        })
}

/// What holds the body as a text.
fn wrapped(body: &[u8], attempt: &mut Try<'_>) -> bool {
    let text = core::str::from_utf8(body).ok();
    let decoded = text.and_then(|text| Base64::decode_vec(text).ok());
    let unquoted = text.and_then(json::unquoted);
    decoded.is_some_and(|inner| attempt(FindingCode::BodyIsBase64, vec![], &inner))
        || unquoted
            .is_some_and(|inner| attempt(FindingCode::BodyIsJsonString, vec![], inner.as_bytes()))
}

fn recoded(body: &[u8], attempt: &mut Try<'_>) -> bool {
    if body.is_ascii() {
        return false;
    }
    let (fault, signed): (&'static str, Option<Vec<u8>>) = match core::str::from_utf8(body) {
        Ok(text) => {
            let bytes = text.chars().map(|character| u8::try_from(character).ok());
            ("decoded_as_latin_1", bytes.collect())
        }
        Err(_) => {
            let text: alloc::string::String = body.iter().copied().map(char::from).collect();
            ("encoded_as_latin_1", Some(text.into_bytes()))
        }
    };
    let facts = vec![("fault", fault.into())];
    signed.is_some_and(|signed| attempt(FindingCode::BodyRecoded, facts, &signed))
}

/// How many replacement characters it holds.
pub(super) fn replacements(body: &[u8]) -> usize {
    let windows = body.windows(REPLACEMENT.len());
    windows.filter(|window| *window == REPLACEMENT).count()
}
