//! The texts in which public keys, and private ones of Ed25519, are passed.

use alloc::vec;
use alloc::vec::Vec;

use der::Decode as _;
use der::oid::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

use super::{HeldKey, PublicKey, jwk};
use crate::error::{ConfigurationError, SecretDefect};
use crate::mac::Key;
use crate::scheme::{Algorithm, Definition, KeyForm};
use crate::secret::{Secret, from_base64};

/// What stands before the base64 of a public and of a private key of Ed25519.
///
/// Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.
const STANDARD_PUBLIC: &str = "whpk_";
const STANDARD_PRIVATE: &str = "whsk_";

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The public keys that this secret gives, if the scheme takes some and it is of their form.
pub(crate) fn keys_of(
    definition: &Definition,
    secret: &Secret,
) -> Result<Option<Vec<Key>>, ConfigurationError> {
    let text = secret.text();
    let is_standard = || {
        let mut prefixes = [STANDARD_PUBLIC, STANDARD_PRIVATE].iter();
        text.is_some_and(|text| prefixes.any(|it| text.starts_with(it)))
    };
    let is_public = match definition.key {
        KeyForm::PublicKey => true,
        KeyForm::PublicKeyOrText => {
            is_standard()
                || text.is_some_and(|text| text.starts_with("-----BEGIN") || text.starts_with('{'))
                || is_key_info(secret)
        }
        // Beside whose requests are taken: no such id begins so.
        KeyForm::Identity => definition.algorithm == Algorithm::Ed25519 && is_standard(),
        _ => definition.ed25519_prefix.is_some() && is_standard(),
    };
    if !is_public {
        return Ok(None);
    }
    let keys = match text {
        Some(text) => read(text),
        None => PublicKey::raw_or_der(secret.bytes()).map(|key| vec![HeldKey::public(key)]),
    };
    let malformed = |defect| ConfigurationError::MalformedSecret(defect);
    let mut keys = keys.ok_or(malformed(SecretDefect::NotPublicKey))?;
    keys.retain(|key| definition.takes_key(&key.key));
    if keys.is_empty() {
        return Err(malformed(SecretDefect::OtherKeyType));
    }
    let keys = keys.into_iter().map(|key| Key::Public(key.into()));
    Ok(Some(keys.collect()))
}

/// Whether this is a public key of any type in DER or its base64: as a shared secret anybody would know
/// it.
fn is_key_info(secret: &Secret) -> bool {
    let is_key_info = |der: &[u8]| SubjectPublicKeyInfoRef::from_der(der).is_ok();
    match secret.text() {
        Some(text) => from_base64(text).is_some_and(|der| is_key_info(&der)),
        None => is_key_info(secret.bytes()),
    }
}

/// The keys of a text: PEM, a JWK or a set of them, `whpk_`, `whsk_`, hexadecimal or base64.
pub(super) fn read(text: &str) -> Option<Vec<HeldKey>> {
    if let Some(encoded) = text.strip_prefix(STANDARD_PRIVATE) {
        let pair = Zeroizing::new(from_base64(encoded)?);
        let private =
            ed25519_dalek::SigningKey::from_keypair_bytes(pair.as_slice().try_into().ok()?).ok()?;
        let key = PublicKey::ed25519(private.verifying_key().as_bytes())?;
        let private = Some(private);
        return Some(vec![HeldKey {
            key,
            private,
            id: None,
        }]);
    }
    if text.starts_with('{') {
        return jwk::read(text);
    }
    let key = if let Some(encoded) = text.strip_prefix(STANDARD_PUBLIC) {
        PublicKey::ed25519(&from_base64(encoded)?)
    } else if text.starts_with("-----BEGIN") {
        PublicKey::from_spki(&from_pem(text, "PUBLIC KEY")?)
    } else if text.len() == 64 {
        PublicKey::ed25519(&base16ct::mixed::decode_vec(text).ok()?)
    } else {
        PublicKey::raw_or_der(&from_base64(text)?)
    };
    Some(vec![HeldKey::public(key?)])
}

/// What a text in PEM (RFC 7468) with this label holds, and nothing besides.
pub(super) fn from_pem(text: &str, label: &str) -> Option<Vec<u8>> {
    let (found, der) = der::pem::decode_vec(text.as_bytes()).ok()?;
    (found == label).then_some(der)
}

impl PublicKey {
    /// The 32 bytes of an Ed25519 key, or the DER of any.
    fn raw_or_der(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            32 => Self::ed25519(bytes),
            _ => Self::from_spki(bytes),
        }
    }

    /// A key as `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
    pub(super) fn from_spki(der: &[u8]) -> Option<Self> {
        Self::from_key_info(SubjectPublicKeyInfoRef::from_der(der).ok()?)
    }

    pub(super) fn from_key_info(info: SubjectPublicKeyInfoRef<'_>) -> Option<Self> {
        let bits = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            ED25519 if info.algorithm.parameters.is_none() => Self::ed25519(bits),
            ELLIPTIC_CURVE if info.algorithm.parameters_oid() == Ok(P256) => Self::p256(bits),
            RSA => Self::rsa(rsa::PublicKey::try_from(info).ok()?),
            _ => None,
        }
    }
}
