//! Asks `verify` about the request as it may have been signed.

use alloc::vec;
use alloc::vec::Vec;

use super::finding::{Certainty, Facts, Finding, FindingCode, named};
use super::request::Received;
use super::{body, detect, headers, secret, signature, time, url};
use crate::error::{MissingContext, TimestampDefect, VerificationError};
use crate::headers::Request;
use crate::mac::Key;
use crate::received;
use crate::scheme::{Scheme, UrlForm};
use crate::time::{Tolerance, UnixTime};
use crate::webhook::{SecretKey, Webhook};

/// How many keyed hashes an explanation computes at most, besides those of the verdict. Verifying with
/// a public key counts as 32.
pub const MAX_MACS: usize = 4_096;

/// What verifying with a public key counts for, as it takes longer.
const MACS_OF_A_SIGNATURE: usize = 32;

/// How many secrets other forms are made of.
const MAX_SECRETS: usize = 16;
/// How many values of a repeated header are tried.
const MAX_INSTANCES: usize = 8;
const METHODS: [&str; 3] = ["POST", "GET", "PUT"];

pub(super) struct Search<'s> {
    webhook: &'s Webhook,
    /// The same without its tolerance: the time is judged when the signature is known.
    timeless: Webhook,
    received: &'s Received<'s>,
    now: UnixTime,
    macs_left: usize,
}

/// A request that a signature fits.
struct Fit {
    key_index: usize,
    timestamp: Option<UnixTime>,
}

impl<'s> Search<'s> {
    pub(super) fn new(webhook: &'s Webhook, received: &'s Received<'s>, now: UnixTime) -> Self {
        Self {
            webhook,
            timeless: webhook.clone().with_tolerance(Tolerance::unchecked()),
            received,
            now,
            macs_left: MAX_MACS,
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

    fn fit_of(&mut self, request: &Received<'_>) -> Option<Fit> {
        fit(&self.timeless, request, self.now, &mut self.macs_left)
    }

    /// What is wrong with the time of a request whose signature is right.
    fn stale(&self, fit: &Fit) -> Vec<Finding> {
        let (tolerance, format) = (
            self.webhook.tolerance,
            self.webhook.definition.timestamp_format,
        );
        let findings = |timestamp| time::findings(timestamp, self.now, tolerance, format);
        fit.timestamp.map(findings).unwrap_or_default()
    }

    /// A cause that is proven, and what else is wrong then.
    fn proven(&self, code: FindingCode, facts: impl Into<Facts>, fit: &Fit) -> Vec<Finding> {
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

    fn missing_headers(&mut self, first: &str) -> Vec<Finding> {
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
        let known: Vec<&str> = definition.header_names.iter().map(|name| &**name).collect();
        let names: Vec<&str> = received.pairs.iter().map(|(name, _)| *name).collect();
        let mut request = received.clone();
        let mut renamed = Vec::new();
        for wanted in &missing {
            if let Some((index, found, how)) = headers::renamed(wanted, &names, &known) {
                request.pairs[index].0 = wanted;
                renamed.push(Facts::from([
                    ("header", named(wanted)),
                    ("found", named(&found)),
                    ("how", how.into()),
                ]));
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
        if findings.is_empty() {
            let dropped = |name: &&str| {
                let facts = [("header", named(name))];
                Finding::new(FindingCode::HeaderDropped, Certainty::Proven, facts)
            };
            findings.extend(missing.iter().map(dropped));
        }
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

    fn signatures(&mut self, name: &str) -> Vec<Finding> {
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
        if findings
            .iter()
            .any(|finding| finding.certainty() == Certainty::Proven)
        {
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

    fn mismatch(&mut self) -> Vec<Finding> {
        if let Some(findings) = self.other_secret() {
            return findings;
        }
        if let Some(finding) = self.other_scheme(false) {
            return vec![finding];
        }
        let other = self
            .other_body()
            .or_else(|| self.other_url())
            .or_else(|| self.other_method());
        other.unwrap_or_else(|| self.looks())
    }

    fn other_secret(&mut self) -> Option<Vec<Finding>> {
        let webhook = self.webhook;
        let definition = &webhook.definition;
        for (index, one) in webhook.secrets.iter().enumerate().take(MAX_SECRETS) {
            if self.is_public(index) {
                continue;
            }
            let forms = secret::forms(one, definition);
            let mut other = self.timeless.clone();
            other.keys = forms
                .iter()
                .enumerate()
                .map(|(index, (_, key))| SecretKey {
                    index,
                    key: Key::new(definition.algorithm, key),
                })
                .collect();
            if let Some(fit) = fit(&other, self.received, self.now, &mut self.macs_left) {
                let facts = [
                    ("secret", index.into()),
                    ("form", forms[fit.key_index].0.into()),
                ];
                return Some(self.proven(FindingCode::SecretForm, facts, &fit));
            }
        }
        None
    }

    /// Whether anybody knows this secret, so that nothing may be keyed with it: as a public key.
    fn is_public(&self, index: usize) -> bool {
        let mut keys = self.webhook.keys.iter();
        keys.any(|held| held.index == index && held.key.is_public())
    }

    /// The first other scheme that a secret fits under; else, if that is wanted, the one that the
    /// headers are of.
    fn other_scheme(&mut self, by_looks: bool) -> Option<Finding> {
        let own = &*self.webhook.definition.name;
        let detected = detect::detect_in(&self.received.pairs);
        let others = || detected.iter().copied().filter(|name| *name != own);
        for name in others() {
            for (index, secret) in self.webhook.secrets.iter().enumerate().take(MAX_SECRETS) {
                let scheme = Scheme::named(name);
                let other = scheme.and_then(|scheme| Webhook::new(scheme, [secret.clone()]));
                let Ok(other) = other else { continue };
                let is_keyed = other.keys.iter().any(|held| !held.key.is_public());
                if is_keyed && self.is_public(index) {
                    continue;
                }
                let other = other.with_tolerance(Tolerance::unchecked());
                if fit(&other, self.received, self.now, &mut self.macs_left).is_some() {
                    let facts = [("scheme", name.into()), ("secret", index.into())];
                    return Some(Finding::new(
                        FindingCode::OtherScheme,
                        Certainty::Proven,
                        facts,
                    ));
                }
            }
        }
        let likely = others()
            .next()
            .filter(|_| by_looks && !detected.contains(&own))?;
        let facts = [("scheme", likely.into())];
        Some(Finding::new(
            FindingCode::OtherScheme,
            Certainty::Likely,
            facts,
        ))
    }

    fn other_body(&mut self) -> Option<Vec<Finding>> {
        let received = self.received;
        let mut found = None;
        body::variants(received.body, &mut |code, facts, body| {
            let request = Received {
                pairs: received.pairs.clone(),
                body,
                ..*received
            };
            let fit = self.fit_of(&request);
            found = fit.map(|fit| self.proven(code, facts, &fit));
            found.is_some()
        });
        found
    }

    fn other_url(&mut self) -> Option<Vec<Finding>> {
        let received = self.received;
        let url = received.url.filter(|_| self.webhook.signs_url())?;
        let mut found = None;
        url::variants(url, received, &mut |facts, url| {
            let request = Received {
                pairs: received.pairs.clone(),
                url: Some(url),
                ..*received
            };
            let fit = self.fit_of(&request);
            found = fit.map(|fit| self.proven(FindingCode::UrlDiffers, facts, &fit));
            found.is_some()
        });
        found
    }

    fn other_method(&mut self) -> Option<Vec<Finding>> {
        let received = self.received;
        let method = received.method.filter(|_| self.webhook.signs_method())?;
        let cases = [
            ("upper_case", method.to_ascii_uppercase()),
            ("lower_case", method.to_ascii_lowercase()),
        ];
        let cases = cases.iter().map(|(signed, text)| (*signed, &**text));
        for (signed, other) in cases.chain(METHODS.map(|name| (name, name))) {
            if other == method {
                continue;
            }
            let request = Received {
                pairs: received.pairs.clone(),
                method: Some(other),
                ..*received
            };
            if let Some(fit) = self.fit_of(&request) {
                let facts = [("signed", signed.into())];
                return Some(self.proven(FindingCode::MethodDiffers, facts, &fit));
            }
        }
        None
    }

    /// What a request that nothing fits looks like.
    fn looks(&self) -> Vec<Finding> {
        let body = self.received.body;
        let mut findings = Vec::new();
        let mut add = |code, facts: Facts| {
            findings.push(Finding::new(code, Certainty::Likely, facts));
        };
        let replacements = body::replacements(body);
        if body.is_empty() {
            add(FindingCode::BodyEmpty, Facts::new());
        } else if replacements > 0 {
            add(
                FindingCode::BodyDecoded,
                [("count", replacements.into())].into(),
            );
        }
        let parameter = self.webhook.definition.body_digest_parameter.as_deref();
        let is_json = body
            .first()
            .is_some_and(|first| matches!(first, b'{' | b'['));
        let url = self.received.url.unwrap_or_default();
        if let Some(parameter) = parameter.filter(|name| is_json && !url.contains(*name)) {
            add(
                FindingCode::UrlQueryLost,
                [("parameter", named(parameter))].into(),
            );
        }
        findings
    }
}

/// A finding without facts.
fn plain(code: FindingCode) -> Vec<Finding> {
    vec![Finding::new(code, Certainty::Proven, Facts::new())]
}

/// Whether a signature of this request fits one of the keys. The webhook has no tolerance.
fn fit(
    webhook: &Webhook,
    request: &Received<'_>,
    now: UnixTime,
    macs_left: &mut usize,
) -> Option<Fit> {
    let forms = match webhook.definition.url_form {
        UrlForm::AsGiven => 1,
        _ => 2,
    };
    let mut macs = webhook.keys.iter().fold(0, |macs, held| {
        macs + match held.key.is_public() {
            true => MACS_OF_A_SIGNATURE,
            false => forms,
        }
    });
    if request.key.is_some() {
        macs += MACS_OF_A_SIGNATURE;
    }
    *macs_left = macs_left.checked_sub(macs)?;
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
