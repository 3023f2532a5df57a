//! Forms with other escapes, or in order.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::body::Try;
use super::finding::FindingCode;

/// Tries the ways to write a form, if the body looks like one.
pub(super) fn escapes(body: &[u8], attempt: &mut Try<'_>) -> bool {
    let Some(text) = core::str::from_utf8(body).ok().filter(|text| is_form(text)) else {
        return false;
    };
    type Write = fn(&str) -> String;
    let ways: [(&'static str, Write); 7] = [
        ("plus", |text| text.replace("%20", "+")),
        ("percent_20", |text| text.replace('+', "%20")),
        ("upper_hex", |text| {
            with_hex(text, |byte| byte.to_ascii_uppercase())
        }),
        ("lower_hex", |text| {
            with_hex(text, |byte| byte.to_ascii_lowercase())
        }),
        ("browser_percent_20", |text| {
            browser(text).replace('+', "%20")
        }),
        ("browser", browser),
        ("sorted", sorted),
    ];
    ways.iter().any(|(signed, write)| {
        let variant = write(text);
        let facts = vec![("signed", (*signed).into())];
        variant != text && attempt(FindingCode::FormRewritten, facts, variant.as_bytes())
    })
}

/// As browsers write it.
fn browser(text: &str) -> String {
    let pairs = form_urlencoded::parse(text.as_bytes());
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn sorted(text: &str) -> String {
    let mut pairs: Vec<&str> = text.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn is_form(text: &str) -> bool {
    text.contains('=')
        && !text.starts_with(['{', '[', '<', '"'])
        && text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

/// The two characters behind each `%` in another case.
fn with_hex(text: &str, change: fn(u8) -> u8) -> String {
    let bytes = text.as_bytes();
    let is_hex = |at: usize| {
        let percent = |back: usize| at.checked_sub(back).is_some_and(|at| bytes[at] == b'%');
        percent(1) || percent(2)
    };
    let changed = bytes.iter().enumerate().map(|(at, byte)| match is_hex(at) {
        true => change(*byte),
        false => *byte,
    });
    changed.map(char::from).collect()
}
