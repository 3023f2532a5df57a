//! JSON, written as it is needed here.

use alloc::string::{String, ToString};

use crate::answer::push_json;

pub(super) fn push_counts<'a>(json: &mut String, counts: impl Iterator<Item = (&'a str, u64)>) {
    let mut before = "{";
    for (name, count) in counts {
        push_text(json, before, Some(name));
        json.push_str(": ");
        push_number(json, count);
        before = ", ";
    }
    json.push_str(if before == "{" { "{}" } else { "}" });
}

pub(super) fn push_list<T>(
    json: &mut String,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    json.push('[');
    let mut before = "";
    for item in items {
        json.push_str(before);
        push(json, item);
        before = ", ";
    }
    json.push(']');
}

pub(super) fn push_or_null<T>(
    json: &mut String,
    value: Option<T>,
    push: impl FnOnce(&mut String, T),
) {
    match value {
        None => json.push_str("null"),
        Some(value) => push(json, value),
    }
}

/// A text, after what stands before it.
pub(super) fn push_text(json: &mut String, before: &str, text: Option<&str>) {
    json.push_str(before);
    push_json(json, text);
}

/// A number, after what stands before it.
pub(super) fn push_named(json: &mut String, before: &str, number: u64) {
    json.push_str(before);
    push_number(json, number);
}

pub(super) fn push_number(json: &mut String, number: u64) {
    json.push_str(&number.to_string());
}
