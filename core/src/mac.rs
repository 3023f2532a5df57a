//! Keyed hashes whose key schedule is computed once, and tags compared in constant time.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::digest::common::Output;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

#[cfg(feature = "asymmetric")]
use crate::asymmetric::HeldKey;
use crate::scheme::Algorithm;

/// The longest tag, of HMAC-SHA-512.
pub(crate) const MAX_TAG_LENGTH: usize = 64;

/// A tag in its first bytes; the rest is zero.
pub(crate) type Tag = [u8; MAX_TAG_LENGTH];

/// A key in the form of the two hash states after its padded blocks; wiped when dropped.
#[derive(Clone)]
pub(crate) enum Key {
    Sha256(HmacCore<Sha256>),
    Sha1(HmacCore<Sha1>),
    Sha512(HmacCore<Sha512>),
    /// The secret, which is part of what is hashed.
    Digest(Zeroizing<Vec<u8>>),
    /// The same, for MD5.
    Md5(Zeroizing<Vec<u8>>),
    /// The token, and its digest.
    Token(Zeroizing<Vec<u8>>, Tag),
    /// Whose requests are taken; their key is fetched.
    Identity(Box<[u8]>),
    #[cfg(feature = "asymmetric")]
    Public(Box<HeldKey>),
}

impl Key {
    /// Whether anybody knows it.
    #[cfg(feature = "explain")]
    pub(crate) fn is_public(&self) -> bool {
        match self {
            Self::Identity(_) => true,
            #[cfg(feature = "asymmetric")]
            Self::Public(_) => true,
            _ => false,
        }
    }

    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        match algorithm {
            Algorithm::HmacSha256 => Self::Sha256(keyed(key)),
            Algorithm::HmacSha1 => Self::Sha1(keyed(key)),
            Algorithm::HmacSha512 => Self::Sha512(keyed(key)),
            Algorithm::PlainSha256 => Self::Digest(key.to_vec().into()),
            // Of the last those that share a secret; the others never come here.
            Algorithm::Jws => Self::Digest(key.to_vec().into()),
            Algorithm::Ed25519 | Algorithm::EcdsaP256Sha256 | Algorithm::RsaPkcs1Sha256 => {
                Self::Identity(key.into())
            }
            Algorithm::PlainMd5 => Self::Md5(key.to_vec().into()),
            Algorithm::Token => Self::Token(key.to_vec().into(), digest(&mut [key].into_iter())),
        }
    }

    /// The bytes that stand for the secret in the content; empty where none does.
    pub(crate) fn secret(&self) -> &[u8] {
        match self {
            Self::Digest(secret) | Self::Md5(secret) => secret,
            Self::Identity(identity) => identity,
            _ => &[],
        }
    }

    /// The token, if it is one.
    pub(crate) fn token(&self) -> Option<&[u8]> {
        match self {
            Self::Token(token, _) => Some(token),
            _ => None,
        }
    }

    /// The tag of the concatenated parts.
    pub(crate) fn tag<'a>(&self, mut parts: impl Iterator<Item = &'a [u8]>) -> Tag {
        match self {
            Self::Sha256(states) => tag(states.clone(), parts),
            Self::Sha1(states) => tag(states.clone(), parts),
            Self::Sha512(states) => tag(states.clone(), parts),
            Self::Digest(_) => digest(&mut parts),
            Self::Md5(_) => md5(&mut parts),
            Self::Token(_, digest) => *digest,
            // No tag is compared with theirs.
            Self::Identity(_) => [0; MAX_TAG_LENGTH],
            #[cfg(feature = "asymmetric")]
            Self::Public(_) => [0; MAX_TAG_LENGTH],
        }
    }
}

/// Whether this is the tag of a message by this algorithm and key.
#[cfg(feature = "asymmetric")]
pub(crate) fn verifies(algorithm: Algorithm, key: &[u8], message: &[u8], found: &[u8]) -> Choice {
    let tag = Key::new(algorithm, key).tag(core::iter::once(message));
    let tag = &tag[..algorithm.tag_length()];
    // Slices of different lengths are unequal.
    tag.ct_eq(found)
}

/// The SHA-256 digest of the concatenated parts.
#[inline(never)]
pub(crate) fn digest(parts: &mut dyn Iterator<Item = &[u8]>) -> Tag {
    let mut state = Sha256::new();
    parts.for_each(|part| state.update(part));
    let mut tag = [0; MAX_TAG_LENGTH];
    tag[..32].copy_from_slice(&state.finalize());
    tag
}

#[inline(never)]
fn md5(parts: &mut dyn Iterator<Item = &[u8]>) -> Tag {
    let mut state = Md5::new();
    parts.for_each(|part| state.update(part));
    let mut tag = [0; MAX_TAG_LENGTH];
    tag[..16].copy_from_slice(&state.finalize());
    tag
}

pub(crate) fn keyed<M: KeyInit>(key: &[u8]) -> M {
    // HMAC takes keys of any length, so this cannot fail.
    M::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

/// The states are held without the buffer that `Hmac` has for an unfinished block: a key never has
/// one, and copying and wiping it with every tag takes as long as hashing a block.
// One copy of each is enough: inlined, they make up most of the module for WebAssembly.
#[inline(never)]
pub(crate) fn tag<'a, M: UpdateCore + FixedOutputCore>(
    mut states: M,
    parts: impl Iterator<Item = &'a [u8]>,
) -> Tag {
    let mut buffer = Buffer::<M>::default();
    parts.for_each(|part| buffer.digest_blocks(part, |blocks| states.update_blocks(blocks)));
    let mut output = Output::<M>::default();
    states.finalize_fixed_core(&mut buffer, &mut output);
    let mut tag = [0; MAX_TAG_LENGTH];
    tag[..output.len()].copy_from_slice(&output);
    tag
}

/// Compares whole tags, word by word, in a time that does not depend on their content.
pub(crate) fn tags_equal(left: &Tag, right: &Tag) -> Choice {
    let words = left.as_chunks().0.iter().zip(right.as_chunks().0);
    let difference = words.fold(0, |difference, (left, right)| {
        difference | (u64::from_ne_bytes(*left) ^ u64::from_ne_bytes(*right))
    });
    difference.ct_eq(&0)
}
