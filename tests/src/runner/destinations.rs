//! Cases of what a sender may reach: `destination` and `destination_addresses`.

use std::net::IpAddr;

use anyhow::Result;
use countersign::{Destination, DestinationRules};
use serde::Deserialize;
use serde_json::{Value, json};

use super::guards::networks;
use super::requests::rejection;

#[derive(Deserialize)]
pub(super) struct DestinationCase {
    url: String,
    allow_http: bool,
    networks: Vec<String>,
}

pub(super) fn destination(case: &DestinationCase) -> Result<Value> {
    let rules = DestinationRules::new()
        .allow_http(case.allow_http)
        .allow(networks(&case.networks)?);
    Ok(match Destination::parse(&case.url, &rules) {
        Ok(destination) => json!({
            "host": destination.host(),
            "port": destination.port(),
            "https": destination.is_https(),
            "address": destination.address(),
        }),
        Err(error) => rejection(&error.into()),
    })
}

#[derive(Deserialize)]
pub(super) struct AddressesCase {
    networks: Vec<String>,
    addresses: Vec<IpAddr>,
}

pub(super) fn addresses(case: &AddressesCase) -> Result<Value> {
    let rules = DestinationRules::new().allow(networks(&case.networks)?);
    Ok(match rules.check(&case.addresses) {
        Ok(()) => json!({"allowed": true}),
        Err(error) => rejection(&error.into()),
    })
}
