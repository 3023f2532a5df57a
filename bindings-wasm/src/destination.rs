//! Which URLs and addresses a sender may reach.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;
use core::str::FromStr;

use countersign::{Destination, DestinationRules, Network};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::thrown;

/// What a sender may reach. It is built up before it is asked.
#[wasm_bindgen]
#[derive(Debug)]
pub struct DestinationRulesHandle {
    rules: DestinationRules,
    allowed: Vec<Network>,
}

#[wasm_bindgen]
impl DestinationRulesHandle {
    /// Public addresses, by HTTPS alone or by HTTP too.
    #[wasm_bindgen(constructor)]
    pub fn new(allow_http: bool) -> Self {
        Self {
            rules: DestinationRules::new().allow_http(allow_http),
            allowed: Vec::new(),
        }
    }

    /// Allows a network besides.
    ///
    /// # Errors
    /// `malformed_network`.
    pub fn allow(&mut self, network: &str) -> Result<(), JsValue> {
        self.allowed.push(Network::parse(network).map_err(thrown)?);
        let allowed = self.allowed.iter().copied();
        self.rules = self.rules.clone().allow(allowed);
        Ok(())
    }

    /// Judges the addresses of a host, a line each; false if one is no address.
    ///
    /// # Errors
    /// `forbidden_destination`.
    pub fn check(&self, addresses: &str) -> Result<bool, JsValue> {
        let addresses = addresses.lines().map(IpAddr::from_str);
        let Ok(addresses) = addresses.collect::<Result<Vec<_>, _>>() else {
            return Ok(false);
        };
        self.rules.check(&addresses).map_err(thrown)?;
        Ok(true)
    }

    /// The host of a URL, its port, its address, and whether it is HTTPS, a line each.
    ///
    /// # Errors
    /// `malformed_url`, `insecure_url`, `forbidden_destination`.
    pub fn parse(&self, url: &str) -> Result<String, JsValue> {
        let destination = Destination::parse(url, &self.rules).map_err(thrown)?;
        let address = destination.address();
        let parts = [
            destination.host(),
            &destination.port().to_string(),
            &address.map_or_else(String::new, |address| address.to_string()),
            if destination.is_https() { "https" } else { "" },
        ];
        Ok(parts.join("\n"))
    }
}
