//! Public keys: how their texts are read, and the signatures that they verify.

mod certificate;
mod deciding;
mod jwk;
mod jws;
mod key_url;
mod reading;
#[cfg(test)]
mod wycheproof;

use alloc::boxed::Box;
use alloc::vec::Vec;

use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts as _;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

pub(crate) use deciding::MAX_SIGNATURES;
pub(crate) use reading::keys_of;

use crate::mac::digest;
use crate::scheme::Algorithm;

/// RSA keys have at least and at most this many bits.
const RSA_BITS: core::ops::RangeInclusive<u32> = 2_048..=4_096;

/// How a signature was made and is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// RFC 8032, 64 bytes.
    Ed25519,
    /// FIPS 186-5 with P-256 and SHA-256, in DER.
    EcdsaDer,
    /// The same, as the two numbers one after the other (RFC 7518 section 3.4).
    EcdsaFixed,
    /// RFC 8017 section 8.2 with SHA-256.
    RsaSha256,
    /// The same with SHA-1.
    RsaSha1,
}

impl Method {
    /// That of a scheme whose algorithm leaves no choice.
    pub(crate) fn of(algorithm: Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::Ed25519 => Some(Self::Ed25519),
            Algorithm::EcdsaP256Sha256 => Some(Self::EcdsaDer),
            Algorithm::RsaPkcs1Sha256 => Some(Self::RsaSha256),
            _ => None,
        }
    }

    /// Whether a signature of this many bytes can be one.
    pub(crate) fn takes_length(self, length: usize) -> bool {
        match self {
            Self::Ed25519 | Self::EcdsaFixed => length == 64,
            Self::EcdsaDer => (8..=72).contains(&length),
            Self::RsaSha256 | Self::RsaSha1 => (256..=512).contains(&length),
        }
    }
}

#[derive(Clone)]
pub(crate) enum PublicKey {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    Rsa(rsa::PublicKey),
}

/// A key that a secret gives: it verifies, and signs if it is private.
#[derive(Clone)]
pub(crate) struct HeldKey {
    pub(crate) key: PublicKey,
    /// Wiped when dropped.
    pub(crate) private: Option<ed25519_dalek::SigningKey>,
    /// The `kid` of a JWK.
    pub(crate) id: Option<Box<str>>,
}

impl HeldKey {
    fn public(key: PublicKey) -> Self {
        Self {
            key,
            private: None,
            id: None,
        }
    }

    /// The Ed25519 signature of the concatenated parts, if the key is private.
    pub(crate) fn sign(&self, parts: &mut dyn Iterator<Item = &[u8]>) -> Option<[u8; 64]> {
        let private = self.private.as_ref()?;
        // Signing reads the message twice.
        let message: Vec<u8> = parts.flatten().copied().collect();
        Some(private.sign(&message).to_bytes())
    }
}

impl PublicKey {
    fn ed25519(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?;
        // Of two encodings of a point RFC 8032 takes one. Under a weak key one signature fits several
        // messages.
        let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
        (is_canonical && !key.is_weak()).then_some(Self::Ed25519(key))
    }

    fn p256(point: &[u8]) -> Option<Self> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
        Some(Self::P256(key))
    }

    fn rsa(key: rsa::PublicKey) -> Option<Self> {
        RSA_BITS
            .contains(&key.n().bit_width())
            .then_some(Self::Rsa(key))
    }

    /// Whether it verifies signatures made so.
    pub(crate) fn fits(&self, method: Method) -> bool {
        match self {
            Self::Ed25519(_) => method == Method::Ed25519,
            Self::P256(_) => matches!(method, Method::EcdsaDer | Method::EcdsaFixed),
            Self::Rsa(_) => matches!(method, Method::RsaSha256 | Method::RsaSha1),
        }
    }

    /// Whether this is a signature of the concatenated parts by the holder of the private key.
    // All of it is public, so that its time may depend on it.
    pub(crate) fn verify(
        &self,
        method: Method,
        parts: &mut dyn Iterator<Item = &[u8]>,
        signature: &[u8],
    ) -> bool {
        match (self, method) {
            (Self::Ed25519(key), Method::Ed25519) => verify_ed25519(key, parts, signature),
            (Self::P256(key), Method::EcdsaDer) => p256::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|signature| verify_p256(key, parts, &signature)),
            (Self::P256(key), Method::EcdsaFixed) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| verify_p256(key, parts, &signature.to_der())),
            (Self::Rsa(key), Method::RsaSha256) => {
                let digest = &digest(parts)[..32];
                let padding = Pkcs1v15Sign::new::<Sha256>();
                key.verify(padding, digest, signature).is_ok()
            }
            (Self::Rsa(key), Method::RsaSha1) => {
                let mut state = Sha1::new();
                parts.for_each(|part| state.update(part));
                let padding = Pkcs1v15Sign::new::<Sha1>();
                key.verify(padding, &state.finalize(), signature).is_ok()
            }
            _ => false,
        }
    }
}

fn verify_ed25519(
    key: &ed25519_dalek::VerifyingKey,
    parts: &mut dyn Iterator<Item = &[u8]>,
    signature: &[u8],
) -> bool {
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else {
        return false;
    };
    let Ok(mut verifier) = key.verify_stream(&signature) else {
        return false;
    };
    parts.for_each(|part| verifier.update(part));
    verifier.finalize_and_verify().is_ok()
}

fn verify_p256(
    key: &p256::ecdsa::VerifyingKey,
    parts: &mut dyn Iterator<Item = &[u8]>,
    signature: &p256::ecdsa::DerSignature,
) -> bool {
    key.verify_prehash(&digest(parts)[..32], signature).is_ok()
}
