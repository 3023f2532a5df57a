//! `Network`, `AddressPolicy` and `rate_limit_key`.

use std::net::IpAddr;

use countersign::ForwardingHeader;
use pyo3::prelude::*;

use crate::errors::{exception, wrong_value};
use crate::guards::RateLimit;

/// A range of IP addresses in CIDR notation, or a single address. An IPv4-mapped IPv6 range or
/// address is the IPv4 one that it stands for.
///
/// Raises ``ConfigurationError`` (``malformed_network``), also for an address with bits beyond its
/// prefix: ``10.1.2.3/8`` is a mistake.
///
/// >>> from countersign import Network
/// >>> "192.0.2.7" in Network("192.0.2.0/24")
/// True
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Network(countersign::Network);

#[pymethods]
impl Network {
    #[new]
    fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
        parse(py, text).map(Self)
    }

    fn __contains__(&self, address: &str) -> PyResult<bool> {
        Ok(self.0.contains(ip(address)?))
    }
}

/// Which callers may deliver, and which proxies are believed about who the caller is.
///
/// ``allow`` holds networks as text; ``None`` allows anybody, an empty list nobody.
/// ``forwarding_header`` is ``x-forwarded-for`` or ``forwarded``; it is read from its end, and only
/// when the connection comes from one of ``trusted_proxies``.
///
/// Raises ``ConfigurationError`` (``malformed_network``).
///
/// >>> from countersign import AddressPolicy
/// >>> policy = AddressPolicy(allow=["203.0.113.0/24"], trusted_proxies=["10.0.0.0/8"])
/// >>> policy.client("10.0.0.1", ["198.51.100.1, 203.0.113.9"])
/// '203.0.113.9'
#[pyclass(frozen, module = "countersign")]
pub(crate) struct AddressPolicy(countersign::AddressPolicy);

#[pymethods]
impl AddressPolicy {
    #[new]
    #[pyo3(
        signature = (*, allow=None, trusted_proxies=None, forwarding_header="x-forwarded-for"),
        text_signature = "(*, allow=None, trusted_proxies=(), forwarding_header='x-forwarded-for')"
    )]
    fn new(
        py: Python<'_>,
        allow: Option<Vec<String>>,
        trusted_proxies: Option<Vec<String>>,
        forwarding_header: &str,
    ) -> PyResult<Self> {
        let networks = |texts: Vec<String>| {
            let networks = texts.iter().map(|text| parse(py, text));
            networks.collect::<PyResult<Vec<_>>>()
        };
        let header = ForwardingHeader::named(forwarding_header)
            .ok_or_else(|| wrong_value("forwarding_header", "'x-forwarded-for' or 'forwarded'"))?;
        let mut policy = countersign::AddressPolicy::new()
            .trust_proxies(networks(trusted_proxies.unwrap_or_default())?)
            .forwarding_header(header);
        if let Some(allow) = allow {
            policy = policy.allow(networks(allow)?);
        }
        Ok(Self(policy))
    }

    /// The name of the header that ``client`` wants, in lower case; ``None`` while no proxy is
    /// trusted.
    #[getter]
    fn header_name(&self) -> Option<&'static str> {
        self.0.header_name()
    }

    /// The address of the client: that of the connection, as the server gives it, or what trusted
    /// proxies say; ``None`` if it cannot be told. ``forwarded`` holds each value of the header.
    fn client(&self, peer: &str, forwarded: Vec<String>) -> Option<String> {
        let forwarded: Vec<&[u8]> = forwarded.iter().map(String::as_bytes).collect();
        let client = self.0.client(peer, &forwarded);
        client.map(|client| client.to_string())
    }

    /// Raises ``GuardError`` (``address_not_allowed``) unless this client may call.
    fn check(&self, py: Python<'_>, client: Option<&str>) -> PyResult<()> {
        let client = client.map(ip).transpose()?;
        self.0.check(client).map_err(|error| exception(py, error))
    }
}

/// Under which name a client's requests are counted together: the address, for IPv6 its first 64
/// bits; ``unknown`` for ``None``. The limit is part of it, so that receivers with different limits
/// can share a store.
///
/// >>> from countersign import RateLimit, rate_limit_key
/// >>> rate_limit_key("2001:db8::17", RateLimit(100, 60))
/// '2001:db8::/64 100/60000'
#[pyfunction]
pub(crate) fn rate_limit_key(client: Option<&str>, limit: &RateLimit) -> PyResult<String> {
    let client = client.map(ip).transpose()?;
    Ok(countersign::rate_limit_key(client, limit.0))
}

pub(crate) fn parse(py: Python<'_>, text: &str) -> PyResult<countersign::Network> {
    countersign::Network::parse(text).map_err(|error| exception(py, error))
}

pub(crate) fn ip(text: &str) -> PyResult<IpAddr> {
    text.parse()
        .map_err(|_| wrong_value("an address", "the text of an IP address"))
}
