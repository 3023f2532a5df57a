//! The official libraries in Rust.

use anyhow::{Context, Result, ensure};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::record::{Content, Request};

/// How many verdicts there were, each of which was as it must be.
pub(crate) fn verify_all(requests: &[Request]) -> Result<usize> {
    let mut verdicts = 0;
    for request in requests {
        let about = || {
            format!(
                "{} ({}, {})",
                request.sent.id, request.scheme, request.phase
            )
        };
        verdicts += verify(request).with_context(about)?;
        read(request).with_context(about)?;
    }
    Ok(verdicts)
}

fn verify(request: &Request) -> Result<usize> {
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| Ok((name.parse::<HeaderName>()?, HeaderValue::from_str(value)?)));
    let headers: HeaderMap = headers.collect::<Result<_>>()?;
    let mut changed = request.body.clone();
    // White space before the end, so that it is text and JSON still.
    changed.insert(changed.len() - 1, b' ');
    let mut verdicts = 0;
    for library in libraries(request.scheme) {
        let says = |secret: &str, body: &[u8]| library(secret, body, &headers);
        for secret in &request.secrets {
            says(secret, &request.body)?;
            ensure!(says(secret, &changed).is_err(), "another body is accepted");
            verdicts += 2;
        }
        for stranger in &request.strangers {
            let verdict = says(stranger, &request.body);
            ensure!(verdict.is_err(), "a secret that does not sign is accepted");
            verdicts += 1;
        }
    }
    Ok(verdicts)
}

type Library = fn(&str, &[u8], &HeaderMap) -> Result<()>;

/// Those that know the scheme: Svix's own reads the headers of both.
fn libraries(scheme: &str) -> &'static [Library] {
    match scheme {
        "svix" => &[svix],
        _ => &[standardwebhooks, svix],
    }
}

fn standardwebhooks(secret: &str, body: &[u8], headers: &HeaderMap) -> Result<()> {
    Ok(standardwebhooks::Webhook::new(secret)?.verify(body, headers)?)
}

fn svix(secret: &str, body: &[u8], headers: &HeaderMap) -> Result<()> {
    Ok(svix::webhooks::Webhook::new(secret)?.verify(body, headers)?)
}

/// The payload says what was sent.
fn read(request: &Request) -> Result<()> {
    let Content::Data(data) = &request.sent.content else {
        return Ok(());
    };
    let payload: Value = serde_json::from_slice(&request.body)?;
    let data: Value = serde_json::from_str(data.get())?;
    let told = (&payload["id"], &payload["type"], &payload["data"]);
    let sent = (
        &Value::from(&*request.sent.id),
        &Value::from(&*request.sent.event_type),
        &data,
    );
    ensure!(
        told == sent,
        "the payload says something else than what was sent"
    );
    Ok(())
}
