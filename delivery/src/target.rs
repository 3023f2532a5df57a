//! An endpoint as attempts need it: everything parsed.

use std::time::Duration;

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
    pub(crate) webhook: Webhook,
    pub(crate) destination: Destination,
    pub(crate) rules: DestinationRules,
    pub(crate) timeouts: Timeouts,
    pub(crate) headers: HeaderMap,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) concurrency: usize,
    pub(crate) is_fifo: bool,
    pub(crate) pace: Option<Pace>,
}

/// How fast an endpoint is sent to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    interval_us: i64,
}

impl Pace {
    fn new(per_second: f64) -> Self {
        Self {
            // The rate is between a thousandth and a million a second.
            interval_us: (1e6 / per_second) as i64,
        }
    }

    /// How many may go now, of those that are wanted, and up to when that uses the rate up; at most
    /// what a second allows may go at once.
    pub(crate) fn admit(self, paced_until_us: i64, now_ms: i64, wanted: usize) -> (usize, i64) {
        let now_us = now_ms.saturating_mul(1_000);
        let burst_us = self.interval_us.max(1_000_000);
        // From a clock that was set back it is at most the end of a burst.
        let paced_until_us = paced_until_us.clamp(now_us, now_us + burst_us);
        let room = (now_us + burst_us - paced_until_us) / self.interval_us.max(1);
        let admitted = usize::try_from(room).unwrap_or(0).min(wanted);
        let used = self.interval_us * i64::try_from(admitted).unwrap_or(0);
        (admitted, paced_until_us + used)
    }

    /// When the next may go.
    pub(crate) fn next_ms(self, paced_until_us: i64) -> i64 {
        let burst_us = self.interval_us.max(1_000_000);
        (paced_until_us - burst_us + self.interval_us).div_euclid(1_000) + 1
    }
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
            is_fifo: settings.is_fifo,
            pace: settings.per_second.map(Pace::new),
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
    Ok(Webhook::new(scheme, secrets)?.with_every_secret_signing())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_admits_a_second_at_once_and_then_its_rate() {
        let pace = Pace::new(10.0);
        let now = 1_700_000_000_000;
        let (admitted, until) = pace.admit(0, now, 100);
        assert_eq!(admitted, 10);
        assert_eq!(pace.admit(until, now, 100).0, 0);
        let next = pace.next_ms(until);
        assert!((99..=101).contains(&(next - now)));
        assert_eq!(pace.admit(until, next, 100).0, 1);
        // The clock is set back by a year.
        assert_eq!(pace.admit(until, now - 31_536_000_000 + 1_000, 100).0, 0);
        assert_eq!(pace.admit(0, now, 3).0, 3);
        let slow = Pace::new(0.1);
        let (admitted, until) = slow.admit(0, now, 100);
        assert_eq!((admitted, slow.next_ms(until) - now), (1, 10_001));
    }
}
