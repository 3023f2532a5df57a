//! The grammar of signature headers: lists, version labels, encodings.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64ct::{Base64, Encoding as _};

use crate::error::{TimestampDefect, VerificationError};
use crate::headers::owned;
use crate::mac::{MAX_TAG_LENGTH, Tag};
use crate::scheme::{Definition, Encoding, is_label};

/// How many signatures of one header are compared; later ones are ignored.
pub const MAX_CANDIDATES: usize = 64;

/// The entries of a signature header, trimmed, without the empty ones.
fn entries<'a>(definition: &Definition, header: &'a str) -> impl Iterator<Item = &'a str> {
    // No header holds a zero, so that without a separator it is one piece.
    let separator = definition.separator.map_or('\0', char::from);
    header
        .split(separator)
        .map(|entry| entry.trim_matches(' '))
        .filter(|entry| !entry.is_empty())
}

/// The timestamp from the entry `label=...` of the header called `name`.
pub(crate) fn labelled_timestamp<'a>(
    definition: &Definition,
    label: &str,
    name: &str,
    header: &'a str,
) -> Result<&'a str, VerificationError> {
    let (name, label_text) = (|| owned(name), || owned(label));
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

fn after_label<'a>(entry: &'a str, label: &str) -> Option<&'a str> {
    entry.strip_prefix(label)?.strip_prefix('=')
}

/// The decoded signatures of a header: at least one, which needs no allocation.
pub(crate) struct Candidates {
    first: Tag,
    others: Vec<Tag>,
}

impl Candidates {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tag> {
        iter::once(&self.first).chain(&self.others)
    }
}

/// The decoded signatures of the scheme's version in the header called `name`, at most
/// [`MAX_CANDIDATES`].
pub(crate) fn candidates(
    definition: &Definition,
    name: &str,
    header: &str,
) -> Result<Candidates, VerificationError> {
    let mut candidates: Option<Candidates> = None;
    let mut count = 0;
    let mut any_of_ours = false;
    let mut any_of_others = false;
    for entry in entries(definition, header) {
        let timestamp_label = definition.timestamp_label.as_deref();
        if timestamp_label.is_some_and(|label| after_label(entry, label).is_some()) {
            continue;
        }
        match entry.strip_prefix(&*definition.prefix) {
            Some(encoded) => {
                any_of_ours = true;
                if let Some(tag) = decode(definition, encoded) {
                    count += 1;
                    match &mut candidates {
                        Some(candidates) => candidates.others.push(tag),
                        None => {
                            candidates = Some(Candidates {
                                first: tag,
                                others: Vec::new(),
                            });
                        }
                    }
                }
            }
            None => any_of_others |= has_label(definition, entry),
        }
        if count == MAX_CANDIDATES {
            break;
        }
    }
    candidates.ok_or_else(|| {
        if any_of_others && !any_of_ours {
            VerificationError::UnsupportedSignature {
                name: owned(name),
                label: owned(definition.label()),
            }
        } else {
            VerificationError::MalformedSignature {
                name: owned(name),
                encoding: definition.encoding,
                prefix: definition.prefix.clone(),
                length: definition.algorithm.tag_length(),
            }
        }
    })
}

/// Whether the entry is of some version: a label and the character that ends the scheme's own.
fn has_label(definition: &Definition, entry: &str) -> bool {
    definition
        .prefix
        .chars()
        .next_back()
        .and_then(|delimiter| entry.split_once(delimiter))
        .is_some_and(|(label, _)| is_label(label))
}

/// The tag that this text encodes canonically, if it is of the right length.
///
/// The text is public, so its decoding may take a time that depends on it. [`write`] encodes
/// tags, for which a table look-up would tell more than it should.
fn decode(definition: &Definition, encoded: &str) -> Option<Tag> {
    let mut tag = [0; MAX_TAG_LENGTH];
    let length = match definition.encoding {
        Encoding::Hex => base16ct::lower::decode(encoded, &mut tag).ok()?.len(),
        Encoding::HexUpper => base16ct::upper::decode(encoded, &mut tag).ok()?.len(),
        Encoding::HexAnyCase => base16ct::mixed::decode(encoded, &mut tag).ok()?.len(),
        Encoding::Base64 => STANDARD.decode_slice(encoded, &mut tag).ok()?,
    };
    (length == definition.algorithm.tag_length()).then_some(tag)
}

/// The value of the signature header for this tag.
pub(crate) fn write(definition: &Definition, tag: &Tag, timestamp: Option<&str>) -> String {
    let mut header = String::new();
    if let (Some(label), Some(timestamp), Some(separator)) =
        (&definition.timestamp_label, timestamp, definition.separator)
    {
        header.push_str(label);
        header.push('=');
        header.push_str(timestamp);
        header.push(char::from(separator));
    }
    header.push_str(&definition.prefix);
    let tag = &tag[..definition.algorithm.tag_length()];
    header.push_str(&match definition.encoding {
        Encoding::Hex | Encoding::HexAnyCase => base16ct::lower::encode_string(tag),
        Encoding::HexUpper => base16ct::upper::encode_string(tag),
        Encoding::Base64 => Base64::encode_string(tag),
    });
    header
}
