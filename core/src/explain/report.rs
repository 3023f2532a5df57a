//! The explanation as a whole: structured, as text, and as JSON.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::finding::{Evidence, Finding};
use crate::answer::push_json;
use crate::error::VerificationError;

const NOTHING_FOUND: &str = "Nothing that was tried makes it pass. Is the secret that of this \
    endpoint and environment, and is the body passed as the bytes received?";

/// What [`Webhook::explain`](crate::Webhook::explain) found. `Display` is the report as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    verdict: Result<usize, VerificationError>,
    findings: Vec<Finding>,
}

impl Explanation {
    pub(super) fn accepted(key_index: usize) -> Self {
        Self {
            verdict: Ok(key_index),
            findings: Vec::new(),
        }
    }

    pub(super) fn refused(error: VerificationError, findings: Vec<Finding>) -> Self {
        Self {
            verdict: Err(error),
            findings,
        }
    }

    /// The verdict of [`verify`](crate::Webhook::verify): which secret fits, counted from 0, or why
    /// it refuses.
    pub fn verdict(&self) -> Result<usize, &VerificationError> {
        self.verdict.as_ref().copied()
    }

    /// What is wrong, the surest first; empty of an accepted request, and where nothing was found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The whole as JSON: `key_index`, `code`, `message`, `findings` (each with `code`,
    /// `certainty`, `evidence`, `suggestion`) and `text`.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"key_index\": ");
        match &self.verdict {
            Ok(key_index) => json.push_str(&key_index.to_string()),
            Err(_) => json.push_str("null"),
        }
        let (code, message) = match &self.verdict {
            Ok(_) => (None, None),
            Err(error) => (Some(error.code()), Some(error.to_string())),
        };
        for (name, text) in [("code", code), ("message", message.as_deref())] {
            push_name(&mut json, name);
            push_json(&mut json, text);
        }
        push_name(&mut json, "findings");
        json.push('[');
        for (index, finding) in self.findings.iter().enumerate() {
            json.push_str(if index > 0 {
                ", {\"code\": "
            } else {
                "{\"code\": "
            });
            push_json(&mut json, Some(finding.code().as_str()));
            push_name(&mut json, "certainty");
            push_json(&mut json, Some(finding.certainty().as_str()));
            push_name(&mut json, "evidence");
            json.push('{');
            for (index, (name, value)) in finding.evidence().iter().enumerate() {
                json.push_str(if index > 0 { ", " } else { "" });
                push_json(&mut json, Some(name));
                json.push_str(": ");
                match value {
                    Evidence::Number(number) => json.push_str(&number.to_string()),
                    Evidence::Text(text) => push_json(&mut json, Some(text)),
                }
            }
            json.push('}');
            push_name(&mut json, "suggestion");
            push_json(&mut json, Some(finding.suggestion()));
            json.push('}');
        }
        json.push(']');
        push_name(&mut json, "text");
        push_json(&mut json, Some(&self.to_string()));
        json.push('}');
        json
    }
}

fn push_name(json: &mut String, name: &str) {
    json.push_str(", ");
    push_json(json, Some(name));
    json.push_str(": ");
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match &self.verdict {
            Ok(key_index) => {
                return write!(
                    f,
                    "The request is accepted: secret {key_index}, counted from 0, fits."
                );
            }
            Err(error) => error,
        };
        write!(f, "The request is refused with {}: {error}", error.code())?;
        if self.findings.is_empty() && is_of_signature(error) {
            write!(f, "\n\n{NOTHING_FOUND}")?;
        }
        for (number, finding) in (1..).zip(&self.findings) {
            let certainty = finding.certainty().as_str();
            write!(f, "\n\n{number}. {} ({certainty})", finding.code().as_str())?;
            for (index, (name, value)) in finding.evidence().iter().enumerate() {
                f.write_str(if index == 0 { ": " } else { ", " })?;
                match value {
                    Evidence::Number(number) => write!(f, "{name} {number}")?,
                    Evidence::Text(text) => write!(f, "{name} {text}")?,
                }
            }
            write!(f, "\n   {}", finding.suggestion())?;
        }
        Ok(())
    }
}

/// Whether another secret or body could have made it pass. The messages of others say all there is.
fn is_of_signature(error: &VerificationError) -> bool {
    matches!(
        error,
        VerificationError::SignatureMismatch
            | VerificationError::MissingSignature { .. }
            | VerificationError::TimestampTooOld { .. }
            | VerificationError::TimestampTooNew { .. }
    )
}
