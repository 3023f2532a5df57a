//! The signatures in a body with what they cover, which must be read before anything is verified: in
//! bounded work, and only where every reader reads the same.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::iter;

use super::field::{Field, Value};
use super::json::{self, is_whitespace};
use crate::error::{SignatureAbsence, SignedFieldDefect, VerificationError};
use crate::scheme::{Definition, InBody, Part, Path};
use crate::signature::MAX_CANDIDATES;

/// One signature in a body.
pub(crate) struct SignedItem<'a> {
    pub(crate) signature: Cow<'a, str>,
    /// What stands for the fields of the content, in its order.
    pub(crate) fields: Vec<Cow<'a, str>>,
    pub(crate) before: &'a [u8],
    pub(crate) after: &'a [u8],
}

/// All signatures of a body: one, or one for each item, of which there is at least one.
#[inline(never)]
pub(crate) fn signed_items<'a>(
    definition: &Definition,
    in_body: &InBody,
    body: &'a [u8],
) -> Result<Vec<SignedItem<'a>>, VerificationError> {
    let text = core::str::from_utf8(body).map_err(|_| not_object(in_body))?;
    let Some(path) = &in_body.items else {
        return Ok(vec![item(definition, in_body, text)?]);
    };
    let array = locate(core::slice::from_ref(path), path, text)?;
    let array = array.first().map_or(Ok(None), |field| once(path, field))?;
    let mut items = Vec::new();
    for element in array.into_iter().flat_map(elements) {
        if items.len() == MAX_CANDIDATES {
            return Err(malformed(path, SignedFieldDefect::TooManyItems));
        }
        items.push(item(definition, in_body, element)?);
    }
    match items.is_empty() {
        true => Err(missing(path, SignatureAbsence::NoItems)),
        false => Ok(items),
    }
}

pub(super) fn item<'a>(
    definition: &Definition,
    in_body: &InBody,
    text: &'a str,
) -> Result<SignedItem<'a>, VerificationError> {
    let path = &in_body.paths[0];
    let located = locate(&in_body.paths, path, text)?;
    let json = once(path, &located[0])?.ok_or_else(|| missing(path, SignatureAbsence::NoField))?;
    let signature = match json.starts_with('"') {
        true => json::unescape(json),
        false => None,
    };
    let signature = signature.ok_or_else(|| not_signature(definition, path))?;
    // What was located lies in the text; its first and last characters are quotation marks.
    let start = json.as_ptr().addr() - text.as_ptr().addr() + 1;
    let end = start + json.len() - 2;
    let parts = definition.content.iter();
    let parts = parts.filter(|part| matches!(part, Part::Field(_) | Part::Line(_)));
    let mut fields = Vec::new();
    for ((part, path), field) in parts.zip(&in_body.paths[1..]).zip(&located[1..]) {
        let written = written(path, field)?;
        fields.push(match (part, written) {
            (Part::Line(_), Some(written)) => Cow::Owned(line(path, &written)),
            (_, written) => written.unwrap_or_default(),
        });
    }
    Ok(SignedItem {
        signature,
        fields,
        before: &text.as_bytes()[..start],
        after: &text.as_bytes()[end..],
    })
}

fn line(path: &Path, written: &str) -> String {
    [&path.text, "\n", written, "\n"].concat()
}

/// The fields of an object; `path` is what they are sought for.
pub(super) fn locate<'a>(
    paths: &[Path],
    path: &Path,
    text: &'a str,
) -> Result<Vec<Field<'a>>, VerificationError> {
    match json::locate(paths, text, false) {
        Ok((_, fields)) => Ok(fields),
        Err(_) => Err(missing(path, SignatureAbsence::NotObject)),
    }
}

/// The JSON text of a field that no object names twice, if it is there and not null.
pub(super) fn once<'a>(
    path: &Path,
    field: &Field<'a>,
) -> Result<Option<&'a str>, VerificationError> {
    if field.repeated_at.is_some() {
        return Err(malformed(path, SignedFieldDefect::Repeated));
    }
    Ok(match field.value {
        Some(Value::Json(json)) if json != "null" => Some(json),
        _ => None,
    })
}

/// The text of a field: of a string its characters, of a number or boolean what is written.
fn written<'a>(path: &Path, field: &Field<'a>) -> Result<Option<Cow<'a, str>>, VerificationError> {
    let Some(json) = once(path, field)? else {
        return Ok(None);
    };
    let text = match json.as_bytes().first() {
        Some(b'{' | b'[') => Err(SignedFieldDefect::NotScalar),
        Some(b'"') => json::unescape(json).ok_or(SignedFieldDefect::LoneSurrogate),
        _ => Ok(Cow::Borrowed(json)),
    };
    text.map(Some).map_err(|defect| malformed(path, defect))
}

/// The texts of the elements of an array whose grammar was checked; of another value none.
pub(super) fn elements(array: &str) -> impl Iterator<Item = &str> {
    let inner = array
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let mut rest = inner.unwrap_or_default();
    iter::from_fn(move || {
        rest = rest.trim_start_matches(is_whitespace);
        if rest.is_empty() {
            return None;
        }
        let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
        let comma = rest.bytes().position(|byte| {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' => return depth == 0,
                _ => {}
            }
            false
        });
        let (element, after) = match comma {
            Some(comma) => (&rest[..comma], &rest[comma + 1..]),
            None => (rest, ""),
        };
        rest = after;
        Some(element.trim_end_matches(is_whitespace))
    })
}

#[cold]
pub(super) fn missing(path: &Path, absence: SignatureAbsence) -> VerificationError {
    let path = path.text.clone();
    VerificationError::MissingSignature { path, absence }
}

#[cold]
pub(super) fn malformed(path: &Path, defect: SignedFieldDefect) -> VerificationError {
    let path = path.text.clone();
    VerificationError::MalformedSignedField { path, defect }
}

/// The error for a body that is none with signatures.
#[cold]
pub(crate) fn not_object(in_body: &InBody) -> VerificationError {
    let sought = in_body.items.as_ref().unwrap_or(&in_body.paths[0]);
    missing(sought, SignatureAbsence::NotObject)
}

/// The error for a signature that is none.
#[cold]
pub(crate) fn not_signature(definition: &Definition, path: &Path) -> VerificationError {
    let defect = SignedFieldDefect::NotSignature {
        encoding: definition.encoding,
        length: definition.algorithm.signature_length(),
    };
    malformed(path, defect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_end_at_their_own_commas() {
        let of = |array| elements(array).collect::<Vec<_>>();
        assert_eq!(of("[]"), [""; 0]);
        assert_eq!(of("[ ]"), [""; 0]);
        assert_eq!(of("[1, 2]"), ["1", "2"]);
        assert_eq!(
            of(r#"[{"a":[1,2]},"],\",",[[],3]]"#),
            [r#"{"a":[1,2]}"#, r#""],\",""#, "[[],3]"]
        );
        assert_eq!(of(r#""[1,2]""#), [""; 0]);
    }
}
