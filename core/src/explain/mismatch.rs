//! What no signature fits: other secrets, schemes, bodies and URLs are tried in turn.

use alloc::vec;
use alloc::vec::Vec;

use super::finding::{Certainty, Facts, Finding, FindingCode, named};
use super::request::Received;
use super::search::{Search, fit};
use super::{body, detect, secret, url};
use crate::mac::Key;
use crate::scheme::{Algorithm, Part, Scheme};
use crate::time::Tolerance;
use crate::webhook::{SecretKey, Webhook};

/// How many secrets other forms are made of.
const MAX_SECRETS: usize = 16;
const METHODS: [&str; 3] = ["POST", "GET", "PUT"];

impl Search<'_> {
    pub(super) fn mismatch(&mut self) -> Vec<Finding> {
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
            if let Some(fit) = fit(&other, self.received, self.now, &mut self.work) {
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
    pub(super) fn other_scheme(&mut self, by_looks: bool) -> Option<Finding> {
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
                if fit(&other, self.received, self.now, &mut self.work).is_some() {
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

    pub(super) fn other_body(&mut self) -> Option<Vec<Finding>> {
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
    pub(super) fn looks(&self) -> Vec<Finding> {
        let definition = &self.webhook.definition;
        let body = self.received.body;
        let mut findings = Vec::new();
        let mut add = |code, facts: Facts| {
            findings.push(Finding::new(code, Certainty::Likely, facts));
        };
        let is_of_body = |part: &Part| {
            matches!(
                part,
                Part::Body | Part::Form | Part::Sha256 | Part::Crc32 | Part::BeforeSignature
            )
        };
        let is_jws = definition.algorithm == Algorithm::Jws;
        let is_signed = is_jws || definition.content.iter().any(is_of_body);
        let may_be_empty = matches!(self.received.method, Some("GET" | "HEAD"));
        let replacements = body::replacements(body);
        if body.is_empty() && !may_be_empty && (is_signed || definition.in_body.is_some()) {
            add(FindingCode::BodyEmpty, Facts::new());
        } else if replacements > 0 && is_signed {
            add(
                FindingCode::BodyDecoded,
                [("count", replacements.into())].into(),
            );
        }
        let is_json = body
            .first()
            .is_some_and(|first| matches!(first, b'{' | b'['));
        let content_type = self.received.header("content-type").unwrap_or_default();
        let was_form = content_type.starts_with(b"application/x-www-form-urlencoded");
        let parameter = definition.body_digest_parameter.as_deref();
        let url = self.received.url.unwrap_or_default();
        if is_json && was_form && definition.content.contains(&Part::Form) {
            add(
                FindingCode::FormRewritten,
                [("signed", "form".into())].into(),
            );
        } else if let Some(parameter) = parameter.filter(|name| is_json && !url.contains(*name)) {
            add(
                FindingCode::UrlQueryLost,
                [("parameter", named(parameter))].into(),
            );
        }
        findings
    }
}
