//! The configuration, from the environment.

use std::env::{self, VarError};

use countersign::{Scheme, Secret, Webhook};

/// What the receiver is run with.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Of `COUNTERSIGN_SCHEME`, `COUNTERSIGN_SECRET` and, while a rotation lasts,
    /// `COUNTERSIGN_OLD_SECRET`.
    pub webhook: Webhook,
    /// `COUNTERSIGN_EVENTS_TOKEN`: without it there is no list of events.
    pub events_token: Option<String>,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Which variable is missing or wrong. A receiver must not start then.
    pub fn from_environment() -> Result<Self, String> {
        Ok(Self {
            webhook: webhook()?,
            events_token: read("COUNTERSIGN_EVENTS_TOKEN")?,
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
    Webhook::new(scheme, secrets).map_err(|error| error.to_string())
}

fn required(name: &str, what: &str) -> Result<String, String> {
    read(name)?.ok_or_else(|| format!("{name} is not set; it holds {what}"))
}

fn read(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}
