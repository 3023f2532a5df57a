//! JSON Web Signatures in compact form (RFC 7515 section 3.1) whose payload has the digest of the body.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::iter;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::Method;
use crate::error::{MissingContext, VerificationError};
use crate::event::{Event, unescape};
use crate::headers::SignedHeaders;
use crate::mac::{self, Key};
use crate::scheme::{Algorithm, Encoding, JwsAlgorithm, JwsForm, Path};
use crate::time::UnixTime;
use crate::webhook::Webhook;

/// No provider's is half as long.
const MAX_LENGTH: usize = 8_192;

/// One that is well-formed; nothing of it is trusted.
pub(super) struct Jws<'a> {
    /// What the signature covers.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
    pub(super) algorithm: JwsAlgorithm,
    pub(super) key_id: Option<Box<str>>,
    claims: String,
}

impl JwsAlgorithm {
    /// How it is verified with a public key, or with which hash.
    pub(crate) fn method(self) -> Result<Method, Algorithm> {
        match self {
            Self::Hs256 => Err(Algorithm::HmacSha256),
            Self::Hs512 => Err(Algorithm::HmacSha512),
            Self::Rs256 => Ok(Method::RsaSha256),
            Self::Es256 => Ok(Method::EcdsaFixed),
            Self::EdDsa => Ok(Method::Ed25519),
        }
    }
}

/// Why a text is not taken.
pub(super) enum Refusal {
    /// It is no JWS.
    Malformed,
    /// It is one by another algorithm, such as `none`, or has extensions that must be understood.
    Unsupported,
}

impl<'a> Jws<'a> {
    pub(super) fn parse(text: &'a [u8], form: &JwsForm) -> Result<Self, Refusal> {
        let text = core::str::from_utf8(text).map_err(|_| Refusal::Malformed)?;
        if text.len() > MAX_LENGTH {
            return Err(Refusal::Malformed);
        }
        let split = |text: &'a str| text.rsplit_once('.').ok_or(Refusal::Malformed);
        let (signed, signature) = split(text)?;
        let (header, claims) = split(signed)?;
        // A further dot is none of base64url.
        let decoded = |part| Base64UrlUnpadded::decode_vec(part).map_err(|_| Refusal::Malformed);
        let object = |part| String::from_utf8(part).map_err(|_| Refusal::Malformed);
        let (header, claims) = (decoded(header)?, decoded(claims)?);
        let (header, signature) = (object(header)?, decoded(signature)?);
        let member = |name| json_at(&header, name).map_err(|()| Refusal::Malformed);
        let algorithm = member("alg")?.and_then(string).ok_or(Refusal::Malformed)?;
        let mut algorithms = form.algorithms.iter().copied();
        let algorithm = algorithms.find(|known| known.name() == algorithm);
        let algorithm = algorithm.ok_or(Refusal::Unsupported)?;
        // Extensions that must be understood (RFC 7515 section 4.1.11).
        if member("crit")?.is_some() {
            return Err(Refusal::Unsupported);
        }
        let key_id = member("kid")?.map(|id| string(id).ok_or(Refusal::Malformed));
        let key_id = key_id.transpose()?.map(Into::into);
        // What they say is read once they are known to be signed.
        let claims = object(claims)?;
        json_at(&claims, form.digest_claim).map_err(|()| Refusal::Malformed)?;
        Ok(Self {
            signed: signed.as_bytes(),
            signature,
            algorithm,
            key_id,
            claims,
        })
    }

    /// A claim that is a string.
    pub(super) fn text(&self, name: &'static str) -> Option<Cow<'_, str>> {
        string(self.json(name)?)
    }

    /// The JSON of a claim.
    pub(super) fn json(&self, name: &'static str) -> Option<&str> {
        json_at(&self.claims, name).ok().flatten()
    }
}

impl Webhook {
    /// The header with a signature by the first key that signs: a shared secret, or a private key.
    pub(crate) fn sign_jws(
        &self,
        form: &JwsForm,
        body: &[u8],
        now: UnixTime,
    ) -> Result<SignedHeaders, VerificationError> {
        let token = self.signing_keys().find_map(|key| {
            let shared = form.algorithms.iter().find(|it| it.method().is_err());
            match key {
                Key::Digest(secret) => {
                    let algorithm = shared?.method().err()?;
                    let message = unsigned(form, shared?.name(), body, now);
                    let tag = Key::new(algorithm, secret).tag(iter::once(message.as_bytes()));
                    Some(with_signature(message, &tag[..algorithm.tag_length()]))
                }
                Key::Public(key) => {
                    let message = unsigned(form, JwsAlgorithm::EdDsa.name(), body, now);
                    let signature = key.sign(&mut iter::once(message.as_bytes()))?;
                    Some(with_signature(message, &signature))
                }
                _ => None,
            }
        });
        let token = token.ok_or(VerificationError::MissingContext(
            MissingContext::PrivateKey,
        ))?;
        let name = self
            .definition
            .header_name(self.definition.header_sets[0].signature);
        Ok(vec![(name.as_str().into(), token)])
    }
}

/// Header and payload, as they are signed.
fn unsigned(form: &JwsForm, algorithm: &str, body: &[u8], now: UnixTime) -> String {
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let digest = &mac::digest(&mut iter::once(body))[..32];
    let (claim, digest) = (form.digest_claim, form.digest_encoding.write(digest));
    let mut claims = format!(r#"{{"{claim}":"{digest}""#);
    if let Some(issuer) = form.issuer {
        claims.push_str(&format!(r#","iss":"{issuer}""#));
    }
    if let Some(claim) = form.timestamp_claim {
        claims.push_str(&format!(r#","{claim}":{}"#, now.seconds()));
    }
    claims.push('}');
    let encoded = |text: &str| Encoding::Base64Url.write(text.as_bytes());
    encoded(&header) + "." + &encoded(&claims)
}

fn with_signature(mut message: String, signature: &[u8]) -> String {
    message.push('.');
    message.push_str(&Encoding::Base64Url.write(signature));
    message
}

/// The value of this member of a JSON object; an error if the text is none, or names it twice.
fn json_at<'t>(object: &'t str, name: &'static str) -> Result<Option<&'t str>, ()> {
    let path = Path::parse(name).map_err(drop)?;
    Event::json_at(&path, object)
}

fn string(json: &str) -> Option<Cow<'_, str>> {
    json.starts_with('"').then(|| unescape(json)).flatten()
}
