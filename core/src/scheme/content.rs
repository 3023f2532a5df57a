//! The signed content as a sequence of parts.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

const MAX_PARTS: usize = 16;

/// One part of the signed content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Body,
    Id,
    Timestamp,
    Method,
    Url,
    Form,
    Secret,
    /// The CRC-32 of the body in decimal.
    Crc32,
    /// The SHA-256 of the body in lower-case hexadecimal.
    Sha256,
    /// The body as far as the value of its signature.
    BeforeSignature,
    /// The body from behind the value of its signature.
    AfterSignature,
    /// The text of the field of the body at this path; nothing if it is not there.
    Field(Box<str>),
    /// The path, the text of the field there, and a line break behind each; nothing if it is not
    /// there.
    Line(Box<str>),
    Literal(Box<str>),
}

impl Part {
    /// Whether a signature of it is one of the body. That of a CRC-32 is not: it is easily made to fit.
    pub(crate) fn covers_body(&self) -> bool {
        matches!(self, Self::Body | Self::Form | Self::Sha256) || self.field().is_some()
    }

    /// The path of the field that it is of.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Field(path) | Self::Line(path) => Some(path),
            _ => None,
        }
    }
}

/// Reads `{id}.{timestamp}.{body}` into its parts; an error is the rule that it breaks.
pub(crate) fn parse(content: &str) -> Result<Vec<Part>, &'static str> {
    const MALFORMED: &str = "its content has an unknown part or an unmatched brace";
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = content;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("{{") || rest.starts_with("}}") {
            literal.push(first);
            rest = &rest[2..];
        } else if first == '{' {
            let (name, after) = rest[1..].split_once('}').ok_or(MALFORMED)?;
            if !literal.is_empty() {
                parts.push(Part::Literal(mem::take(&mut literal).into()));
            }
            parts.push(match name {
                "body" => Part::Body,
                "id" => Part::Id,
                "timestamp" => Part::Timestamp,
                "method" => Part::Method,
                "url" => Part::Url,
                "form" => Part::Form,
                "secret" => Part::Secret,
                "crc32" => Part::Crc32,
                "sha256" => Part::Sha256,
                "before_signature" => Part::BeforeSignature,
                "after_signature" => Part::AfterSignature,
                _ => match name.split_once(':') {
                    Some(("field", path)) => Part::Field(path.into()),
                    Some(("line", path)) => Part::Line(path.into()),
                    _ => return Err(MALFORMED),
                },
            });
            rest = after;
        } else if first == '}' {
            return Err(MALFORMED);
        } else {
            literal.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.into()));
    }
    if parts.len() > MAX_PARTS {
        return Err("its content has more than 16 parts");
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_double() {
        let parts = parse("{{{id}}}{body}").unwrap();
        let literal = |text: &str| Part::Literal(text.into());
        assert_eq!(parts, [literal("{"), Part::Id, literal("}"), Part::Body]);
        assert!(parse("{id").is_err());
        assert!(parse("}").is_err());
        assert!(parse("{ID}").is_err());
    }
}
