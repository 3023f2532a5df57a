//! Runs the cases of the corpus on the core and gives what came of each, in the shape of what is
//! expected of it.

mod codes;
mod destinations;
mod dispatch;
mod endpoints;
mod explanations;
mod guards;
mod requests;
mod schedules;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::corpus;

/// What came of the cases.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The outcome of each case by its id.
    pub results: BTreeMap<String, Value>,
    /// One text for each case whose outcome is not what is expected.
    pub differences: Vec<String>,
}

/// Runs the whole corpus.
///
/// # Errors
/// The corpus cannot be read, or holds a kind of case that is not known here.
pub fn run() -> Result<Report> {
    let mut report = Report::default();
    for file in corpus::read()? {
        for case in &file.cases {
            let id = corpus::id(case)?;
            let (expected, actual) =
                outcome(&file.kind, case).with_context(|| format!("the case {id}"))?;
            if actual != expected {
                report.differences.push(format!(
                    "{id}\n    expected {expected}\n    actual   {actual}"
                ));
            }
            report.results.insert(id.to_owned(), actual);
        }
        if file.kind == "codes" {
            report.differences.extend(codes::missing(&file.cases)?);
        }
    }
    Ok(report)
}

/// What is expected of a case, and what came of it.
fn outcome(kind: &str, case: &Value) -> Result<(Value, Value)> {
    let actual = match kind {
        "verify" => requests::verify(&read(case)?)?,
        "explain" => explanations::explain(&read(case)?)?,
        "detect" => explanations::detect(&read(case)?),
        "construct" => requests::construct(&read(case)?),
        "sign" => requests::sign(&read(case)?)?,
        "sign_body" => requests::sign_body(&read(case)?)?,
        "write_payload" => requests::write_payload(&read(case)?),
        "backoff" => schedules::backoff(&read(case)?),
        "retry" => schedules::retry(&read(case)?)?,
        "retry_after" => schedules::retry_after(&read(case)?),
        "endpoint_health" => endpoints::health(&read(case)?)?,
        "choice" => dispatch::choice(&read(case)?)?,
        "head" => guards::head(&read(case)?)?,
        "network" => guards::network(&read(case)?)?,
        "client_address" => guards::client(&read(case)?)?,
        "rate_limit" => guards::rate_limit(&read(case)?),
        "handshake" => guards::handshake(&read(case)?)?,
        "replay" => guards::replay(&read(case)?)?,
        "routes" => guards::routes(&read(case)?),
        "answer" => guards::answer(case)?,
        "destination" => destinations::destination(&read(case)?)?,
        "destination_addresses" => destinations::addresses(&read(case)?)?,
        "codes" => {
            let expected = json!({"class": case["class"], "status": case["status"]});
            return Ok((expected, codes::class_and_status(case)?));
        }
        unknown => bail!("there is no kind {unknown}"),
    };
    let expected = case.get("expect").context("nothing is expected")?;
    Ok((expected.clone(), actual))
}

fn read<T: DeserializeOwned>(case: &Value) -> Result<T> {
    Ok(serde_json::from_value(case.clone())?)
}
