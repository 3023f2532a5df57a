//! The verdict of schemes that verify with public keys. The order of the checks is that of
//! [`verify`](crate::verify), with the key before the signature that it verifies:
//!
//! 1. signature decodable (`malformed_signature`, `unsupported_signature`);
//! 2. sender expected (`unexpected_sender`), before a key is fetched for anybody;
//! 3. key at hand (`untrusted_key_url`, `key_needed`, `malformed_key`, `untrusted_certificate`,
//!    `expired_certificate`);
//! 4. signature right (`signature_mismatch`);
//! 5. freshness.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::iter;

use super::jws::{Jws, Refusal};
use super::key_url::is_trusted;
use super::{HeldKey, Method, PublicKey, certificate, reading};
use crate::error::{KeyDefect, SignedFieldDefect, TimestampDefect, VerificationError};
use crate::event::{SignedItem, not_signature};
use crate::headers::owned;
use crate::key_needed::KeyNeeded;
use crate::mac::{self, Key};
use crate::received::Received;
use crate::scheme::{Definition, Encoding, InBody, JwsForm, KeySource, Source};
use crate::signature::{Candidates, decoded_bytes};
use crate::signed_content::SignedContent;
use crate::time::UnixTime;
use crate::verify::Context;
use crate::webhook::Webhook;

/// How many signatures of one request are verified with each key, at most.
///
/// One takes as long as a hundred comparisons of tags.
pub(crate) const MAX_SIGNATURES: usize = 4;

/// What was proved: by which secret, and when if a JSON Web Signature says so.
pub(crate) struct Proof {
    pub(crate) key_index: usize,
    pub(crate) timestamp: Option<UnixTime>,
}

impl Webhook {
    /// Decides by signatures of the content.
    pub(crate) fn prove_content(
        &self,
        received: &Received<'_>,
        context: &Context<'_>,
        content: &SignedContent<'_>,
        candidates: &Candidates,
    ) -> Result<usize, VerificationError> {
        let definition = &*self.definition;
        let method = Method::of(definition.algorithm).unwrap_or(Method::Ed25519);
        let keys = self.keys_for(received, context, None)?;
        let verifies = |key: &PublicKey, identity: &[u8]| {
            let mut signatures = candidates.asymmetric();
            signatures.any(|signature| key.verify(method, &mut content.parts(identity), signature))
        };
        let key_index = keys.iter().find_map(|(index, key)| {
            // Where the content has an identity, the signature says which.
            let identity = self
                .identities()
                .find(|(_, identity)| verifies(key, identity));
            match identity {
                Some((index, _)) => Some(index),
                None if self.identities().next().is_some() => None,
                None => verifies(key, &[]).then_some(*index),
            }
        });
        key_index.ok_or(VerificationError::SignatureMismatch)
    }

    /// Decides by the signatures in the body, by the index of the secret that fits.
    pub(crate) fn prove_items(
        &self,
        received: &Received<'_>,
        in_body: &InBody,
        context: &Context<'_>,
        items: &[SignedItem<'_>],
    ) -> Result<usize, VerificationError> {
        let definition = &*self.definition;
        let method = self.method_in_body(received, context)?;
        let mut signatures = Vec::new();
        for item in items {
            let signature = decoded_bytes(definition.encoding, item.signature.as_bytes());
            let signature = signature.filter(|bytes| method.takes_length(bytes.len()));
            signatures.push(signature.ok_or_else(|| not_signature(definition, &in_body.paths[0]))?);
        }
        let sender = self.expected_sender(received, context)?;
        let keys = self.keys_for(received, context, None)?;
        let mut fitting = keys.iter().filter(|(_, key)| {
            items.iter().zip(&signatures).all(|(item, signature)| {
                let content = SignedContent::in_body(definition, item);
                key.verify(method, &mut content.parts(&[]), signature)
            })
        });
        let fitting = fitting.next().map(|(index, _)| *index);
        let key_index = fitting.ok_or(VerificationError::SignatureMismatch)?;
        Ok(sender.unwrap_or(key_index))
    }

    /// How signatures in the body were made, if it says so.
    fn method_in_body(
        &self,
        received: &Received<'_>,
        context: &Context<'_>,
    ) -> Result<Method, VerificationError> {
        let definition = &*self.definition;
        let Some(path) = definition.rsa_version_field else {
            return Ok(Method::of(definition.algorithm).unwrap_or(Method::Ed25519));
        };
        let version = received.text(Source::Body(path), definition, context.body);
        match version.as_deref() {
            Some("1") => Ok(Method::RsaSha1),
            Some("2") => Ok(Method::RsaSha256),
            _ => Err(VerificationError::MalformedSignedField {
                path: definition.paths[path].text.clone(),
                defect: SignedFieldDefect::UnknownVersion,
            }),
        }
    }

    /// Decides by a JSON Web Signature.
    pub(crate) fn prove_jws(
        &self,
        received: &Received<'_>,
        context: &Context<'_>,
        form: &JwsForm,
    ) -> Result<Proof, VerificationError> {
        let jws = parse_jws(received, form)?;
        let key_index = match jws.algorithm.method() {
            Ok(method) => {
                let keys = self.keys_for(received, context, jws.key_id.as_deref())?;
                let mut fitting = keys.iter().filter(|(_, key)| {
                    key.verify(method, &mut iter::once(jws.signed), &jws.signature)
                });
                fitting.next().map(|(index, _)| *index)
            }
            Err(algorithm) => {
                let mut shared = self.keys.iter().filter_map(|held| match &held.key {
                    Key::Digest(secret) => Some((held.index, secret)),
                    _ => None,
                });
                let mut fitting = shared.by_ref().filter(|(_, secret)| {
                    bool::from(mac::verifies(algorithm, secret, jws.signed, &jws.signature))
                });
                fitting.next().map(|(index, _)| index)
            }
        };
        let key_index = key_index.ok_or(VerificationError::SignatureMismatch)?;
        if !is_of_body(&jws, form, context.body) {
            return Err(VerificationError::SignatureMismatch);
        }
        Ok(Proof {
            key_index,
            timestamp: self.time_of(&jws, form)?,
        })
    }

    /// When a JSON Web Signature, which was verified before, says that it was made.
    #[cfg(feature = "__assume-verified")]
    pub(crate) fn claimed_time(
        &self,
        received: &Received<'_>,
        form: &JwsForm,
    ) -> Result<Option<UnixTime>, VerificationError> {
        self.time_of(&parse_jws(received, form)?, form)
    }

    fn time_of(
        &self,
        jws: &Jws<'_>,
        form: &JwsForm,
    ) -> Result<Option<UnixTime>, VerificationError> {
        let timestamp = form.timestamp_claim.map(|claim| {
            let format = self.definition.timestamp_format;
            let time = jws
                .json(claim)
                .and_then(|json| format.parse(json.as_bytes()));
            time.ok_or(VerificationError::MalformedTimestamp(
                TimestampDefect::Form(format),
            ))
        });
        timestamp.transpose()
    }

    /// The keys that may have made the signature, with the index of their secret: of those that the
    /// secrets give and that have this id or none, or that which was fetched.
    fn keys_for<'k>(
        &'k self,
        received: &Received<'_>,
        context: &Context<'_>,
        jws_key_id: Option<&str>,
    ) -> Result<Vec<(usize, Cow<'k, PublicKey>)>, VerificationError> {
        let definition = &*self.definition;
        let located = definition
            .key_locator
            .and_then(|source| received.text(source, definition, context.body));
        let key_id = match definition.key_source {
            Some(KeySource::ById(Some(_))) => located.as_deref(),
            _ => jws_key_id,
        };
        let has_id = |key: &HeldKey| match (&key.id, key_id) {
            (Some(of_key), Some(wanted)) => **of_key == *wanted,
            _ => true,
        };
        let held: Vec<_> = self
            .keys
            .iter()
            .filter_map(|held| match &held.key {
                Key::Public(key) if has_id(key) => Some((held.index, Cow::Borrowed(&key.key))),
                _ => None,
            })
            .collect();
        let Some(source) = definition.key_source.filter(|_| held.is_empty()) else {
            return Ok(held);
        };
        if let (Some(Source::Header(header)), None) = (definition.key_locator, &located) {
            let name = definition.header_name(definition.event_headers[header]);
            return Err(VerificationError::MissingHeader { name: owned(name) });
        }
        let url = match source {
            KeySource::Certificate(source) => {
                let url = located.as_deref().unwrap_or_default();
                if !is_trusted(url, source.hosts, source.path) {
                    return Err(VerificationError::UntrustedKeyUrl);
                }
                Some(url)
            }
            KeySource::Published(url) => Some(url),
            KeySource::ById(_) => None,
        };
        let Some(fetched) = context.key else {
            return Err(VerificationError::KeyNeeded(KeyNeeded {
                url: url.map(Into::into),
                key_id: key_id.map(Into::into),
            }));
        };
        let keys = read_fetched(source, fetched, context.now)?;
        let index = self.secret_count();
        let keys = keys.into_iter().filter(has_id);
        let keys: Vec<_> = keys.filter(|key| definition.takes_key(&key.key)).collect();
        if keys.is_empty() {
            return Err(VerificationError::MalformedKey(KeyDefect::OtherType));
        }
        Ok(keys
            .into_iter()
            .map(|key| (index, Cow::Owned(key.key)))
            .collect())
    }

    /// The index of the secret that says whose requests are taken, if the scheme has such.
    fn expected_sender(
        &self,
        received: &Received<'_>,
        context: &Context<'_>,
    ) -> Result<Option<usize>, VerificationError> {
        let definition = &*self.definition;
        let Some(source) = definition.identity else {
            return Ok(None);
        };
        let sender = received.text(source, definition, context.body);
        let sender = sender.as_deref().map(str::as_bytes);
        let mut expected = self
            .identities()
            .filter(|(_, known)| Some(*known) == sender);
        match expected.next() {
            Some((index, _)) => Ok(Some(index)),
            None => Err(VerificationError::UnexpectedSender),
        }
    }
}

fn parse_jws<'a>(received: &Received<'a>, form: &JwsForm) -> Result<Jws<'a>, VerificationError> {
    Jws::parse(received.signature, form).map_err(|refusal| match refusal {
        Refusal::Malformed => malformed_jws(received),
        Refusal::Unsupported => VerificationError::UnsupportedSignature {
            name: owned(received.signature_name),
            label: "JWS".into(),
        },
    })
}

/// Whether the claims are those of this body, and of the issuer.
fn is_of_body(jws: &Jws<'_>, form: &JwsForm, body: &[u8]) -> bool {
    let is_issued = form
        .issuer
        .is_none_or(|issuer| jws.text("iss").as_deref() == Some(issuer));
    let digest = &mac::digest(&mut iter::once(body))[..32];
    let wanted = form.digest_encoding.write(digest);
    // Both are public.
    is_issued && jws.text(form.digest_claim).as_deref() == Some(&*wanted)
}

fn malformed_jws(received: &Received<'_>) -> VerificationError {
    VerificationError::MalformedSignature {
        name: owned(received.signature_name),
        encoding: Encoding::Base64Url,
        prefix: "".into(),
        length: None,
    }
}

fn read_fetched(
    source: KeySource,
    fetched: &[u8],
    now: UnixTime,
) -> Result<Vec<HeldKey>, VerificationError> {
    let unreadable = VerificationError::MalformedKey(KeyDefect::Unreadable);
    let text = core::str::from_utf8(fetched).map_err(|_| unreadable.clone())?;
    match source {
        KeySource::Certificate(source) => Ok(vec![certificate::read(text, source.names, now)?]),
        KeySource::Published(_) | KeySource::ById(_) => {
            reading::read(text.trim_ascii()).ok_or(unreadable)
        }
    }
}

impl Definition {
    /// Whether signatures of this scheme can be by such a key.
    pub(super) fn takes_key(&self, key: &PublicKey) -> bool {
        match (&self.jws, Method::of(self.algorithm)) {
            (Some(form), _) => form
                .algorithms
                .iter()
                .filter_map(|algorithm| algorithm.method().ok())
                .any(|method| key.fits(method)),
            (None, Some(method)) => key.fits(method),
            // Beside a keyed hash.
            (None, None) => key.fits(Method::Ed25519),
        }
    }
}
