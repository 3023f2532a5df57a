//! The Flask example with its guards on: what they refuse of deliveries that are authentic. The
//! demo calls as the proxy before the receiver does.

use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use countersign::{UnixTime, Webhook};
use serde_json::{Value, json};

use super::delivery::{Sent, webhook};
use super::http::Answer;
use super::server::Server;

const SECRET: &str = "the secret of the guarded endpoints";
const LIMIT: usize = 6;
const PROVIDER: &str = "203.0.113.9";
const PROVIDERS_OTHER: &str = "203.0.113.10";

struct Step {
    about: &'static str,
    endpoint: &'static str,
    event: (&'static str, i32),
    forwarded: &'static str,
    expected: (u16, &'static str),
}

const STEPS: [Step; 5] = [
    Step {
        about: "a delivery, and its sender as the trusted proxy tells it",
        endpoint: "guarded",
        event: ("evt_1", 1000),
        forwarded: PROVIDER,
        expected: (200, "handled"),
    },
    Step {
        about: "the same delivery again",
        endpoint: "guarded",
        event: ("evt_1", 1000),
        forwarded: PROVIDER,
        expected: (200, "duplicate"),
    },
    Step {
        about: "signed, and not as the schema says",
        endpoint: "guarded",
        event: ("evt_2", -1000),
        forwarded: PROVIDER,
        expected: (400, "schema_mismatch"),
    },
    Step {
        about: "a stranger who wrote the provider's address before his own",
        endpoint: "guarded",
        event: ("evt_3", 1000),
        forwarded: "203.0.113.9, 198.51.100.66",
        expected: (403, "address_not_allowed"),
    },
    Step {
        about: "the provider's address, where no proxy is trusted",
        endpoint: "direct",
        event: ("evt_4", 1000),
        forwarded: PROVIDER,
        expected: (403, "address_not_allowed"),
    },
];

/// What the example's server is told of the endpoints.
pub(super) fn descriptions() -> Value {
    let settings = json!({
        "COUNTERSIGN_SCHEME": "sha256",
        "COUNTERSIGN_SECRET": SECRET,
        "COUNTERSIGN_ALLOW": "203.0.113.0/24",
        "COUNTERSIGN_RATE_LIMIT": format!("{LIMIT}/60"),
    });
    let mut behind_proxy = settings.clone();
    behind_proxy["COUNTERSIGN_TRUSTED_PROXIES"] = json!("127.0.0.1");
    json!([
        {"name": "guarded", "settings": behind_proxy, "now": null},
        {"name": "direct", "settings": settings, "now": null},
    ])
}

/// Fails if a guard decides otherwise than it should.
pub(super) fn show(flask: &Server) -> Result<()> {
    let webhook = webhook("sha256", &[SECRET])?;
    for step in STEPS {
        let sent = payment(&webhook, step.event, step.forwarded)?;
        let answer = flask.post(step.endpoint, &sent)?;
        expect(&answer, step.expected, step.about)?;
    }
    // Three requests of the provider were counted; a stranger's are not the provider's.
    for id in ["evt_5", "evt_6", "evt_7"] {
        let sent = payment(&webhook, (id, 1000), PROVIDER)?;
        let about = "within the provider's rate";
        expect(&flask.post("guarded", &sent)?, (200, "handled"), about)?;
    }
    let beyond = payment(&webhook, ("evt_8", 1000), PROVIDER)?;
    let answer = flask.post("guarded", &beyond)?;
    expect(&answer, (429, "rate_limited"), "one more within the minute")?;
    let seconds = answer.retry_after.context("there is no Retry-After")?;
    // A slot of the window, two seconds, may have to pass besides.
    ensure!(
        (1..=62).contains(&seconds),
        "Retry-After is {seconds}, with a window of 60 seconds"
    );
    println!("         Retry-After: {seconds}");
    let other = payment(&webhook, ("evt_8", 1000), PROVIDERS_OTHER)?;
    let about = "the same from another address of the provider's";
    expect(&flask.post("guarded", &other)?, (200, "handled"), about)
}

fn payment(webhook: &Webhook, (id, amount): (&str, i32), forwarded: &str) -> Result<Sent> {
    let event = json!({"id": id, "type": "payment.succeeded", "data": {"amount": amount}});
    let mut sent = signed(webhook, &event)?;
    let header = ("x-forwarded-for".to_owned(), forwarded.into());
    sent.headers.push(header);
    Ok(sent)
}

/// An event, signed now.
pub(super) fn signed(webhook: &Webhook, event: &Value) -> Result<Sent> {
    let body = event.to_string().into_bytes();
    let now = UnixTime::from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?);
    let headers = webhook.sign(None, now, &body)?;
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, value.into()));
    Ok(Sent {
        headers: headers.collect(),
        body,
    })
}

fn expect(answer: &Answer, (status, said): (u16, &str), about: &str) -> Result<()> {
    println!("    {} {:<20} {about}", answer.status, answer.said());
    ensure!(
        (answer.status, answer.said()) == (status, said),
        "{about}: {} {} was answered, and should be {status} {said}",
        answer.status,
        answer.body
    );
    Ok(())
}
