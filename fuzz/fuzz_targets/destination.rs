//! URLs: what core accepts another parser reads alike, and a literal address is judged.

#![no_main]

use std::net::IpAddr;

use countersign::{Destination, DestinationRules, is_public_address};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let rules = DestinationRules::new().allow_http(true);
    let Ok(destination) = Destination::parse(text, &rules) else {
        return;
    };
    if let Some(address) = destination.address() {
        assert!(is_public_address(address));
    }
    let Ok(read) = Url::parse(text) else {
        // Punycode of nothing.
        assert!(destination.host().contains("xn--"));
        return;
    };
    let address = match read.host().unwrap() {
        Host::Domain(name) => {
            assert_eq!(destination.host(), name);
            None
        }
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
    };
    assert_eq!(destination.address(), address);
    assert_eq!(Some(destination.port()), read.port_or_known_default());
    assert_eq!(destination.is_https(), read.scheme() == "https");
});
