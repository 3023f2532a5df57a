//! JSON Web Keys and sets of them (RFC 7517, RFC 7518 section 6, RFC 8037).

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hifijson::token::Lex as _;
use hifijson::{SliceLexer, value};
use rsa::BoxedUint;

use super::{HeldKey, PublicKey};
use crate::secret::from_base64;

/// A set has fewer keys than this; what comes later is not read.
const MAX_KEYS: usize = 32;
/// A set nests three deep, and the certificates of a key lie in arrays.
const MAX_DEPTH: usize = 8;
/// RSA keys have at most this many bytes.
const MAX_MODULUS: usize = 512;

type Value<'a> = value::Value<&'a str, Cow<'a, str>>;

/// The keys of a JWK, of a set, or of what Plaid answers (`{"key": {...}}`) or Circle does (`{"data":
/// {"publicKey": ...}}`), which can verify; `None` if the text is none of them. A key of a kind that is
/// not known is left out.
pub(super) fn read(text: &str) -> Option<Vec<HeldKey>> {
    let mut lexer = SliceLexer::new(text.as_bytes());
    let first = lexer.ws_peek()?;
    let document = value::parse_bounded(MAX_DEPTH, first, &mut lexer).ok()?;
    if lexer.ws_peek().is_some() {
        return None;
    }
    match (member(&document, "keys"), member(&document, "key")) {
        (Some(Value::Array(keys)), _) => Some(keys.iter().take(MAX_KEYS).filter_map(key).collect()),
        (None, Some(one)) => Some(key(one).into_iter().collect()),
        (None, None) => {
            if let Some(data) = member(&document, "data") {
                let Some(Value::String(encoded)) = member(data, "publicKey") else {
                    return None;
                };
                let key = PublicKey::from_spki(&from_base64(encoded)?)?;
                return Some(vec![HeldKey::public(key)]);
            }
            member(&document, "kty")?;
            Some(key(&document).into_iter().collect())
        }
        _ => None,
    }
}

fn key(jwk: &Value<'_>) -> Option<HeldKey> {
    let text = |name| match member(jwk, name) {
        Some(Value::String(text)) => Some(&**text),
        _ => None,
    };
    // Plaid says so of a key that it has replaced.
    let is_expired = matches!(
        member(jwk, "expired_at"),
        Some(Value::Number(_) | Value::String(_))
    );
    if is_expired || text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let bytes = |name| Base64UrlUnpadded::decode_vec(text(name)?).ok();
    let key = match (text("kty")?, text("crv")) {
        ("OKP", Some("Ed25519")) => PublicKey::ed25519(&bytes("x")?)?,
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            if (x.len(), y.len()) != (32, 32) {
                return None;
            }
            PublicKey::p256(&[&[4], &*x, &*y].concat())?
        }
        ("RSA", None) => {
            let (modulus, exponent) = (bytes("n")?, bytes("e")?);
            if modulus.len() > MAX_MODULUS || exponent.len() > 8 {
                return None;
            }
            let number = BoxedUint::from_be_slice_vartime;
            let key = rsa::PublicKey::new(number(&modulus), number(&exponent));
            PublicKey::rsa(key.ok()?)?
        }
        _ => return None,
    };
    let id = text("kid").map(Into::into);
    Some(HeldKey {
        key,
        private: None,
        id,
    })
}

/// The member of this name, if there is one such.
fn member<'v, 'a>(object: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let Value::Object(members) = object else {
        return None;
    };
    let mut named = members.iter().filter(|(known, _)| known == name);
    match (named.next(), named.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}
