//! `Destination` and `DestinationRules`.

use std::net::IpAddr;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::address::{ip, parse as parse_network};
use crate::capi;
use crate::errors::exception;

/// What a sender may reach: HTTPS on public addresses, and what is allowed besides.
///
/// ``allow`` holds networks as text that may be reached although they are not public. The metadata
/// service of a cloud is allowed by an entry of its one address alone.
///
/// Raises ``ConfigurationError`` (``malformed_network``).
///
/// >>> from countersign._countersign import DestinationRules
/// >>> DestinationRules(allow=["10.0.0.0/8"]).check(["8.8.8.8", "10.0.0.7"])
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct DestinationRules(countersign::DestinationRules);

#[pymethods]
impl DestinationRules {
    #[new]
    #[pyo3(
        signature = (*, allow_http=false, allow=None),
        text_signature = "(*, allow_http=False, allow=())"
    )]
    fn new(py: Python<'_>, allow_http: bool, allow: Option<Vec<String>>) -> PyResult<Self> {
        let networks = allow.unwrap_or_default();
        let networks = networks.iter().map(|text| parse_network(py, text));
        let networks = networks.collect::<PyResult<Vec<_>>>()?;
        let rules = countersign::DestinationRules::new();
        Ok(Self(rules.allow_http(allow_http).allow(networks)))
    }

    /// Raises ``DeliveryError`` (``forbidden_destination``) if any of these addresses, which are all
    /// that a host has, may not be reached, or if there is none.
    fn check(&self, py: Python<'_>, addresses: Vec<String>) -> PyResult<()> {
        let addresses = addresses.iter().map(|address| ip(address));
        let addresses = addresses.collect::<PyResult<Vec<IpAddr>>>()?;
        let verdict = self.0.check(&addresses);
        verdict.map_err(|error| exception(py, error))
    }
}

/// A URL that messages may be sent to, of a grammar that every parser reads alike.
///
/// Raises ``DeliveryError`` (``malformed_url``, ``insecure_url``, ``forbidden_destination``).
///
/// >>> from countersign._countersign import Destination, DestinationRules
/// >>> Destination("https://Hooks.example.com/in", DestinationRules()).host
/// 'hooks.example.com'
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct Destination(countersign::Destination);

#[pymethods]
impl Destination {
    #[new]
    fn new(py: Python<'_>, url: &Bound<'_, PyString>, rules: &DestinationRules) -> PyResult<Self> {
        // Half a surrogate pair becomes a character that core refuses.
        let url = capi::utf8(url).unwrap_or("\u{fffd}");
        let parsed = countersign::Destination::parse(url, &rules.0);
        parsed.map(Self).map_err(|error| exception(py, error))
    }

    /// The URL as it was given.
    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    /// The host's name in lower case, or its address without brackets.
    #[getter]
    fn host(&self) -> &str {
        self.0.host()
    }

    /// The host's address, if the URL has one in place of a name.
    #[getter]
    fn address(&self) -> Option<String> {
        self.0.address().map(|address| address.to_string())
    }

    /// The port, also where the URL leaves it out.
    #[getter]
    fn port(&self) -> u16 {
        self.0.port()
    }

    /// Whether the scheme is ``https``.
    #[getter]
    fn is_https(&self) -> bool {
        self.0.is_https()
    }
}
