//! Cases of reports on refused requests.

use anyhow::{Result, ensure};
use countersign::{Request, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::webhook;
use crate::corpus::VerifyCase;

#[derive(Debug, Deserialize)]
pub(super) struct DetectCase {
    headers: Vec<(String, String)>,
}

pub(super) fn detect(case: &DetectCase) -> Value {
    json!({"schemes": countersign::explain::detect(&case.headers)})
}

/// The parts of a case are those of `verify`.
pub(super) fn explain(case: &VerifyCase) -> Result<Value> {
    let mut webhook = webhook(&case.scheme, &case.secrets)?;
    if let Some(tolerance) = case.tolerance {
        webhook = webhook.with_tolerance(tolerance.into());
    }
    let request = Request::new(&case.headers, &case.body)
        .method(case.method.as_deref())
        .url(case.url.as_deref())
        .key(case.key.as_deref().map(str::as_bytes));
    let now = UnixTime::from_seconds(case.now);
    let before = webhook.verify(&request, now).map(|one| one.key_index());
    let explanation = webhook.explain(&request, now);
    let after = webhook.verify(&request, now).map(|one| one.key_index());
    ensure!(before == after, "explaining changed the verdict");
    ensure!(
        explanation.verdict() == before.as_ref().copied(),
        "the report has another verdict"
    );
    let report: Value = serde_json::from_str(&explanation.to_json())?;
    ensure!(
        report["text"] == explanation.to_string(),
        "the texts of a report differ"
    );
    Ok(report)
}
