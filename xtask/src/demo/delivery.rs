//! Deliveries as providers send them: recorded ones, and fresh ones signed in every language.

use std::fs;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
use serde_json::{Value, json};

use super::profile::{PROFILES, Profile, Timestamp, profile};
use crate::tools::root;

/// When the demo's own recorded delivery was made.
const RECORDED_AT: u64 = 1_700_000_000;

/// One endpoint: the same in the core, in Flask and in the Worker.
pub(super) struct Endpoint {
    pub(super) name: String,
    pub(super) profile: &'static Profile,
    pub(super) secrets: Vec<String>,
    /// For recorded deliveries the time of their recording; else the time is the clock's.
    pub(super) recorded_at: Option<u64>,
    pub(super) webhook: Webhook,
}

/// What an endpoint is sent, if nothing breaks it on its way.
pub(super) struct Delivery {
    /// The place of its endpoint in the list.
    pub(super) endpoint: usize,
    /// The id that the sender gave it.
    pub(super) id: Option<String>,
    pub(super) signed_at: UnixTime,
    pub(super) sent: Sent,
}

/// A request as it goes over the wire.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

/// What another language is asked to sign.
pub(super) struct Job {
    id: String,
    endpoint: usize,
    body: String,
}

impl Endpoint {
    fn new(
        name: &str,
        profile: &'static Profile,
        secrets: &[&str],
        recorded_at: Option<u64>,
    ) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            profile,
            secrets: secrets.iter().map(|&secret| secret.to_owned()).collect(),
            recorded_at,
            webhook: webhook(profile.scheme, secrets)?,
        })
    }

    pub(super) fn now(&self) -> Result<UnixTime> {
        self.recorded_at
            .map_or_else(now, |seconds| Ok(UnixTime::from_seconds(seconds)))
    }

    /// What the examples' servers are told of it.
    pub(super) fn description(&self, events_token: &str) -> Value {
        let mut settings = json!({
            "COUNTERSIGN_SCHEME": self.profile.scheme,
            "COUNTERSIGN_SECRET": self.secrets[0],
            "COUNTERSIGN_EVENTS_TOKEN": events_token,
            // The demo calls often from one address, and breaks one delivery in many ways: guards
            // would answer before the verdict that is compared.
            "COUNTERSIGN_RATE_LIMIT": "off",
            "COUNTERSIGN_STORE": "off",
        });
        if let Some(old) = self.secrets.get(1) {
            settings["COUNTERSIGN_OLD_SECRET"] = json!(old);
        }
        json!({"name": self.name, "settings": settings, "now": self.recorded_at})
    }
}

impl Sent {
    /// Signs a body, and adds the headers that the provider sends besides.
    pub(super) fn signed(
        webhook: &Webhook,
        profile: &Profile,
        id: Option<&str>,
        at: UnixTime,
        body: &[u8],
    ) -> Result<Self> {
        let signed = webhook.sign(id, at, body)?;
        Ok(Self::with_headers_of(profile, signed, body))
    }

    fn with_headers_of(profile: &Profile, signed: Vec<(String, String)>, body: &[u8]) -> Self {
        let own = profile.headers.iter();
        let own = own.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            headers: own
                .chain(signed)
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

pub(super) fn webhook(scheme: &str, secrets: &[&str]) -> Result<Webhook> {
    let secrets = secrets
        .iter()
        .map(|text| Secret::parse(text))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Webhook::new(Scheme::named(scheme)?, secrets)?)
}

/// The endpoints and deliveries of the published vectors, and one in Stripe's scheme, for which
/// nobody publishes one with its secret.
pub(super) fn recorded() -> Result<(Vec<Endpoint>, Vec<Delivery>)> {
    let path = root().join("tests/vectors/published.json");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let vectors: Value = serde_json::from_str(&text)?;
    let mut endpoints = Vec::new();
    let mut deliveries = Vec::new();
    for case in vectors["cases"].as_array().context("there are no cases")? {
        let Some(profile) = case["scheme"].as_str().and_then(profile) else {
            continue; // of a scheme that is described in the case itself
        };
        let (endpoint, delivery) = of_case(case, profile, endpoints.len())
            .with_context(|| format!("the case {}", case["id"]))?;
        endpoints.push(endpoint);
        deliveries.push(delivery);
    }
    ensure!(!endpoints.is_empty(), "there are no published vectors");

    let profile = profile("stripe").context("there is no profile of Stripe")?;
    let endpoint = Endpoint::new(
        "recorded-stripe",
        profile,
        &profile.secrets[..1],
        Some(RECORDED_AT),
    )?;
    let at = UnixTime::from_seconds(RECORDED_AT);
    let body = profile.event.replace("ID", "evt_recorded");
    deliveries.push(Delivery {
        endpoint: endpoints.len(),
        id: None,
        signed_at: at,
        sent: Sent::signed(&endpoint.webhook, profile, None, at, body.as_bytes())?,
    });
    endpoints.push(endpoint);
    Ok((endpoints, deliveries))
}

fn of_case(
    case: &Value,
    profile: &'static Profile,
    endpoint: usize,
) -> Result<(Endpoint, Delivery)> {
    let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
    let secret = text(&case["secrets"][0])?;
    let now = case["now"].as_u64().context("no time")?;
    let pairs = case["headers"].as_array().context("no headers")?;
    let headers = pairs
        .iter()
        .map(|pair| Ok((text(&pair[0])?, text(&pair[1])?.into_bytes())))
        .collect::<Result<Vec<_>>>()?;
    let body = Base64::decode_vec(&text(&case["body_b64"])?)
        .map_err(|_| anyhow::anyhow!("the body is not base64"))?;
    let endpoint_of_case = Endpoint::new(&text(&case["id"])?, profile, &[&secret], Some(now))?;
    let delivery = Delivery {
        endpoint,
        id: case["expect"]["id"].as_str().map(str::to_owned),
        signed_at: UnixTime::from_seconds(now),
        sent: Sent { headers, body },
    };
    Ok((endpoint_of_case, delivery))
}

/// An endpoint for each registered scheme. Two secrets, as while a rotation lasts.
pub(super) fn fresh_endpoints() -> Result<Vec<Endpoint>> {
    let endpoint =
        |profile: &'static Profile| Endpoint::new(profile.scheme, profile, &profile.secrets, None);
    PROFILES.iter().map(endpoint).collect()
}

/// An event for each of these endpoints, to be signed by this signer.
pub(super) fn jobs(signer: &str, endpoints: &[Endpoint], first: usize) -> Vec<Job> {
    let job = |(index, endpoint): (usize, &Endpoint)| {
        let id = format!("evt_{}_{signer}", endpoint.name);
        Job {
            endpoint: first + index,
            body: endpoint.profile.event.replace("ID", &id),
            id,
        }
    };
    endpoints.iter().enumerate().map(job).collect()
}

/// The jobs as another language reads them.
pub(super) fn describe_jobs(jobs: &[Job], endpoints: &[Endpoint]) -> Value {
    let describe = |job: &Job| {
        let endpoint = &endpoints[job.endpoint];
        let (scheme, secret) = (endpoint.profile.scheme, &endpoint.secrets[0]);
        json!({"scheme": scheme, "secret": secret, "id": job.id, "body": job.body})
    };
    jobs.iter().map(describe).collect()
}

/// The jobs, signed by the core in this process.
pub(super) fn sign_here(jobs: Vec<Job>, endpoints: &[Endpoint]) -> Result<Vec<Delivery>> {
    let sign = |job: Job| {
        let webhook = &endpoints[job.endpoint].webhook;
        let headers = webhook.sign(&*job.id, now()?, job.body.as_bytes())?;
        signed_job(job, headers, endpoints)
    };
    jobs.into_iter().map(sign).collect()
}

/// The jobs with the headers that another language signed: for each an object.
pub(super) fn signed_elsewhere(
    jobs: Vec<Job>,
    answer: &str,
    endpoints: &[Endpoint],
) -> Result<Vec<Delivery>> {
    let answer: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(answer).context("the signer's answer is not a list of objects")?;
    ensure!(answer.len() == jobs.len(), "the signer left out a delivery");
    let sign = |(job, headers): (Job, serde_json::Map<String, Value>)| {
        let headers = headers
            .into_iter()
            .map(|(name, value)| {
                let value = value.as_str().context("a header is not text")?.to_owned();
                Ok((name, value))
            })
            .collect::<Result<Vec<_>>>()?;
        signed_job(job, headers, endpoints)
    };
    jobs.into_iter().zip(answer).map(sign).collect()
}

fn signed_job(
    job: Job,
    headers: Vec<(String, String)>,
    endpoints: &[Endpoint],
) -> Result<Delivery> {
    let Endpoint {
        profile, webhook, ..
    } = &endpoints[job.endpoint];
    let sent = Sent::with_headers_of(profile, headers, job.body.as_bytes());
    let now = now()?;
    let verified = webhook.verify(&Request::new(&sent.headers, &sent.body), now)?;
    let signed_at = match profile.timestamp {
        Timestamp::None => now,
        Timestamp::Header(_) | Timestamp::Label => {
            verified.timestamp().context("no timestamp was signed")?
        }
    };
    Ok(Delivery {
        endpoint: job.endpoint,
        id: Some(job.id),
        signed_at,
        sent: sent.clone(),
    })
}

fn now() -> Result<UnixTime> {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Ok(UnixTime::from(
        since_epoch.context("the clock is before 1970")?,
    ))
}
