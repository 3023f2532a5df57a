//! Writes what core's samples are elsewhere: `typescript`, the module that the npm package makes
//! requests of; `requests`, the requests that each language must make of them.

use std::env;

use anyhow::{Context, Result, bail};
use countersign::testing::{SampleBody, SampleRequest, SignedRequest, samples};
use countersign::{Scheme, Secret, UnixTime, VerificationError, Webhook};
use serde_json::{Map, Value, json};

const USAGE: &str = "usage: samples typescript|requests";

/// What the requests are made with.
const NOW_MILLIS: u64 = 1_764_450_000_123;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const HEXADECIMAL_SECRET: &str = "00ff";
/// A private key of Ed25519 and its public one.
const KEY_PAIR: &str =
    "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
const ID: &str = "own \"id\" \\ 7";
const EVENT_TYPE: &str = "own/type";
/// JSON for schemes that have its digest in the URL.
const PAYLOAD: &str = r#"{"a":1}"#;
const DIGEST_IN_URL: [&str; 2] = ["twilio", "twilio-shared-key"];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["typescript"] => print_typescript(),
        ["requests"] => print_requests(),
        _ => bail!(USAGE),
    }
}

fn print_typescript() -> Result<()> {
    println!("// Written by `cargo xtask schemes` from the samples of the core.\n");
    println!("import type {{ Sample }} from \"./sample.js\";\n");
    println!("export const SAMPLES: readonly Sample[] = [");
    for sample in samples() {
        let body = match sample.body {
            SampleBody::Form(fields) => json!({ "form": fields }),
            _ => json!({ "json": sample.json_template() }),
        };
        let mut parts = Map::new();
        for (key, text) in [
            ("scheme", sample.scheme),
            ("forTypes", sample.for_types),
            ("type", sample.event_type),
            ("id", sample.id),
            ("deliveryId", sample.delivery_id),
            ("contentType", sample.content_type),
        ] {
            parts.insert(key.into(), text.into());
        }
        parts.insert("headers".into(), json!(sample.headers));
        parts.extend(body.as_object().context("no object")?.clone());
        println!("  {},", Value::Object(parts));
    }
    println!("];");
    Ok(())
}

fn print_requests() -> Result<()> {
    let now = UnixTime::from_millis(NOW_MILLIS);
    let mut requests = Vec::new();
    for name in Scheme::names() {
        let Some((secret, webhook)) = signing(name)? else {
            continue;
        };
        let types = samples()
            .filter(|sample| sample.scheme == name && !sample.for_types.is_empty())
            .map(|sample| Some(sample.event_type));
        for event_type in [None].into_iter().chain(types) {
            let mut request = SampleRequest::new(&webhook);
            if let Some(event_type) = event_type {
                request = request.event_type(event_type);
            }
            let made = request.sign(now)?;
            let given = json!({ "scheme": name, "secret": secret, "type": event_type });
            requests.push(described(given, &made)?);
        }
        if DIGEST_IN_URL.contains(&name) {
            let made = SampleRequest::new(&webhook).payload(PAYLOAD.as_bytes());
            let made = made.sign(now)?;
            let given = json!({
                "scheme": name, "secret": secret, "payload": PAYLOAD, "called": made.url,
            });
            requests.push(described(given, &made)?);
        }
        let own = SampleRequest::new(&webhook).id(ID).event_type(EVENT_TYPE);
        let given = json!({ "scheme": name, "secret": secret, "id": ID, "type": EVENT_TYPE });
        requests.push(described(given, &own.sign(now)?)?);
    }
    let now = NOW_MILLIS as f64 / 1e3;
    let file = json!({ "now": now, "requests": requests });
    println!("{}", serde_json::to_string_pretty(&file)?);
    Ok(())
}

/// With a secret that signs; `None` for schemes whose private keys are the providers' alone.
fn signing(name: &str) -> Result<Option<(&'static str, Webhook)>> {
    let scheme = Scheme::named(name)?;
    for secret in [SECRET, HEXADECIMAL_SECRET, KEY_PAIR] {
        let Ok(webhook) = Webhook::new(scheme.clone(), [Secret::parse(secret)?]) else {
            continue;
        };
        return match SampleRequest::new(&webhook).sign(UnixTime::EPOCH) {
            Ok(_) => Ok(Some((secret, webhook))),
            Err(VerificationError::MissingContext(_)) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    Ok(None)
}

fn described(mut given: Value, made: &SignedRequest) -> Result<Value> {
    let headers: Map<String, Value> = made
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let parts = given.as_object_mut().context("no object")?;
    parts.retain(|_, value| !value.is_null());
    parts.insert("headers".into(), headers.into());
    parts.insert("body".into(), String::from_utf8(made.body.clone())?.into());
    Ok(given)
}
