//! Asks `verify` about the request as it may have been signed.

use alloc::vec;
use alloc::vec::Vec;

use super::finding::{Certainty, Facts, Finding, FindingCode, named};
use super::request::Received;
use super::work::Work;
use super::{headers, signature, time};
use crate::error::{MissingContext, TimestampDefect, VerificationError};
use crate::headers::Request;
use crate::received;
use crate::time::{Tolerance, UnixTime};
use crate::webhook::Webhook;

/// How many values of a repeated header are tried.
const MAX_INSTANCES: usize = 8;

pub(super) struct Search<'s> {
    pub(super) webhook: &'s Webhook,
    /// The same without its tolerance: the time is judged when the signature is known.
    pub(super) timeless: Webhook,
    pub(super) received: &'s Received<'s>,
    pub(super) now: UnixTime,
    pub(super) work: Work,
}

/// A request that a signature fits.
pub(super) struct Fit {
    pub(super) key_index: usize,
    pub(super) timestamp: Option<UnixTime>,
}

impl<'s> Search<'s> {
    pub(super) fn new(webhook: &'s Webhook, received: &'s Received<'s>, now: UnixTime) -> Self {
        Self {
            webhook,
            timeless: webhook.clone().with_tolerance(Tolerance::unchecked()),
            received,
            now,
            work: Work::new(),
        }
    }

    /// What is wrong with a request that was refused so.
    pub(super) fn findings(mut self, error: &VerificationError) -> Vec<Finding> {
        match error {
            VerificationError::MissingContext(part) => {
                let part = match part {
                    MissingContext::Method => "method",
                    MissingContext::Url => "url",
                    MissingContext::Id => "id",
                    MissingContext::PrivateKey => "key",
                };
                let facts = [("part", part.into())];
                vec![Finding::new(
                    FindingCode::ContextMissing,
                    Certainty::Proven,
                    facts,
                )]
            }
            VerificationError::MissingHeader { name } => self.missing_headers(name),
            VerificationError::ConflictingHeader { name } => self.repeated_header(name),
            VerificationError::MalformedTimestamp(TimestampDefect::Form(_)) => {
                let format = self.webhook.definition.timestamp_format;
                let definition = &self.webhook.definition;
                let read = received::Received::read(definition, &*self.received.pairs);
                let text = read.and_then(|read| read.timestamp_text(definition));
                let text = text.ok().flatten();
                text.and_then(|text| time::form(text, format))
                    .into_iter()
                    .collect()
            }
            VerificationError::MalformedSignature { name, .. }
            | VerificationError::UnsupportedSignature { name, .. } => self.signatures(name),
            VerificationError::SignatureMismatch => self.mismatch(),
            VerificationError::TimestampTooOld { .. }
            | VerificationError::TimestampTooNew { .. } => {
                match self.fit_of(&self.received.clone()) {
                    Some(fit) => self.stale(&fit),
                    None => Vec::new(),
                }
            }
            VerificationError::MissingSignature { .. } => self.missing_in_body(),
            VerificationError::KeyNeeded(_) => plain(FindingCode::KeyNeeded),
            VerificationError::UnexpectedSender => plain(FindingCode::UnexpectedSender),
            // Their messages say all there is.
            VerificationError::MalformedHeader { .. }
            | VerificationError::MalformedTimestamp(_)
            | VerificationError::MalformedSignedField { .. }
            | VerificationError::UntrustedKeyUrl
            | VerificationError::MalformedKey(_)
            | VerificationError::UntrustedCertificate
            | VerificationError::ExpiredCertificate => Vec::new(),
        }
    }

    pub(super) fn fit_of(&mut self, request: &Received<'_>) -> Option<Fit> {
        fit(&self.timeless, request, self.now, &mut self.work)
    }

    /// What is wrong with the time of a request whose signature is right.
    pub(super) fn stale(&self, fit: &Fit) -> Vec<Finding> {
        let (tolerance, format) = (
            self.webhook.tolerance,
            self.webhook.definition.timestamp_format,
        );
        let findings = |timestamp| time::findings(timestamp, self.now, tolerance, format);
        fit.timestamp.map(findings).unwrap_or_default()
    }

    /// A cause that is proven, and what else is wrong then.
    pub(super) fn proven(
        &self,
        code: FindingCode,
        facts: impl Into<Facts>,
        fit: &Fit,
    ) -> Vec<Finding> {
        let mut findings = vec![Finding::new(code, Certainty::Proven, facts)];
        findings.extend(self.stale(fit));
        findings
    }

    /// What may be wrong with a body that has no signature where the scheme has it.
    fn missing_in_body(&mut self) -> Vec<Finding> {
        let other = self.other_body();
        let other = other.or_else(|| self.other_scheme(true).map(|finding| vec![finding]));
        other.unwrap_or_else(|| self.looks())
    }

    pub(super) fn missing_headers(&mut self, first: &str) -> Vec<Finding> {
        let definition = self.webhook.definition.clone();
        let received = self.received;
        let sets = definition.header_sets.iter().map(|set| {
            let names = [Some(set.signature), set.id, set.timestamp]
                .into_iter()
                .flatten();
            let names = names.map(|index| &*definition.header_names[index]);
            let missing: Vec<&str> = names
                .filter(|name| received.header(name).is_none())
                .collect();
            missing
        });
        let mut missing = sets.min_by_key(Vec::len).unwrap_or_default();
        // What says which key it is belongs to no set.
        if missing.is_empty() {
            missing.push(first);
        }
        if let Some(finding) = older_signature(received, &missing) {
            return vec![finding];
        }
        let known: Vec<&str> = definition.header_names.iter().map(|name| &**name).collect();
        let names: Vec<&str> = received.pairs.iter().map(|(name, _)| *name).collect();
        let mut request = received.clone();
        let mut renamed = Vec::new();
        let mut gone = Vec::new();
        for wanted in &missing {
            if let Some((index, found, how)) = headers::renamed(wanted, &names, &known) {
                request.pairs[index].0 = wanted;
                renamed.push(Facts::from([
                    ("header", named(wanted)),
                    ("found", named(&found)),
                    ("how", how.into()),
                ]));
            } else {
                gone.push(*wanted);
            }
        }
        let fit = match renamed.len() {
            0 => None,
            _ => self.fit_of(&request),
        };
        let certainty = match fit {
            Some(_) => Certainty::Proven,
            None => Certainty::Likely,
        };
        let mut findings: Vec<Finding> = Vec::new();
        if fit.is_none() {
            findings.extend(self.other_scheme(true));
            if findings.iter().any(Finding::is_proven) {
                return findings;
            }
        }
        if !findings.is_empty() {
            // They are missing because they are another scheme's.
            gone.clear();
        }
        let code = FindingCode::HeaderRenamed;
        findings.extend(
            renamed
                .into_iter()
                .map(|facts| Finding::new(code, certainty, facts)),
        );
        if let Some(fit) = fit {
            findings.extend(self.stale(&fit));
        }
        let dropped = |name: &&str| {
            let facts = [("header", named(name))];
            Finding::new(FindingCode::HeaderDropped, Certainty::Proven, facts)
        };
        findings.extend(gone.iter().map(dropped));
        findings
    }

    fn repeated_header(&mut self, name: &str) -> Vec<Finding> {
        let received = self.received;
        let pairs = received.pairs.iter();
        let values = pairs.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        for (instance, (_, value)) in values.take(MAX_INSTANCES).enumerate() {
            if let Some(fit) = self.fit_of(&received.with_value(name, value)) {
                let facts = [("header", named(name)), ("instance", instance.into())];
                return self.proven(FindingCode::HeaderRepeated, facts, &fit);
            }
        }
        let facts = [("header", named(name))];
        vec![Finding::new(
            FindingCode::HeaderRepeated,
            Certainty::Proven,
            facts,
        )]
    }

    pub(super) fn signatures(&mut self, name: &str) -> Vec<Finding> {
        let received = self.received;
        let value = received
            .header(name)
            .and_then(|value| core::str::from_utf8(value).ok());
        let entries = match self.webhook.keys.iter().any(|held| held.key.is_public()) {
            // The forms are those of tags.
            true => Vec::new(),
            false => signature::entries(&self.webhook.definition, name, value.unwrap_or_default()),
        };
        for entry in &entries {
            let Some(corrected) = &entry.corrected else {
                continue;
            };
            let request = received.with_value(name, corrected.as_bytes());
            if let (Some(fit), Some(facts)) = (self.fit_of(&request), &entry.encoding) {
                return self.proven(FindingCode::SignatureEncoding, facts.clone(), &fit);
            }
        }
        let mut findings: Vec<Finding> = self.other_scheme(true).into_iter().collect();
        if findings.iter().any(Finding::is_proven) {
            return findings;
        }
        let version = entries.iter().find_map(|entry| entry.version.clone());
        let encoding = || entries.iter().find_map(|entry| entry.encoding.clone());
        findings.extend(match version {
            Some(facts) => Some(Finding::new(
                FindingCode::SignatureVersion,
                Certainty::Likely,
                facts,
            )),
            None => encoding().map(|facts| {
                Finding::new(FindingCode::SignatureEncoding, Certainty::Likely, facts)
            }),
        });
        findings
    }
}

/// The signature by SHA-1 alone, which GitHub and Meta send beside that by SHA-256.
fn older_signature(received: &Received<'_>, missing: &[&str]) -> Option<Finding> {
    let name = missing.iter().find(|name| {
        let older = name.strip_suffix("-256");
        let older = older.and_then(|older| received.header(older));
        older.is_some_and(|value| value.starts_with(b"sha1="))
    })?;
    let facts = [
        ("header", named(name)),
        ("expected", "sha256".into()),
        ("found", "sha1".into()),
    ];
    Some(Finding::new(
        FindingCode::SignatureVersion,
        Certainty::Likely,
        facts,
    ))
}

/// A finding without facts.
fn plain(code: FindingCode) -> Vec<Finding> {
    vec![Finding::new(code, Certainty::Proven, Facts::new())]
}

/// Whether a signature of this request fits one of the keys, as far as there is work left. The webhook
/// has no tolerance.
pub(super) fn fit(
    webhook: &Webhook,
    request: &Received<'_>,
    now: UnixTime,
    work: &mut Work,
) -> Option<Fit> {
    work.take(webhook, request)?;
    let request = Request::new(&*request.pairs, request.body)
        .method(request.method)
        .url(request.url)
        .key(request.key);
    let verified = webhook.verify(&request, now).ok()?;
    Some(Fit {
        key_index: verified.key_index(),
        timestamp: verified.timestamp(),
    })
}
