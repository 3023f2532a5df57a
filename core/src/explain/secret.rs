//! Other forms of a secret, each as the bytes of a key.

use alloc::vec::Vec;

use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::scheme::Definition;
use crate::secret::Secret;

/// What providers put before their secrets.
const PREFIXES: [&str; 3] = ["v1,whsec_", "whsec_", "sha256="];

pub(super) type Key = Zeroizing<Vec<u8>>;

/// Each form that this secret can have, with its name; at most 13.
pub(super) fn forms(secret: &Secret, definition: &Definition) -> Vec<(&'static str, Key)> {
    let given = secret.bytes();
    let mut forms: Vec<(&'static str, Key)> = Vec::new();
    let mut add = |name, key: Option<Vec<u8>>| {
        if let Some(key) = key.map(Key::new).filter(|key| !key.is_empty()) {
            forms.push((name, key));
        }
    };
    add("text", Some(given.into()));
    let own = (!definition.secret_prefix.is_empty()).then_some(&*definition.secret_prefix);
    let mut prefixes = own.into_iter().chain(PREFIXES);
    let rest = prefixes.find_map(|prefix| given.strip_prefix(prefix.as_bytes()));
    add("text_without_prefix", rest.map(Into::into));
    let bare = core::str::from_utf8(rest.unwrap_or(given)).ok();
    let unpadded = bare.map(|text| text.trim_end_matches('='));
    add(
        "base64",
        unpadded.and_then(|text| Base64Unpadded::decode_vec(text).ok()),
    );
    add(
        "base64url",
        unpadded.and_then(|text| Base64UrlUnpadded::decode_vec(text).ok()),
    );
    add(
        "hex",
        bare.and_then(|text| base16ct::mixed::decode_vec(text).ok()),
    );
    add("text_with_whsec_prefix", Some([b"whsec_", given].concat()));
    add("text_with_line_break", Some([given, b"\n"].concat()));
    if let Ok(text) = core::str::from_utf8(given) {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let as_scheme_reads = |text: &str| {
            let key = Secret::parse(text).and_then(|secret| secret.key(definition));
            key.ok().map(|mut key| core::mem::take(&mut *key))
        };
        add(
            "without_whitespace",
            (trimmed != text)
                .then(|| as_scheme_reads(trimmed))
                .flatten(),
        );
        let unquoted = ['"', '\'', '`']
            .into_iter()
            .find_map(|quote| trimmed.strip_prefix(quote)?.strip_suffix(quote));
        add("without_quotes", unquoted.and_then(as_scheme_reads));
    }
    // Of a key that was given as bytes: its text.
    add(
        "base64_text",
        Some(Base64::encode_string(given).into_bytes()),
    );
    let text = Zeroizing::new(Base64::encode_string(given));
    add(
        "base64_text_with_whsec_prefix",
        Some([b"whsec_", text.as_bytes()].concat()),
    );
    add(
        "hex_text",
        Some(base16ct::lower::encode_string(given).into_bytes()),
    );
    add(
        "hex_upper_text",
        Some(base16ct::upper::encode_string(given).into_bytes()),
    );
    forms
}
