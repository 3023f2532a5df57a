//! Cases of what a receiver decides besides the verdict: `head`, `network`, `client_address`,
//! `rate_limit`, `handshake`, `replay`, `routes` and `answer`.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use countersign::{
    AddressPolicy, Answer, AnswerForm, ClaimToken, ConfigurationError, ForwardingHeader,
    GuardError, Handling, HandshakeReply, Head, Intake, MemoryRateLimiter, MemoryReplayGuard,
    Network, RateLimit, Request, Routes, Secret, UnixTime, Webhook, rate_limit_key,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::{rejection, webhook};
use crate::corpus::SchemeText;

#[derive(Deserialize)]
pub(super) struct HeadCase {
    scheme: SchemeText,
    secrets: Vec<String>,
    verify_token: Option<String>,
    method: String,
    content_type: Option<String>,
    content_encoding: Option<String>,
    content_length: Option<u64>,
    body_limit: usize,
}

pub(super) fn head(case: &HeadCase) -> Result<Value> {
    let webhook = with_token(&case.scheme, &case.secrets, case.verify_token.as_deref())?;
    let mut head = Head::new(&case.method);
    head.content_type = case.content_type.as_deref().map(str::as_bytes);
    head.content_encoding = case.content_encoding.as_deref().map(str::as_bytes);
    head.content_length = case.content_length;
    Ok(match webhook.check_head(&head, case.body_limit) {
        Err(error) => rejection(&error),
        Ok(intake) => {
            let intake = match intake {
                Intake::Delivery => "delivery",
                Intake::Handshake => "handshake",
                _ => "an intake that this runner does not know",
            };
            json!({"intake": intake, "allow": webhook.allowed_methods()})
        }
    })
}

#[derive(Deserialize)]
pub(super) struct HandshakeCase {
    scheme: SchemeText,
    secrets: Vec<String>,
    verify_token: Option<String>,
    method: Option<String>,
    url: String,
    headers: Vec<(String, String)>,
    #[serde(rename = "body_b64", deserialize_with = "crate::corpus::base64_bytes")]
    body: Vec<u8>,
}

pub(super) fn handshake(case: &HandshakeCase) -> Result<Value> {
    let webhook = with_token(&case.scheme, &case.secrets, case.verify_token.as_deref())?;
    let request = Request::new(&case.headers, &case.body)
        .method(case.method.as_deref())
        .url(&*case.url);
    Ok(match webhook.handshake(&request) {
        Ok(reply) => json!({"handshake": reply.as_ref().map(written)}),
        Err(error) => rejection(&error.into()),
    })
}

/// A reply to a handshake, as cases state it.
pub(super) fn written(reply: &HandshakeReply) -> Value {
    json!({
        "answer": written_answer(reply.answer()),
        "needs_consent": reply.needs_consent(),
        "secret": reply.secret(),
        "confirmation_url": reply.confirmation_url(),
        "topic": reply.topic(),
    })
}

fn written_answer(answer: &Answer) -> Value {
    json!({
        "status": answer.status(),
        "headers": answer.headers(),
        "body": answer.body(),
    })
}

fn with_token(scheme: &SchemeText, secrets: &[String], token: Option<&str>) -> Result<Webhook> {
    let webhook = webhook(scheme, secrets)?;
    Ok(match token {
        None => webhook,
        Some(token) => webhook.with_verify_token(Secret::parse(token)?),
    })
}

#[derive(Deserialize)]
pub(super) struct NetworkCase {
    network: String,
    addresses: Vec<String>,
}

pub(super) fn network(case: &NetworkCase) -> Result<Value> {
    let network = match Network::parse(&case.network) {
        Ok(network) => network,
        Err(error) => return Ok(rejection(&error.into())),
    };
    let addresses = case.addresses.iter();
    let contains = addresses.map(|address| Ok(network.contains(address.parse()?)));
    Ok(json!({"contains": contains.collect::<Result<Vec<bool>>>()?}))
}

#[derive(Deserialize)]
pub(super) struct ClientCase {
    allow: Option<Vec<String>>,
    proxies: Vec<String>,
    header: String,
    peer: String,
    forwarded: Vec<String>,
    requests: u32,
    window_ms: u64,
}

pub(super) fn client(case: &ClientCase) -> Result<Value> {
    let header = ForwardingHeader::named(&case.header).context("an unknown header")?;
    let mut policy = AddressPolicy::new()
        .trust_proxies(networks(&case.proxies)?)
        .forwarding_header(header);
    if let Some(allow) = &case.allow {
        policy = policy.allow(networks(allow)?);
    }
    let forwarded: Vec<&[u8]> = case.forwarded.iter().map(String::as_bytes).collect();
    let client = policy.client(&case.peer, &forwarded);
    let limit = RateLimit::new(case.requests, Duration::from_millis(case.window_ms))?;
    Ok(json!({
        "client": client.map(|client| client.to_string()),
        "key": rate_limit_key(client, limit),
        "allowed": policy.check(client).is_ok(),
    }))
}

pub(super) fn networks(texts: &[String]) -> Result<Vec<Network>, ConfigurationError> {
    texts.iter().map(|text| Network::parse(text)).collect()
}

#[derive(Deserialize)]
pub(super) struct RateLimitCase {
    requests: u32,
    window_ms: u64,
    at_ms: Vec<u64>,
}

pub(super) fn rate_limit(case: &RateLimitCase) -> Value {
    let limit = match RateLimit::new(case.requests, Duration::from_millis(case.window_ms)) {
        Ok(limit) => limit,
        Err(error) => return rejection(&error.into()),
    };
    let mut limiter = MemoryRateLimiter::new(limit, 1);
    let verdicts = case.at_ms.iter().map(|at| {
        let verdict = limiter.admit("caller", UnixTime::from_millis(*at));
        verdict.map_or_else(|error| retry_after_ms(&error), |()| json!(0))
    });
    json!({"verdicts": verdicts.collect::<Vec<_>>()})
}

#[derive(Deserialize)]
pub(super) struct ReplayCase {
    capacity: usize,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Step {
    Claim {
        key: String,
        at_ms: u64,
        lease_ms: u64,
    },
    Complete {
        key: String,
        at_ms: u64,
        lifetime_ms: u64,
    },
    Release {
        key: String,
        of: usize,
    },
}

pub(super) fn replay(case: &ReplayCase) -> Result<Value> {
    let mut guard = MemoryReplayGuard::new(case.capacity);
    let mut tokens: BTreeMap<usize, ClaimToken> = BTreeMap::new();
    let mut results = Vec::new();
    for (number, step) in case.steps.iter().enumerate() {
        results.push(match step {
            Step::Claim {
                key,
                at_ms,
                lease_ms,
            } => {
                let lease = Duration::from_millis(*lease_ms);
                match guard.claim(key, UnixTime::from_millis(*at_ms), lease) {
                    Ok(token) => {
                        tokens.insert(number, token);
                        json!("claimed")
                    }
                    Err(error) if error.retry_after().is_some() => {
                        json!({"code": error.code(), "retry_after_ms": retry_after_ms(&error)})
                    }
                    Err(error) => json!({"code": error.code()}),
                }
            }
            Step::Complete {
                key,
                at_ms,
                lifetime_ms,
            } => {
                let lifetime = Duration::from_millis(*lifetime_ms);
                guard.complete(key, UnixTime::from_millis(*at_ms), lifetime);
                json!("done")
            }
            Step::Release { key, of } => {
                let token = tokens.get(of).context("a release of no claim")?;
                guard.release(key, *token);
                json!("done")
            }
        });
    }
    Ok(json!({"results": results}))
}

fn retry_after_ms(error: &GuardError) -> Value {
    json!(error.retry_after().map(|wait| wait.as_millis() as u64))
}

#[derive(Deserialize)]
pub(super) struct RoutesCase {
    patterns: Vec<String>,
    types: Vec<Option<String>>,
}

pub(super) fn routes(case: &RoutesCase) -> Value {
    let mut routes = Routes::new();
    for pattern in &case.patterns {
        if let Err(error) = routes.add(pattern) {
            return rejection(&error.into());
        }
    }
    let types = case.types.iter();
    let found = types.map(|event_type| routes.find(event_type.as_deref()));
    json!({"found": found.collect::<Vec<_>>()})
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AnswerCase {
    Event {
        handling: String,
        id: Option<String>,
        r#type: Option<String>,
    },
    Error {
        code: String,
        message: String,
        retry_after_ms: Option<u64>,
        allowed_methods: String,
    },
}

pub(super) fn answer(case: &Value) -> Result<Value> {
    let mut parts = ["event", "error"].into_iter();
    let part = parts.find_map(|name| case.get(name).map(|value| (name, value)));
    let (name, value) = part.context("nothing is answered")?;
    let answer = match serde_json::from_value(json!({name: value}))? {
        AnswerCase::Event {
            handling,
            id,
            r#type,
        } => {
            let handling = Handling::named(&handling).context("an unknown handling")?;
            Answer::event(handling, id.as_deref(), r#type.as_deref())
        }
        AnswerCase::Error {
            code,
            message,
            retry_after_ms,
            allowed_methods,
        } => {
            let retry_after = retry_after_ms.map(Duration::from_millis);
            Answer::refusal(&code, &message, retry_after, &allowed_methods)
        }
    };
    let form = case["answers"].as_str().context("no form of answers")?;
    Ok(written_answer(&answer.in_form(AnswerForm::named(form)?)))
}

/// The status that answers the error with this code.
pub(super) fn status(code: &str) -> u16 {
    Answer::refusal(code, "", None, "").status()
}

#[cfg(test)]
mod tests {
    use countersign::{Error, PayloadError};

    use super::*;

    #[test]
    fn errors_have_the_status_of_their_code() {
        let errors: [Error; 3] = [
            GuardError::AddressNotAllowed.into(),
            ConfigurationError::NoSecrets.into(),
            PayloadError::TooLarge { limit: 1 }.into(),
        ];
        for error in errors {
            assert_eq!(error.status(), status(error.code()));
        }
    }
}
