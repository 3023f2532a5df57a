//! JSON in other layouts: the same tokens, with other spaces and escapes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::body::{MAX_VARIANT, Try};
use super::finding::FindingCode;
use crate::event::{is_json, unescape};

/// How many spaces an inner line is indented by, or what follows commas and colons.
#[derive(Clone, Copy)]
enum Layout {
    OneLine(&'static str),
    Lines(usize),
}

const LAYOUTS: [(&str, Layout); 4] = [
    ("compact", Layout::OneLine("")),
    ("spaced", Layout::OneLine(" ")),
    ("indent_2", Layout::Lines(2)),
    ("indent_4", Layout::Lines(4)),
];

/// Which characters of a string are escaped besides those that must be.
#[derive(Clone, Copy)]
struct Escapes {
    beyond_ascii: bool,
    slashes: bool,
    /// `<`, `>`, `&`, U+2028 and U+2029, as Go does.
    html: bool,
}

const fn escapes(beyond_ascii: bool, slashes: bool, html: bool) -> Option<Escapes> {
    Some(Escapes {
        beyond_ascii,
        slashes,
        html,
    })
}

/// `None` leaves strings as they are written.
const ESCAPES: [(&str, Option<Escapes>); 6] = [
    ("kept", None),
    ("plain", escapes(false, false, false)),
    ("ascii", escapes(true, false, false)),
    ("slashes", escapes(false, true, false)),
    ("ascii_slashes", escapes(true, true, false)),
    ("html", escapes(false, false, true)),
];

/// Tries every layout with every way to escape, if the body is JSON.
pub(super) fn layouts(body: &[u8], attempt: &mut Try<'_>) -> bool {
    let Some(text) = core::str::from_utf8(body).ok().filter(|text| is_json(text)) else {
        return false;
    };
    let tokens = tokens(text);
    LAYOUTS.iter().any(|(layout_name, layout)| {
        let mut tried: Vec<String> = Vec::new();
        ESCAPES.iter().any(|(escapes_name, escapes)| {
            let Some(variant) = write(&tokens, *layout, *escapes) else {
                return false;
            };
            if variant == text || tried.contains(&variant) {
                return false;
            }
            let facts = vec![
                ("layout", (*layout_name).into()),
                ("escapes", (*escapes_name).into()),
            ];
            let fits = attempt(FindingCode::BodyReserialised, facts, variant.as_bytes());
            tried.push(variant);
            fits
        })
    })
}

/// The text of a JSON string that is the whole of this.
pub(super) fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let is_string = text.starts_with('"') && string_end(text) == text.len();
    is_string.then(|| unescape(text))?
}

/// Brackets, commas, colons, strings with their quotes, and what is neither.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let end = match first {
            b' ' | b'\t' | b'\n' | b'\r' => {
                rest = &rest[1..];
                continue;
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_end(rest),
            _ => {
                let is_end = |c: char| " \t\n\r,:]}".contains(c);
                rest.find(is_end).unwrap_or(rest.len())
            }
        };
        let token;
        (token, rest) = rest.split_at(end);
        tokens.push(token);
    }
    tokens
}

/// Behind the quote that ends the string at the start of this text, or the text's end.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `None` if a string cannot be escaped so, since it is no text, and of what is too long to be tried.
fn write(tokens: &[&str], layout: Layout, escapes: Option<Escapes>) -> Option<String> {
    let mut json = String::new();
    let mut depth = 0_usize;
    let mut before = "";
    for (index, token) in tokens.iter().enumerate() {
        let is_empty = |closing: &str| {
            matches!(*token, "{" | "[")
                && tokens.get(index + 1).is_some_and(|next| *next == closing)
        };
        match *token {
            "{" | "[" => {
                json.push_str(token);
                if !(is_empty("}") || is_empty("]")) {
                    depth += 1;
                    break_line(&mut json, layout, depth);
                }
            }
            "}" | "]" => {
                if !matches!(before, "{" | "[") {
                    depth = depth.saturating_sub(1);
                    break_line(&mut json, layout, depth);
                }
                json.push_str(token);
            }
            "," => {
                json.push(',');
                match layout {
                    Layout::OneLine(space) => json.push_str(space),
                    Layout::Lines(_) => break_line(&mut json, layout, depth),
                }
            }
            ":" => {
                json.push(':');
                json.push_str(match layout {
                    Layout::OneLine(space) => space,
                    Layout::Lines(_) => " ",
                });
            }
            string if string.starts_with('"') => match escapes {
                None => json.push_str(string),
                Some(escapes) => push_string(&mut json, &unescape(string)?, escapes),
            },
            other => json.push_str(other),
        }
        if json.len() > MAX_VARIANT {
            return None;
        }
        before = token;
    }
    Some(json)
}

fn break_line(json: &mut String, layout: Layout, depth: usize) {
    if let Layout::Lines(width) = layout {
        json.push('\n');
        json.extend(core::iter::repeat_n(' ', width * depth));
    }
}

fn push_string(json: &mut String, text: &str, escapes: Escapes) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '/' if escapes.slashes => json.push_str("\\/"),
            '\0'..' ' => push_units(json, character),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if escapes.html => {
                push_units(json, character);
            }
            '\u{7f}'.. if escapes.beyond_ascii => push_units(json, character),
            _ => json.push(character),
        }
    }
    json.push('"');
}

fn push_units(json: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        json.push_str("\\u");
        let digits = [12, 8, 4, 0].map(|shift| u32::from(*unit) >> shift & 0xf);
        json.extend(
            digits
                .iter()
                .filter_map(|digit| char::from_digit(*digit, 16)),
        );
    }
}
