//! The grammar of signature headers: lists, version labels, encodings.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

use crate::error::{TimestampDefect, VerificationError};
use crate::headers::{HeaderName, owned};
use crate::mac::{Key, MAX_TAG_LENGTH, Tag, digest};
use crate::scheme::{Algorithm, Definition, Encoding, is_label};
use crate::verify::SignedContent;

/// How many signatures of one header are compared; later ones are ignored.
pub const MAX_CANDIDATES: usize = 64;

/// The entries of a signature header, trimmed, without the empty ones.
fn entries<'a>(definition: &Definition, header: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    // No header holds a zero, so that without a separator it is one piece.
    let separator = definition.separator.unwrap_or(0);
    let mut rest = Some(header);
    iter::from_fn(move || {
        let text = rest?;
        // Looks at many bytes at a time, and most headers are one entry.
        let end = text
            .contains(&separator)
            .then(|| text.iter().position(|byte| *byte == separator));
        let (entry, after) = match end.flatten() {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(entry)
    })
    .map(trimmed)
    .filter(|entry| !entry.is_empty())
}

fn trimmed(mut entry: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = entry {
        entry = rest;
    }
    entry
}

/// The timestamp from the entry `label=...` of the header called `name`.
pub(crate) fn labelled_timestamp<'a>(
    definition: &Definition,
    label: &str,
    name: HeaderName<'_>,
    header: &'a [u8],
) -> Result<&'a [u8], VerificationError> {
    let (name, label_text) = (|| owned(name), || label.into());
    let mut values = entries(definition, header).filter_map(|entry| after_label(entry, label));
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (Some(_), Some(_)) => Err(TimestampDefect::SeveralEntries {
            name: name(),
            label: label_text(),
        }),
        (None, _) => Err(TimestampDefect::NoEntry {
            name: name(),
            label: label_text(),
        }),
    }
    .map_err(VerificationError::MalformedTimestamp)
}

fn after_label<'a>(entry: &'a [u8], label: &str) -> Option<&'a [u8]> {
    entry.strip_prefix(label.as_bytes())?.strip_prefix(b"=")
}

/// The decoded signatures of a header, the first of which needs no allocation.
pub(crate) struct Candidates {
    first: Tag,
    others: Vec<Tag>,
    count: usize,
}

impl Candidates {
    pub(crate) fn new() -> Self {
        Self {
            first: [0; MAX_TAG_LENGTH],
            others: Vec::new(),
            count: 0,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tag> {
        let first = iter::once(&self.first).take(self.count);
        first.chain(&self.others)
    }

    /// Takes the signatures of the scheme's version from the header called `name` and from further
    /// ones, at most [`MAX_CANDIDATES`]; an error if there is none.
    pub(crate) fn read(
        &mut self,
        definition: &Definition,
        name: HeaderName<'_>,
        header: &[u8],
        further: &[&[u8]],
    ) -> Result<(), VerificationError> {
        let mut any_of_ours = false;
        let mut any_of_others = false;
        let headers = iter::once(header).chain(further.iter().copied());
        for entry in headers.flat_map(|header| entries(definition, header)) {
            let timestamp_label = definition.timestamp_label.as_deref();
            if timestamp_label.is_some_and(|label| after_label(entry, label).is_some()) {
                continue;
            }
            match entry.strip_prefix(definition.prefix.as_bytes()) {
                Some(encoded) => {
                    any_of_ours = true;
                    self.add(definition, encoded);
                }
                None => any_of_others |= has_label(definition, entry),
            }
            if self.count == MAX_CANDIDATES {
                break;
            }
        }
        if self.count > 0 {
            Ok(())
        } else if any_of_others && !any_of_ours {
            Err(VerificationError::UnsupportedSignature {
                name: owned(name),
                label: definition.label().into(),
            })
        } else {
            Err(VerificationError::MalformedSignature {
                name: owned(name),
                encoding: definition.encoding,
                prefix: definition.prefix.clone(),
                length: match definition.algorithm {
                    Algorithm::Token => 0,
                    algorithm => algorithm.tag_length(),
                },
            })
        }
    }

    fn add(&mut self, definition: &Definition, encoded: &[u8]) {
        if self.count == 0 {
            if decode(definition, encoded, &mut self.first) {
                self.count = 1;
            } else {
                self.first = [0; MAX_TAG_LENGTH];
            }
            return;
        }
        let mut tag = [0; MAX_TAG_LENGTH];
        if decode(definition, encoded, &mut tag) {
            self.others.push(tag);
            self.count += 1;
        }
    }
}

/// Whether the entry is of some version: a label and the character that ends the scheme's own.
fn has_label(definition: &Definition, entry: &[u8]) -> bool {
    let Some(delimiter) = definition.prefix.as_bytes().last() else {
        return false;
    };
    let label = entry.iter().position(|byte| byte == delimiter);
    label.is_some_and(|length| is_label(&entry[..length]))
}

/// Writes the tag that this text encodes canonically; false if it is of another length, or none,
/// and then some of its bytes may have been written.
///
/// The text is public, so its decoding may take a time that depends on it. [`write`] encodes
/// tags, for which a table look-up would tell more than it should.
fn decode(definition: &Definition, encoded: &[u8], tag: &mut Tag) -> bool {
    if definition.algorithm == Algorithm::Token {
        // By its digest, so that tokens of every length are compared in the same way.
        *tag = digest(&mut iter::once(encoded));
        return !encoded.is_empty();
    }
    let length = match definition.encoding {
        Encoding::Hex => base16ct::lower::decode(encoded, tag).map(<[u8]>::len).ok(),
        Encoding::HexUpper => base16ct::upper::decode(encoded, tag).map(<[u8]>::len).ok(),
        Encoding::HexAnyCase => base16ct::mixed::decode(encoded, tag).map(<[u8]>::len).ok(),
        Encoding::Base64 => STANDARD.decode_slice(encoded, tag).ok(),
        Encoding::Base64Url => URL_SAFE_NO_PAD.decode_slice(encoded, tag).ok(),
    };
    length == Some(definition.algorithm.tag_length())
}

/// What stands in the signature header for this key: a signature of this content, or the token.
pub(crate) fn proof(definition: &Definition, key: &Key, content: &SignedContent<'_>) -> String {
    if let Some(token) = key.token() {
        // It is visible ASCII, as was checked.
        return token.iter().map(|byte| char::from(*byte)).collect();
    }
    let tag = key.tag(content.parts(key.secret()));
    let tag = &tag[..definition.algorithm.tag_length()];
    match definition.encoding {
        Encoding::Hex | Encoding::HexAnyCase => base16ct::lower::encode_string(tag),
        Encoding::HexUpper => base16ct::upper::encode_string(tag),
        Encoding::Base64 => Base64::encode_string(tag),
        Encoding::Base64Url => Base64UrlUnpadded::encode_string(tag),
    }
}

/// The value of the signature header for these proofs.
pub(crate) fn write(
    definition: &Definition,
    proofs: impl Iterator<Item = String>,
    timestamp: Option<&str>,
) -> String {
    let mut header = String::new();
    let separate = |header: &mut String| {
        header.extend(definition.separator.map(char::from));
        header.extend(definition.space_after_separator.then_some(' '));
    };
    if let (Some(label), Some(timestamp)) = (&definition.timestamp_label, timestamp) {
        header.push_str(label);
        header.push('=');
        header.push_str(timestamp);
        separate(&mut header);
    }
    for (number, proof) in proofs.enumerate() {
        if number > 0 {
            separate(&mut header);
        }
        header.push_str(&definition.prefix);
        header.push_str(&proof);
    }
    header
}
