//! What a sender may reach, against the reading of the `url` crate and the standard library's names
//! for addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use countersign::{Destination, DestinationRules, Network, is_public_address};
use proptest::prelude::*;
use proptest::sample::select;
use url::{Host, Url};

use crate::support::config;

/// Pieces of which URLs that mislead are made.
const PIECES: [&str; 60] = [
    "https://",
    "http://",
    "HTTPS://",
    "https:",
    "//",
    "/",
    "\\",
    "@",
    ":",
    "::",
    "?",
    "#",
    "%",
    "%2e",
    "%00",
    ".",
    "..",
    "[",
    "]",
    "[::1]",
    "[::ffff:8.8.8.8]",
    "[2606:4700::",
    "example.com",
    "xn--",
    "xn--bcher-kva",
    "localhost",
    "127.0.0.1",
    "8.8.8.8",
    "0x7f",
    "0X",
    "0177",
    "2130706433",
    "1",
    "0",
    "00",
    "256",
    "443",
    ":443",
    ":0443",
    ":65535",
    ":65536",
    ":0",
    "a",
    "-",
    "_",
    "é",
    "ß",
    "K",
    "。",
    "①",
    " ",
    "\t",
    "\n",
    "\0",
    "~",
    "!",
    "*",
    "|",
    "fe80::1%25eth0",
    "user:secret@",
];

fn url() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(select(PIECES.to_vec()), 0..8);
    prop_oneof![
        2 => pieces.clone().prop_map(|pieces| format!("https://{}", pieces.concat())),
        1 => pieces.prop_map(|pieces| pieces.concat()),
        2 => "https?://[a-z0-9x._-]{1,12}(:[0-9]{1,6})?([/?][ -~]{0,12})?",
        2 => "https?://[0-9a-fx]{1,4}(\\.[0-9a-fx]{1,4}){0,4}(:[0-9]{1,5})?",
        2 => "https?://\\[[0-9a-f:.]{2,24}\\](:[0-9]{1,5})?/?",
        1 => ".{0,40}",
    ]
}

/// Addresses, of which many lie at the edges of ranges or stand for one of IPv4.
fn address() -> impl Strategy<Value = IpAddr> {
    let edge = select(vec![0_u32, 1, 0xff, 0xffff, 0xff_ffff, u32::MAX]);
    let ipv4 = prop_oneof![
        any::<u32>(),
        (any::<u8>(), any::<u8>(), edge).prop_map(|(first, second, rest)| {
            u32::from(first) << 24 | u32::from(second) << 16 | rest >> 16
        }),
        select(vec![
            0x7f00_0001,
            0x0a00_0001,
            0xa9fe_a9fe,
            0xc0a8_0101,
            0xa83f_8110,
            0x0808_0808
        ]),
    ];
    let prefix = select(vec![
        0_u128,
        0xffff << 32,
        0x64_ff9b << 96,
        0x64_ff9b_0001 << 80,
    ]);
    let first = select(vec![
        0x100_u128, 0x2001, 0x2002, 0x2606, 0x2620, 0x3ffe, 0x3fff, 0x5f00, 0xfc00, 0xfe80, 0xfec0,
        0xff02,
    ]);
    prop_oneof![
        ipv4.clone().prop_map(|bits| Ipv4Addr::from(bits).into()),
        (prefix, ipv4.clone())
            .prop_map(|(prefix, bits)| Ipv6Addr::from(prefix | u128::from(bits)).into()),
        ipv4.prop_map(|bits| Ipv6Addr::from(0x2002 << 112 | u128::from(bits) << 80).into()),
        (first, any::<u128>())
            .prop_map(|(first, rest)| Ipv6Addr::from(first << 112 | rest >> 16).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from(bits).into()),
    ]
}

/// What the standard library calls by a name, none of which is public.
fn has_a_special_name(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_multicast()
                || address.is_unspecified()
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address
                    .to_ipv4()
                    .is_some_and(|mapped| has_a_special_name(mapped.into()))
        }
    }
}

fn everything() -> DestinationRules {
    let networks = ["0.0.0.0/0", "::/0"].map(|text| Network::parse(text).unwrap());
    DestinationRules::new().allow_http(true).allow(networks)
}

proptest! {
    #![proptest_config(config(4_000))]

    /// A host that this crate and the client read differently is how filters are bypassed.
    #[test]
    fn what_is_accepted_is_read_alike_by_another_parser(url in url()) {
        if let Ok(destination) = Destination::parse(&url, &everything()) {
            match Url::parse(&url) {
                Ok(read) => {
                    let (host, address) = match read.host().unwrap() {
                        Host::Domain(name) => (name.to_owned(), None),
                        Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
                        Host::Ipv6(address) => (address.to_string(), Some(IpAddr::V6(address))),
                    };
                    prop_assert_eq!(destination.host(), host);
                    prop_assert_eq!(destination.address(), address);
                    prop_assert_eq!(Some(destination.port()), read.port_or_known_default());
                    prop_assert_eq!(destination.is_https(), read.scheme() == "https");
                    prop_assert_eq!(read.username(), "");
                    prop_assert_eq!(read.fragment(), None);
                }
                // Punycode of nothing: DNS has no such name, and some parsers decode it.
                Err(_) => prop_assert!(destination.host().contains("xn--")),
            }
        }
    }

    #[test]
    fn no_text_panics_and_no_message_shows_it(url in "\\PC{0,60}|https://\\PC{8,60}") {
        if let Err(error) = Destination::parse(&url, &DestinationRules::new()) {
            prop_assert!(url.len() < 16 || !error.to_string().contains(&url));
        }
    }

    #[test]
    fn an_accepted_list_holds_no_special_address(addresses in proptest::collection::vec(address(), 0..4)) {
        let verdict = DestinationRules::new().check(&addresses);
        let public = addresses.iter().all(|address| is_public_address(*address));
        prop_assert_eq!(verdict.is_ok(), public && !addresses.is_empty());
        if verdict.is_ok() {
            prop_assert!(!addresses.iter().any(|address| has_a_special_name(*address)));
        }
    }

    /// A literal is judged as an answer of a resolver is, whatever form it is written in.
    #[test]
    fn a_literal_is_judged_like_an_answer(address in address(), allow in address(), single in any::<bool>()) {
        let (address_text, length) = match address {
            IpAddr::V4(address) => (address.to_string(), 32),
            IpAddr::V6(address) => (format!("[{address}]"), 128),
        };
        let network = if single { format!("{address}/{length}") } else { allow.to_string() };
        let rules = DestinationRules::new().allow([Network::parse(&network).unwrap()]);
        let literal = Destination::parse(&format!("https://{address_text}/"), &rules);
        prop_assert_eq!(literal.err(), rules.check(&[address]).err());
    }

    /// Only what is written in the list is allowed by it.
    #[test]
    fn an_entry_allows_its_address_and_no_other(allowed in address(), other in address()) {
        let rules = DestinationRules::new().allow([Network::parse(&allowed.to_string()).unwrap()]);
        prop_assert!(rules.check(&[allowed]).is_ok());
        if !is_public_address(other) && rules.check(&[other]).is_ok() {
            prop_assert!(last_bits(other) == last_bits(allowed) || six_to_four(other) == last_bits(allowed));
        }
    }
}

fn last_bits(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => u128::from(address) as u32,
    }
}

fn six_to_four(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 0,
        IpAddr::V6(address) => (u128::from(address) >> 80) as u32,
    }
}
