//! A case of the corpus, and the receiver that it describes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use countersign::scheme::Description;
use countersign::{
    AddressPolicy, ForwardingHeader, Network, RateLimit, Scheme, Secret, UnixTime, Webhook,
};
use countersign_tower::Receiver;
use serde::Deserialize;
use serde_json::Value;

use crate::handlers::{Behaviour, Handled};
use crate::store::StoreText;

#[derive(Deserialize)]
pub(crate) struct Corpus {
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) receiver: Described,
}

/// A receiver as the corpus writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Described {
    scheme: SchemeText,
    secrets: Vec<String>,
    verify_token: Option<String>,
    /// To whatever a handshake hands over.
    #[serde(default)]
    agrees: bool,
    now: Option<f64>,
    body_limit: Option<usize>,
    /// In seconds.
    body_timeout: Option<f64>,
    /// In seconds.
    deadline: Option<f64>,
    allow: Option<Vec<String>>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    forwarding_header: Option<String>,
    rate_limit: Option<Limit>,
    #[serde(default)]
    schemas: BTreeMap<String, Value>,
    replay: Option<bool>,
    store: Option<StoreText>,
    #[serde(default)]
    handlers: BTreeMap<String, Behaviour>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SchemeText {
    Named(String),
    Described(Box<Description>),
}

#[derive(Deserialize)]
struct Limit {
    requests: u32,
    window_ms: u64,
}

impl Described {
    pub(crate) fn build(self, handled: &Handled) -> Result<Receiver> {
        let mut receiver = Receiver::new(self.webhook()?);
        if let Some(policy) = self.policy()? {
            receiver = receiver.address(policy);
        }
        if let Some(now) = self.now {
            let now = UnixTime::from(Duration::from_secs_f64(now));
            receiver = receiver.clock(move || now);
        }
        if let Some(bytes) = self.body_limit {
            receiver = receiver.body_limit(bytes);
        }
        if let Some(seconds) = self.body_timeout {
            receiver = receiver.body_timeout(Duration::from_secs_f64(seconds));
        }
        if let Some(seconds) = self.deadline {
            receiver = receiver.deadline(Duration::from_secs_f64(seconds));
        }
        if let Some(Limit {
            requests,
            window_ms,
        }) = self.rate_limit
        {
            receiver =
                receiver.rate_limit(RateLimit::new(requests, Duration::from_millis(window_ms))?);
        }
        if let Some(store) = self.store {
            receiver = store.install(receiver)?;
        }
        if self.agrees {
            receiver = receiver.on_handshake(async |_| true);
        }
        if self.replay == Some(false) {
            receiver = receiver.without_replay_store();
        }
        for (pattern, schema) in &self.schemas {
            receiver = receiver.schema(pattern, schema)?;
        }
        for (pattern, behaviour) in self.handlers {
            receiver = receiver.on(&pattern, handled.handler(&pattern, behaviour))?;
        }
        Ok(receiver)
    }

    fn webhook(&self) -> Result<Webhook> {
        let scheme = match &self.scheme {
            SchemeText::Named(name) => Scheme::named(name)?,
            SchemeText::Described(description) => Scheme::try_from(&**description)?,
        };
        let secrets = self.secrets.iter().map(|text| Secret::parse(text));
        let webhook = Webhook::new(scheme, secrets.collect::<Result<Vec<_>, _>>()?)?;
        Ok(match &self.verify_token {
            None => webhook,
            Some(token) => webhook.with_verify_token(Secret::parse(token)?),
        })
    }

    fn policy(&self) -> Result<Option<AddressPolicy>> {
        if self.allow.is_none() && self.trusted_proxies.is_empty() {
            return Ok(None);
        }
        let mut policy = AddressPolicy::new().trust_proxies(networks(&self.trusted_proxies)?);
        if let Some(allowed) = &self.allow {
            policy = policy.allow(networks(allowed)?);
        }
        if let Some(name) = &self.forwarding_header {
            let header = ForwardingHeader::named(name).context("an unknown header")?;
            policy = policy.forwarding_header(header);
        }
        Ok(Some(policy))
    }
}

fn networks(texts: &[String]) -> Result<Vec<Network>> {
    let networks = texts.iter().map(|text| Ok(Network::parse(text)?));
    networks.collect()
}
