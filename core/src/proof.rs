//! What proves a message: signatures, written as its scheme writes them, and tokens.

use alloc::string::String;
#[cfg(feature = "asymmetric")]
use alloc::string::ToString as _;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

use crate::mac::Key;
use crate::scheme::{Definition, Encoding};
use crate::signed_content::SignedContent;

/// What stands in the signature header for this key: a signature of this content, or the token. `None`
/// if the key signs nothing. A private key signs for the identity that the content has.
pub(crate) fn proof(
    definition: &Definition,
    key: &Key,
    identity: &[u8],
    content: &SignedContent<'_>,
) -> Option<String> {
    if let Some(token) = key.token() {
        // It is visible ASCII, as was checked, or else the text of a secret for a body.
        let token = core::str::from_utf8(token).ok()?;
        return Some(definition.prefix.chars().chain(token.chars()).collect());
    }
    let secret = match key.secret() {
        [] => identity,
        secret => secret,
    };
    #[cfg(feature = "asymmetric")]
    if let Key::Public(key) = key {
        let signature = definition
            .encoding
            .write(&key.sign(&mut content.parts(secret))?);
        let prefix = definition.ed25519_prefix.as_ref();
        return Some(prefix.unwrap_or(&definition.prefix).to_string() + &signature);
    }
    if definition.algorithm.is_asymmetric() {
        return None;
    }
    let tag = key.tag(content.parts(secret));
    let tag = &tag[..definition.algorithm.tag_length()];
    let mut proof = String::from(&*definition.prefix);
    proof.push_str(&definition.encoding.write(tag));
    Some(proof)
}

impl Encoding {
    /// These bytes, so encoded.
    pub(crate) fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex | Self::HexAnyCase => base16ct::lower::encode_string(bytes),
            Self::HexUpper => base16ct::upper::encode_string(bytes),
            Self::Base64 => Base64::encode_string(bytes),
            Self::Base64Url => Base64UrlUnpadded::encode_string(bytes),
        }
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
        header.push_str(&proof);
    }
    header
}
