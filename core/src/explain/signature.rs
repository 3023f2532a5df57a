//! Signatures that are of another form or version than the scheme's.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding as _};

use super::finding::{Facts, named};
use crate::scheme::{Algorithm, Definition, Encoding};

/// The labels that are named in a report: others may be anything, even a secret.
const LABELS: [&str; 10] = [
    "sha1", "sha256", "sha512", "v0", "v1", "v1a", "v2", "v3", "v4", "md5",
];
/// What signatures are of so many bytes.
const LENGTHS: [(usize, &str); 4] = [(16, "md5"), (20, "sha1"), (32, "sha256"), (64, "sha512")];
const MAX_ENTRIES: usize = 8;

/// What one entry of a signature header looks like.
pub(super) struct Entry {
    /// What the header's value would be with it in the scheme's form, if its length is right.
    pub(super) corrected: Option<String>,
    /// How it is written, where that is not the scheme's form.
    pub(super) encoding: Option<Facts>,
    /// Of which version it is, where that is not the scheme's.
    pub(super) version: Option<Facts>,
}

/// The entries of this header that can be decoded somehow.
pub(super) fn entries(definition: &Definition, name: &str, value: &str) -> Vec<Entry> {
    if definition.algorithm == Algorithm::Token {
        return Vec::new();
    }
    let separator = definition.separator.map(char::from);
    let mut texts: Vec<&str> = match separator {
        Some(separator) => value.split(separator).collect(),
        None => [value].into(),
    };
    let label = definition.timestamp_label.as_deref();
    texts.retain(|text| {
        let of_time = label.and_then(|label| text.trim_matches(' ').strip_prefix(label));
        !of_time.is_some_and(|rest| rest.starts_with('='))
    });
    let texts = texts.into_iter().map(|text| text.trim_matches(' '));
    let texts = texts.filter(|text| !text.is_empty()).take(MAX_ENTRIES);
    texts
        .map(|text| entry(definition, name, value, text))
        .collect()
}

fn entry(definition: &Definition, name: &str, value: &str, text: &str) -> Entry {
    let own_label = definition.label();
    let (label, encoded) = match text.strip_prefix(&*definition.prefix) {
        Some(encoded) if !definition.prefix.is_empty() => (Some(own_label), encoded),
        _ => labelled(text),
    };
    let decoded = decode(encoded);
    let length = decoded.as_ref().map(|(_, tag)| tag.len());
    let is_of_length = length == Some(definition.algorithm.tag_length());
    let mut entry = Entry {
        corrected: None,
        encoding: None,
        version: None,
    };
    if let Some((found, tag)) = decoded.filter(|_| is_of_length) {
        let own = [&*definition.prefix, &encode(definition.encoding, &tag)].concat();
        entry.corrected = Some(match definition.separator {
            Some(separator) => [value, &own].join(&*String::from(char::from(separator))),
            None => own,
        });
        let mut facts = Facts::from([
            ("header", named(name)),
            ("expected", definition.encoding.as_str().into()),
            ("found", found.into()),
        ]);
        match label {
            None if !definition.prefix.is_empty() => facts.push(("prefix", "missing".into())),
            Some(label) if label != own_label => facts.push(("prefix", "unexpected".into())),
            _ => {}
        }
        entry.encoding = Some(facts);
    }
    let version = label.filter(|label| *label != own_label);
    let of_length = || {
        let known = LENGTHS.iter().find(|(known, _)| Some(*known) == length)?;
        (!is_of_length).then_some(known.1)
    };
    if let Some(found) = version.or_else(of_length) {
        let expected = match version {
            Some(_) if !own_label.is_empty() => named(own_label),
            _ => definition.algorithm.as_str().into(),
        };
        entry.version = Some(Facts::from([
            ("header", named(name)),
            ("expected", expected),
            ("found", named(found)),
        ]));
    }
    entry
}

/// A known label with `=` or `,` behind it, and what follows.
fn labelled(text: &str) -> (Option<&str>, &str) {
    let Some(end) = text.find(['=', ',']) else {
        return (None, text);
    };
    let label = &text[..end];
    match LABELS.contains(&label) {
        true => (Some(label), &text[end + 1..]),
        false => (None, text),
    }
}

/// The bytes, and how they are written.
fn decode(encoded: &str) -> Option<(&'static str, Vec<u8>)> {
    if encoded.is_empty() {
        return None;
    }
    if let Ok(tag) = base16ct::mixed::decode_vec(encoded) {
        let has = |is_letter: fn(&u8) -> bool| encoded.bytes().any(|byte| is_letter(&byte));
        let has_lower = has(u8::is_ascii_lowercase);
        let found = match (has_lower, has(u8::is_ascii_uppercase)) {
            (true, true) => "hex-mixed",
            (false, true) => "hex-upper",
            _ => "hex",
        };
        return Some((found, tag));
    }
    type Decode = fn(&str) -> Result<Vec<u8>, base64ct::Error>;
    let forms: [(&'static str, Decode); 4] = [
        ("base64", Base64::decode_vec),
        ("base64-unpadded", Base64Unpadded::decode_vec),
        ("base64url", Base64UrlUnpadded::decode_vec),
        ("base64url-padded", Base64Url::decode_vec),
    ];
    let mut forms = forms.into_iter();
    forms.find_map(|(found, decode)| Some((found, decode(encoded).ok()?)))
}

fn encode(encoding: Encoding, tag: &[u8]) -> String {
    match encoding {
        Encoding::Hex | Encoding::HexAnyCase => base16ct::lower::encode_string(tag),
        Encoding::HexUpper => base16ct::upper::encode_string(tag),
        Encoding::Base64 => Base64::encode_string(tag),
        Encoding::Base64Url => Base64UrlUnpadded::encode_string(tag),
    }
}
