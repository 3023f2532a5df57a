//! Where messages go, and how.

use std::fmt;
use std::time::Duration;

use countersign::dispatch::Pace;
use countersign::error::MessageDefect;
use countersign::{DeliveryError, Error};
use countersign::{RetryPolicy, Routes};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::message::check_name;

/// A place that messages are delivered to.
///
/// ```
/// use std::time::Duration;
/// use countersign::RetryPolicy;
/// use countersign_delivery::Endpoint;
///
/// let endpoint = Endpoint::new("customer-7", "https://customer.example/webhooks")
///     .scheme("standard")
///     .secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
///     .event_types(["invoice.*", "customer.deleted"])
///     .concurrency(4)
///     .per_second(20.0)
///     .retry_policy(RetryPolicy::exponential(Duration::from_secs(1), 8));
/// ```
#[derive(Clone)]
#[must_use = "an endpoint is registered with `Sender::put_endpoint`"]
pub struct Endpoint {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) url: String,
    pub(crate) scheme: Option<String>,
    pub(crate) secrets: Vec<Zeroizing<String>>,
    pub(crate) event_types: Vec<String>,
    pub(crate) settings: EndpointSettings,
}

/// What a table holds of an endpoint as JSON. Times in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EndpointSettings {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_fifo: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) allows_http: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) networks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) concurrency: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) per_second: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_policy: Option<RetryPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connect_timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_byte_timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
}

impl Endpoint {
    /// An endpoint of this id, which the program chooses, at this URL, which must be HTTPS unless
    /// [`allow_http`](Self::allow_http) is said.
    pub fn new(id: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            owner: String::new(),
            url: url.into(),
            scheme: None,
            secrets: Vec::new(),
            event_types: Vec::new(),
            settings: EndpointSettings::default(),
        }
    }

    /// Whose it is, such as a customer's id: [`Sender::publish`](crate::Sender::publish) reaches the
    /// endpoints of one owner. Nobody's if not said.
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = owner.into();
        self
    }

    /// The name of the signature scheme; `standard` if not said and there are secrets, and the
    /// sender's own scheme and secrets if there are none.
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// One more secret, as people write it. The first signs, and so do the others where the scheme
    /// has room for several signatures; see [`Sender::rotate_secret`](crate::Sender::rotate_secret).
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secrets.push(Zeroizing::new(secret.into()));
        self
    }

    /// The patterns of the types that it wants of what is published: whole names, `invoice.*`, or
    /// `*`, as [`Routes`] has them. Everything if not said.
    pub fn event_types<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.event_types = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// How many attempts each process makes at a time, at least one; 16 if not said.
    pub fn concurrency(mut self, count: u32) -> Self {
        self.settings.concurrency = Some(count.max(1));
        self
    }

    /// How many attempts are made a second, by all processes together; as many as there are, if not
    /// said.
    pub fn per_second(mut self, rate: f64) -> Self {
        self.settings.per_second = Some(rate);
        self
    }

    /// Delivers messages one by one in the order in which they were sent: one that is tried again
    /// holds up those after it, until it is delivered or a dead letter.
    pub fn fifo(mut self) -> Self {
        self.settings.is_fifo = true;
        self
    }

    /// When a message is tried again and how often; the sender's policy if not said.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry_policy = Some(policy);
        self
    }

    /// How long an attempt may take to connect, until the first byte of the answer, and in total, as
    /// far as it is to be otherwise than with other endpoints of the sender.
    pub fn timeouts(
        mut self,
        connect: impl Into<Option<Duration>>,
        first_byte: impl Into<Option<Duration>>,
        total: impl Into<Option<Duration>>,
    ) -> Self {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        self.settings.connect_timeout_ms = connect.into().map(millis);
        self.settings.first_byte_timeout_ms = first_byte.into().map(millis);
        self.settings.total_timeout_ms = total.into().map(millis);
        self
    }

    /// A header of every request, besides those of the scheme.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.headers.push((name.into(), value.into()));
        self
    }

    /// Allows `http://`: anybody on the way reads and changes what is sent.
    pub fn allow_http(mut self) -> Self {
        self.settings.allows_http = true;
        self
    }

    /// Allows a network that is not public, in CIDR notation, such as `10.2.0.0/16`.
    pub fn allow_network(mut self, network: impl Into<String>) -> Self {
        self.settings.networks.push(network.into());
        self
    }

    /// # Errors
    /// `malformed_message` for its names and numbers, `malformed_pattern` for its types. The URL,
    /// the networks, the secrets and the headers are checked where they are used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_name(&self.id)?;
        if !self.owner.is_empty() {
            check_name(&self.owner)?;
        }
        let mut patterns = Routes::new();
        for pattern in &self.event_types {
            patterns.add(pattern)?;
        }
        if let Some(rate) = self.settings.per_second
            && Pace::per_second(rate).is_none()
        {
            return Err(DeliveryError::MalformedMessage(MessageDefect::Setting).into());
        }
        Ok(())
    }
}

impl fmt::Debug for Endpoint {
    /// Without the secrets; the path of a URL and headers can be secret, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("id", &self.id)
            .field("scheme", &self.scheme)
            .field("event_types", &self.event_types)
            .finish_non_exhaustive()
    }
}
