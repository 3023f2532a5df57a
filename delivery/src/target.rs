//! An endpoint as attempts need it: everything parsed.

use std::time::Duration;

use countersign::dispatch::{Manner, Pace};
use countersign::error::MessageDefect;
use countersign::{
    ConfigurationError, DeliveryError, Destination, DestinationRules, Error, Network, RetryPolicy,
    Scheme, Secret, Webhook,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::endpoint::{Endpoint, EndpointSettings};
use crate::settings::SenderOptions;
use crate::transport::Timeouts;

/// The scheme of secrets whose scheme is not said.
const DEFAULT_SCHEME: &str = "standard";

/// What the sender writes itself, or what belongs to the connection.
const RESERVED: [&str; 10] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

#[derive(Debug)]
pub(crate) struct Target {
    /// The endpoint's id.
    pub(crate) id: String,
    pub(crate) webhook: Webhook,
    pub(crate) destination: Destination,
    pub(crate) rules: DestinationRules,
    pub(crate) timeouts: Timeouts,
    pub(crate) headers: HeaderMap,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) concurrency: usize,
    pub(crate) manner: Manner,
}

impl Target {
    /// # Errors
    /// What is wrong with the endpoint, but for what [`Endpoint::check`] finds.
    pub(crate) fn new(endpoint: &Endpoint, options: &SenderOptions) -> Result<Self, Error> {
        let settings = &endpoint.settings;
        let rules = rules(settings)?;
        let destination = Destination::parse(&endpoint.url, &rules)?;
        let timeouts = timeouts(settings, &options.timeouts);
        if timeouts.total * 2 > options.lease {
            return Err(DeliveryError::MalformedMessage(MessageDefect::Setting).into());
        }
        Ok(Self {
            id: endpoint.id.clone(),
            webhook: webhook(endpoint, options)?,
            destination,
            rules,
            timeouts,
            headers: headers(settings)?,
            retry_policy: match &settings.retry_policy {
                Some(policy) => policy.clone(),
                None => options.retry_policy.clone(),
            },
            concurrency: match settings.concurrency {
                Some(count) => count as usize,
                None => options.endpoint_concurrency,
            }
            .max(1),
            manner: Manner::new(
                settings.is_fifo,
                settings.per_second.and_then(Pace::per_second),
            ),
        })
    }
}

fn rules(settings: &EndpointSettings) -> Result<DestinationRules, Error> {
    let networks = settings.networks.iter().map(|text| Network::parse(text));
    let networks = networks.collect::<Result<Vec<_>, _>>()?;
    Ok(DestinationRules::new()
        .allow_http(settings.allows_http)
        .allow(networks))
}

fn timeouts(settings: &EndpointSettings, defaults: &Timeouts) -> Timeouts {
    let or = |millis: Option<u64>, default| millis.map_or(default, Duration::from_millis);
    let mut timeouts = *defaults;
    timeouts.connect = or(settings.connect_timeout_ms, timeouts.connect);
    timeouts.first_byte = or(settings.first_byte_timeout_ms, timeouts.first_byte);
    timeouts.total = or(settings.total_timeout_ms, timeouts.total);
    timeouts
}

fn webhook(endpoint: &Endpoint, options: &SenderOptions) -> Result<Webhook, Error> {
    if endpoint.scheme.is_none() && endpoint.secrets.is_empty() {
        let own = options.webhook.clone();
        return own.ok_or(ConfigurationError::NoSecrets.into());
    }
    let name = endpoint.scheme.as_deref().unwrap_or(DEFAULT_SCHEME);
    let own = options.schemes.iter().find(|scheme| scheme.name() == name);
    let scheme = match own {
        Some(scheme) => scheme.clone(),
        None => Scheme::named(name)?,
    };
    let secrets = endpoint.secrets.iter().map(|text| Secret::parse(text));
    let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
    let webhook = Webhook::new(scheme, secrets)?.with_every_secret_signing();
    webhook.check_signs_headers()?;
    Ok(webhook)
}

fn headers(settings: &EndpointSettings) -> Result<HeaderMap, Error> {
    let malformed = || DeliveryError::MalformedMessage(MessageDefect::Setting);
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| malformed())?;
        if RESERVED.contains(&name.as_str()) {
            return Err(malformed().into());
        }
        // Not in logs of the HTTP client.
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
