//! What registered schemes of public keys have besides: where a key is, who may sign, and what a JSON Web
//! Signature says.
#![cfg_attr(
    not(feature = "asymmetric"),
    allow(
        dead_code,
        reason = "the descriptions are there without what reads them"
    )
)]

use super::Encoding;

/// How the host comes by a key that no secret gives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeySource {
    /// By a certificate.
    Certificate(CertificateSource),
    /// By the set of keys (RFC 7517) at this URL, each of which may have signed.
    Published(&'static str),
    /// By the id that the request names, in this header or else in its JSON Web Signature. The way to
    /// the key depends on the account.
    ById(Option<&'static str>),
}

/// The certificates that a provider keeps at URLs of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CertificateSource {
    /// Where the request names its URL: `header:name` or `body:path`.
    pub(crate) url: &'static str,
    /// The hosts, in which `*` is one label.
    pub(crate) hosts: &'static [&'static str],
    /// How the path begins and ends.
    pub(crate) path: (&'static str, &'static str),
    /// The names one of which the certificate has.
    pub(crate) names: &'static [&'static str],
}

/// What a JSON Web Signature must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JwsForm {
    pub(crate) algorithms: &'static [JwsAlgorithm],
    /// The claim that has the SHA-256 of the body, in this encoding.
    pub(crate) digest_claim: &'static str,
    pub(crate) digest_encoding: Encoding,
    /// The value of the claim `iss`.
    pub(crate) issuer: Option<&'static str>,
    /// The claim that is the attempt timestamp, in seconds.
    pub(crate) timestamp_claim: Option<&'static str>,
}

/// The algorithms of JSON Web Signatures that some scheme has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JwsAlgorithm {
    /// RFC 7518 section 3.2.
    Hs256,
    Hs512,
    /// Section 3.3.
    Rs256,
    /// Section 3.4.
    Es256,
    /// RFC 8037.
    EdDsa,
}

impl JwsAlgorithm {
    /// As the header `alg` names it (RFC 7518 section 3.1, RFC 8037 section 3.1).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}
