//! The corpus: files of cases, each with what must come of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use countersign::Outcome;
use countersign::scheme::{Description, ToleranceDescription};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// One file.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct File {
    /// What its cases are about, which decides how they run.
    pub kind: String,
    /// Its cases, of which each kind reads its own parts.
    pub cases: Vec<Value>,
}

/// All files, in the order of their names.
///
/// The folder `end-to-end` is not among them: its cases need a server, and are run by
/// `tests/receivers/run.py`.
///
/// # Errors
/// A file that cannot be read, and a case id that is missing or used twice.
pub fn read() -> Result<Vec<File>> {
    let mut paths = fs::read_dir(folder())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    ensure!(!paths.is_empty(), "the corpus is empty");

    let mut ids = BTreeSet::new();
    let mut files = Vec::new();
    for path in paths {
        let about = || format!("in {}", path.display());
        let file: File = serde_json::from_str(&fs::read_to_string(&path)?).with_context(about)?;
        for case in &file.cases {
            let id = id(case).with_context(about)?;
            ensure!(ids.insert(id.to_owned()), "the id {id} is used twice");
        }
        files.push(file);
    }
    Ok(files)
}

/// The id of a case.
///
/// # Errors
/// It has none.
pub fn id(case: &Value) -> Result<&str> {
    case["id"].as_str().context("a case has no id")
}

/// A registered scheme's name, or the description of another scheme.
#[derive(Debug)]
#[non_exhaustive]
pub enum SchemeText {
    /// A name.
    Named(String),
    /// A description.
    Described(Box<Description>),
}

impl<'de> Deserialize<'de> for SchemeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Named(name)),
            description => serde_json::from_value(description)
                .map(|description| Self::Described(Box::new(description)))
                .map_err(D::Error::custom),
        }
    }
}

/// A case of the kind `verify`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct VerifyCase {
    /// The scheme.
    pub scheme: SchemeText,
    /// The secrets' texts.
    pub secrets: Vec<String>,
    /// Another tolerance than the scheme's.
    pub tolerance: Option<ToleranceDescription>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's URL.
    pub url: Option<String>,
    /// The key that was fetched, as it was answered.
    pub key: Option<String>,
    /// The request's headers.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    #[serde(rename = "body_b64", deserialize_with = "base64_bytes")]
    pub body: Vec<u8>,
    /// Unix seconds.
    pub now: u64,
    /// The verdict, and the event of an accepted request.
    pub expect: Value,
}

/// A case of the kind `construct`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct ConstructCase {
    /// The scheme.
    pub scheme: SchemeText,
    /// The secrets' texts.
    pub secrets: Vec<String>,
}

/// A case of the kind `sign`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct SignCase {
    /// The scheme.
    pub scheme: SchemeText,
    /// The secrets' texts.
    pub secrets: Vec<String>,
    /// Whether all of them sign.
    #[serde(default)]
    pub every_secret_signs: bool,
    /// The message's id.
    pub message_id: Option<String>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's URL.
    pub url: Option<String>,
    /// The message's body.
    #[serde(rename = "body_b64", deserialize_with = "base64_bytes")]
    pub body: Vec<u8>,
    /// Unix seconds.
    pub now: u64,
}

/// A case of the kind `sign_body`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct SignBodyCase {
    /// The scheme.
    pub scheme: SchemeText,
    /// The secrets' texts.
    pub secrets: Vec<String>,
    /// The message's id.
    pub message_id: Option<String>,
    /// The message's body.
    #[serde(rename = "body_b64", deserialize_with = "base64_bytes")]
    pub body: Vec<u8>,
    /// Unix seconds.
    pub now: u64,
}

/// A case of the kind `write_payload`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct WritePayloadCase {
    /// The id of the message.
    pub message_id: String,
    /// The type of the event.
    pub event_type: String,
    /// Unix milliseconds.
    pub now_ms: u64,
    /// JSON.
    pub data: String,
}

/// A case of the kind `backoff`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct BackoffCase {
    /// The delays before they are spread.
    pub schedule: ScheduleText,
    /// How they are spread.
    pub jitter: JitterText,
    /// One number for each attempt.
    pub entropy: Vec<u32>,
}

/// A case of the kind `retry`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct RetryCase {
    /// The sender's policy.
    pub policy: PolicyText,
    /// How many attempts were made.
    pub attempt: u32,
    /// How the last one ended.
    pub outcome: OutcomeText,
    /// Unix milliseconds.
    pub now_ms: u64,
    /// Feeds the jitter.
    pub entropy: u32,
}

/// A case of the kind `retry_after`.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct RetryAfterCase {
    /// The value of the header.
    pub value: String,
    /// Unix seconds.
    pub now: u64,
}

/// The delays of a sender.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScheduleText {
    /// That of Standard Webhooks.
    Standard,
    /// These, in milliseconds.
    FixedMs(Vec<u64>),
    /// Growing ones.
    Exponential {
        /// The delay before the second attempt.
        base_ms: u64,
        /// What each later one is multiplied by.
        factor: u32,
        /// The longest.
        cap_ms: u64,
        /// How many attempts there are.
        attempts: u32,
    },
}

/// How delays are spread.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JitterText {
    /// Not at all.
    None,
    /// From nothing to the whole delay.
    Full,
    /// From half the delay to all of it.
    Equal,
}

/// A sender's policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PolicyText {
    /// The delays before they are spread.
    pub schedule: ScheduleText,
    /// How they are spread.
    pub jitter: JitterText,
    /// The longest `Retry-After` that is honoured.
    pub retry_after_cap_ms: Option<u64>,
    /// Further statuses that are tried again.
    #[serde(default)]
    pub retry_statuses: Vec<u16>,
}

/// How an attempt ended.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[non_exhaustive]
pub enum OutcomeText {
    /// With an answer.
    Response {
        /// Its status.
        status: u16,
        /// The value of its header `Retry-After`.
        retry_after: Option<String>,
    },
    /// Without one.
    NetworkError {
        /// True.
        network_error: bool,
    },
    /// Before it began.
    Forbidden {
        /// True.
        forbidden: bool,
    },
}

impl OutcomeText {
    /// The outcome.
    ///
    /// # Errors
    /// It is none.
    pub fn outcome(&self) -> Result<Outcome<'_>> {
        Ok(match self {
            Self::Response {
                status,
                retry_after,
            } => Outcome::Response {
                status: *status,
                retry_after: retry_after.as_deref(),
            },
            Self::NetworkError {
                network_error: true,
            } => Outcome::NetworkError,
            Self::Forbidden { forbidden: true } => Outcome::Forbidden,
            _ => bail!("the outcome is neither answer nor error"),
        })
    }
}

pub(crate) fn base64_bytes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64_STANDARD.decode(text).map_err(D::Error::custom)
}
