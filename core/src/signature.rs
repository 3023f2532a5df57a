//! The grammar of signature headers: lists, version labels, encodings.

#[cfg(feature = "asymmetric")]
use alloc::vec;
use alloc::vec::Vec;
use core::iter;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

#[cfg(feature = "asymmetric")]
use crate::asymmetric::{HeldKey, MAX_SIGNATURES, Method};
use crate::error::{TimestampDefect, VerificationError};
use crate::headers::{HeaderName, owned};
#[cfg(feature = "asymmetric")]
use crate::mac::Key;
use crate::mac::{MAX_TAG_LENGTH, Tag, digest};
use crate::scheme::{Algorithm, Definition, Encoding, is_label};
#[cfg(feature = "asymmetric")]
use crate::signed_content::SignedContent;
use crate::webhook::SecretKey;

/// The longest signature, by an RSA key of 4096 bits, and what decoding may need beyond it.
#[cfg(feature = "asymmetric")]
const MAX_SIGNATURE_LENGTH: usize = 516;

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
    /// Those by public keys, which are of other lengths.
    #[cfg(feature = "asymmetric")]
    asymmetric: Vec<Vec<u8>>,
    first: Tag,
    others: Vec<Tag>,
    count: usize,
}

impl Candidates {
    pub(crate) fn new() -> Self {
        Self {
            #[cfg(feature = "asymmetric")]
            asymmetric: Vec::new(),
            first: [0; MAX_TAG_LENGTH],
            others: Vec::new(),
            count: 0,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tag> {
        let first = iter::once(&self.first).take(self.count);
        first.chain(&self.others)
    }

    /// The signatures by public keys.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn asymmetric(&self) -> impl Iterator<Item = &[u8]> {
        self.asymmetric.iter().map(Vec::as_slice)
    }

    /// Whether this key verifies one of them over the content, of a scheme that has keyed hashes too.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn fit_public(&self, key: &HeldKey, content: &SignedContent<'_>) -> bool {
        let mut signatures = self.asymmetric();
        signatures.any(|signature| {
            key.key
                .verify(Method::Ed25519, &mut content.parts(&[]), signature)
        })
    }

    /// Takes the signatures of the scheme's version from the header called `name` and from further
    /// ones, at most [`MAX_CANDIDATES`]; an error if there is none.
    pub(crate) fn read(
        &mut self,
        definition: &Definition,
        kinds: Kinds,
        name: HeaderName<'_>,
        header: &[u8],
        further: &[&[u8]],
    ) -> Result<(), VerificationError> {
        let (prefix, label) = kinds.prefix_and_label(definition);
        let mut any_of_ours = false;
        let mut any_of_others = false;
        let headers = iter::once(header).chain(further.iter().copied());
        for entry in headers.flat_map(|header| entries(definition, header)) {
            let timestamp_label = definition.timestamp_label.as_deref();
            if timestamp_label.is_some_and(|label| after_label(entry, label).is_some()) {
                continue;
            }
            #[cfg(feature = "asymmetric")]
            if let Some(encoded) = kinds.asymmetric_signature(definition, entry) {
                any_of_ours = true;
                self.add_asymmetric(definition, encoded);
                continue;
            }
            match entry.strip_prefix(definition.prefix.as_bytes()) {
                Some(encoded) if kinds.has_symmetric() => {
                    any_of_ours = true;
                    self.add(definition, encoded);
                }
                _ => any_of_others |= has_label(definition, entry),
            }
            if self.count == MAX_CANDIDATES {
                break;
            }
        }
        if self.has_any() {
            Ok(())
        } else if any_of_others && !any_of_ours {
            Err(VerificationError::UnsupportedSignature {
                name: owned(name),
                label: label.into(),
            })
        } else {
            Err(VerificationError::MalformedSignature {
                name: owned(name),
                encoding: definition.encoding,
                prefix: prefix.into(),
                length: match kinds.has_symmetric() {
                    true => definition.algorithm.signature_length(),
                    false => kinds.signature_length(definition),
                },
            })
        }
    }

    fn has_any(&self) -> bool {
        #[cfg(feature = "asymmetric")]
        if !self.asymmetric.is_empty() {
            return true;
        }
        self.count > 0
    }

    #[cfg(feature = "asymmetric")]
    fn add_asymmetric(&mut self, definition: &Definition, encoded: &[u8]) {
        let method = Method::of(definition.algorithm).unwrap_or(Method::Ed25519);
        let signature = decoded_bytes(definition.encoding, encoded);
        if let Some(signature) = signature.filter(|bytes| method.takes_length(bytes.len()))
            && self.asymmetric.len() < MAX_SIGNATURES
        {
            self.asymmetric.push(signature);
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

/// The tag that this text encodes canonically.
pub(crate) fn decoded(definition: &Definition, encoded: &[u8]) -> Option<Tag> {
    let mut tag = [0; MAX_TAG_LENGTH];
    decode(definition, encoded, &mut tag).then_some(tag)
}

/// Writes the tag that this text encodes canonically; false if it is of another length, or none,
/// and then some of its bytes may have been written.
///
/// The text is public, so its decoding may take a time that depends on it. [`proof`](crate::proof::proof)
/// encodes tags, for which a table look-up would tell more than it should.
fn decode(definition: &Definition, encoded: &[u8], tag: &mut Tag) -> bool {
    if definition.algorithm == Algorithm::Token {
        // By its digest, so that tokens of every length are compared in the same way.
        *tag = digest(&mut iter::once(encoded));
        return !encoded.is_empty();
    }
    let length = decode_into(definition.encoding, encoded, tag);
    length == Some(definition.algorithm.tag_length())
}

/// The bytes that this text encodes canonically, of a signature by a public key.
#[cfg(feature = "asymmetric")]
pub(crate) fn decoded_bytes(encoding: Encoding, encoded: &[u8]) -> Option<Vec<u8>> {
    let mut signature = vec![0; MAX_SIGNATURE_LENGTH];
    let length = decode_into(encoding, encoded, &mut signature)?;
    signature.truncate(length);
    Some(signature)
}

/// Writes the bytes that this text encodes canonically, and how many there are.
fn decode_into(encoding: Encoding, encoded: &[u8], bytes: &mut [u8]) -> Option<usize> {
    match encoding {
        Encoding::Hex => base16ct::lower::decode(encoded, bytes)
            .map(<[u8]>::len)
            .ok(),
        Encoding::HexUpper => base16ct::upper::decode(encoded, bytes)
            .map(<[u8]>::len)
            .ok(),
        Encoding::HexAnyCase => base16ct::mixed::decode(encoded, bytes)
            .map(<[u8]>::len)
            .ok(),
        Encoding::Base64 => STANDARD.decode_slice(encoded, bytes).ok(),
        Encoding::Base64Url => URL_SAFE_NO_PAD.decode_slice(encoded, bytes).ok(),
    }
}

/// Which kinds of keys a webhook has, so that signatures of the others are those of other versions.
#[derive(Clone, Copy)]
pub(crate) struct Kinds {
    #[cfg(feature = "asymmetric")]
    symmetric: bool,
    #[cfg(feature = "asymmetric")]
    asymmetric: bool,
}

impl Kinds {
    #[cfg(not(feature = "asymmetric"))]
    pub(crate) fn of(_: &Definition, _: &[SecretKey]) -> Self {
        Self {}
    }

    #[cfg(feature = "asymmetric")]
    pub(crate) fn of(definition: &Definition, keys: &[SecretKey]) -> Self {
        // Whatever the keys are: those of an asymmetric scheme may be fetched.
        if definition.algorithm.is_asymmetric() {
            return Self {
                symmetric: false,
                asymmetric: true,
            };
        }
        let is_public = |held: &SecretKey| matches!(held.key, Key::Public(_));
        Self {
            symmetric: !keys.iter().all(is_public),
            asymmetric: keys.iter().any(is_public),
        }
    }

    /// Those of shared secrets alone.
    #[cfg(feature = "explain")]
    pub(crate) const fn of_shared_secrets() -> Self {
        Self {
            #[cfg(feature = "asymmetric")]
            symmetric: true,
            #[cfg(feature = "asymmetric")]
            asymmetric: false,
        }
    }

    fn has_symmetric(self) -> bool {
        #[cfg(feature = "asymmetric")]
        return self.symmetric;
        #[cfg(not(feature = "asymmetric"))]
        true
    }

    /// What an entry has after the prefix of signatures by public keys.
    #[cfg(feature = "asymmetric")]
    fn asymmetric_signature<'e>(
        self,
        definition: &Definition,
        entry: &'e [u8],
    ) -> Option<&'e [u8]> {
        let prefix = match &definition.ed25519_prefix {
            Some(prefix) => prefix,
            None => &definition.prefix,
        };
        let encoded = entry.strip_prefix(prefix.as_bytes());
        encoded.filter(|_| self.asymmetric)
    }

    /// Their length, where they are by public keys alone.
    fn signature_length(self, definition: &Definition) -> Option<usize> {
        match definition.ed25519_prefix {
            Some(_) => Some(64),
            None => definition.algorithm.signature_length(),
        }
    }

    /// What stands before the signatures that are looked for, and their label.
    fn prefix_and_label(self, definition: &Definition) -> (&str, &str) {
        match &definition.ed25519_prefix {
            Some(prefix) if !self.has_symmetric() => (prefix, prefix.trim_end_matches(',')),
            _ => (&definition.prefix, definition.label()),
        }
    }
}
