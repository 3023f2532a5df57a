//! The configuration, from the environment.

use std::env::{self, VarError};

use countersign::{Scheme, Secret, Webhook};
use countersign_tower::Receiver;

use crate::guards::guarded;

/// What the receiver is run with.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Of `COUNTERSIGN_SCHEME`, `COUNTERSIGN_SECRET` and, while a rotation lasts,
    /// `COUNTERSIGN_OLD_SECRET`.
    pub webhook: Webhook,
    /// `COUNTERSIGN_EVENTS_TOKEN`: without it there is no list of events.
    pub events_token: Option<String>,
    /// `COUNTERSIGN_STATUS_TOKEN`: without it there is no status page.
    pub status_token: Option<String>,
}

impl Settings {
    /// The receiver of these settings and its guards, whose variables the README lists.
    ///
    /// # Errors
    /// Which variable of the guards is wrong.
    pub fn receiver(&self) -> Result<Receiver, String> {
        guarded(Receiver::new(self.webhook.clone()))
    }

    /// Reads the environment.
    ///
    /// # Errors
    /// Which variable is missing or wrong. A receiver must not start then.
    pub fn from_environment() -> Result<Self, String> {
        Ok(Self {
            webhook: webhook()?,
            events_token: read("COUNTERSIGN_EVENTS_TOKEN")?,
            status_token: read("COUNTERSIGN_STATUS_TOKEN")?,
        })
    }
}

fn webhook() -> Result<Webhook, String> {
    let name = required("COUNTERSIGN_SCHEME", "the name of the provider's scheme")?;
    let scheme = Scheme::named(&name).map_err(|error| format!("COUNTERSIGN_SCHEME: {error}"))?;
    required("COUNTERSIGN_SECRET", "the endpoint's secret")?;

    let mut secrets = Vec::new();
    for name in ["COUNTERSIGN_SECRET", "COUNTERSIGN_OLD_SECRET"] {
        let Some(text) = read(name)? else { continue };
        // Each secret alone first, so that a malformed one is reported under its own name.
        let secret = Secret::parse(&text)
            .and_then(|secret| Webhook::new(scheme.clone(), [secret.clone()]).map(|_| secret))
            .map_err(|error| format!("{name}: {error}"))?;
        secrets.push(secret);
    }
    let webhook = Webhook::new(scheme, secrets).map_err(|error| error.to_string())?;
    let Some(token) = read("COUNTERSIGN_VERIFY_TOKEN")? else {
        return Ok(webhook);
    };
    let token =
        Secret::parse(&token).map_err(|error| format!("COUNTERSIGN_VERIFY_TOKEN: {error}"))?;
    Ok(webhook.with_verify_token(token))
}

fn required(name: &str, what: &str) -> Result<String, String> {
    read(name)?.ok_or_else(|| format!("{name} is not set; it holds {what}"))
}

pub(crate) fn read(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}
