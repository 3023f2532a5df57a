//! Writes signatures, and what else of an attempt they cover, into a JSON body.

use alloc::string::String;
use alloc::vec::Vec;

use super::field::{Field, Value};
use super::signed::{SignedItem, elements, item, locate, malformed, missing, once};
use crate::error::{SignatureAbsence, SignedFieldDefect, VerificationError};
use crate::payload::push_string;
use crate::scheme::{Definition, InBody, Path};

/// The body with its signatures, of which `prove` gives each.
pub(crate) fn with_signatures(
    definition: &Definition,
    in_body: &InBody,
    text: &str,
    prove: &dyn Fn(&SignedItem<'_>) -> Result<String, VerificationError>,
) -> Result<String, VerificationError> {
    let Some(path) = &in_body.items else {
        return with_signature(definition, in_body, text, prove);
    };
    let fields = locate(core::slice::from_ref(path), path, text)?;
    let array = fields.first().map_or(Ok(None), |field| once(path, field))?;
    let mut signed = String::from("[");
    for element in array.into_iter().flat_map(elements) {
        if signed.len() > 1 {
            signed.push(',');
        }
        signed.push_str(&with_signature(definition, in_body, element, prove)?);
    }
    if signed.len() == 1 {
        return Err(missing(path, SignatureAbsence::NoItems));
    }
    signed.push(']');
    with_field(text, path, &signed)
}

fn with_signature(
    definition: &Definition,
    in_body: &InBody,
    text: &str,
    prove: &dyn Fn(&SignedItem<'_>) -> Result<String, VerificationError>,
) -> Result<String, VerificationError> {
    let path = &in_body.paths[0];
    // Where it will be decides what is around it.
    let unsigned = with_field(text, path, "\"\"")?;
    let proof = prove(&item(definition, in_body, &unsigned)?)?;
    with_text(&unsigned, path, &proof)
}

/// The object with this text as the field at the path.
pub(crate) fn with_text(
    object: &str,
    path: &Path,
    text: &str,
) -> Result<String, VerificationError> {
    let mut json = String::new();
    push_string(&mut json, text);
    with_field(object, path, &json)
}

/// The object with this JSON as the field at the path, in the place of what is there, or else as the
/// first in the innermost object that is on the way.
fn with_field(object: &str, path: &Path, json: &str) -> Result<String, VerificationError> {
    let mut ways = Vec::new();
    for depth in 0..path.len() {
        ways.extend(Path::parse(path.up_to(depth)));
    }
    let fields = locate(&ways, path, object)?;
    if fields.iter().any(|field| field.repeated_at.is_some()) {
        return Err(malformed(path, SignedFieldDefect::Repeated));
    }
    let is_way = |field: &Field<'_>| matches!(field.value, Some(Value::Json(_)));
    let depth = fields.iter().rposition(is_way);
    let (depth, found) = match depth.map(|depth| (depth, &fields[depth].value)) {
        Some((depth, Some(Value::Json(found)))) => (depth + 1, *found),
        _ => (0, object.trim_matches(super::json::is_whitespace)),
    };
    let start = found.as_ptr().addr() - object.as_ptr().addr();
    let (mut written, mut rest) = (String::from(&object[..start]), &object[start..]);
    match depth < path.len() && found.starts_with('{') {
        true => {
            rest = &rest[1..];
            written.push('{');
            push_member(&mut written, path, depth, json);
            let is_empty = rest
                .trim_start_matches(super::json::is_whitespace)
                .starts_with('}');
            written.push_str(if is_empty { "" } else { "," });
        }
        false => {
            rest = &rest[found.len()..];
            push_value(&mut written, path, depth, json);
        }
    }
    written.push_str(rest);
    Ok(written)
}

/// The value at this depth of the path: objects on the way to the JSON at its end.
fn push_value(written: &mut String, path: &Path, depth: usize, json: &str) {
    if depth == path.len() {
        return written.push_str(json);
    }
    written.push('{');
    push_member(written, path, depth, json);
    written.push('}');
}

fn push_member(written: &mut String, path: &Path, depth: usize, json: &str) {
    push_string(written, path.name(depth));
    written.push(':');
    push_value(written, path, depth + 1, json);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_replaced_or_added() {
        let with = |object| with_field(object, &Path::parse("a.b").unwrap(), "7").unwrap();
        assert_eq!(with("{}"), r#"{"a":{"b":7}}"#);
        assert_eq!(with(" { } "), r#" {"a":{"b":7} } "#);
        assert_eq!(with(r#"{"c":1}"#), r#"{"a":{"b":7},"c":1}"#);
        assert_eq!(with(r#"{"a":{"c":1}}"#), r#"{"a":{"b":7,"c":1}}"#);
        assert_eq!(with(r#"{"a":{}}"#), r#"{"a":{"b":7}}"#);
        assert_eq!(with(r#"{"a": null}"#), r#"{"a": {"b":7}}"#);
        assert_eq!(
            with(r#"{"x":0,"a":{"b": [1, 2] ,"c":1}}"#),
            r#"{"x":0,"a":{"b": 7 ,"c":1}}"#
        );
    }
}
