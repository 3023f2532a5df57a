//! Networks and clients behind proxies, against addresses written out bit by bit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use countersign::{AddressPolicy, ForwardingHeader, Network, RateLimit, rate_limit_key};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::config;

/// Addresses of version 6 that stand for no address of version 4.
fn ipv6() -> impl Strategy<Value = Ipv6Addr> {
    let address = prop_oneof![
        any::<u128>(),
        0..16_u128,
        (0..16_u128).prop_map(|bits| bits << 32)
    ];
    address
        .prop_map(Ipv6Addr::from)
        .prop_filter("a mapped address", |address| {
            address.to_ipv4_mapped().is_none()
        })
}

fn ipv4() -> impl Strategy<Value = Ipv4Addr> {
    prop_oneof![any::<u32>(), 0..16_u32].prop_map(Ipv4Addr::from)
}

/// The address as zeros and ones.
fn binary(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:032b}", u32::from(address)),
        IpAddr::V6(address) => format!("{:0128b}", u128::from(address)),
    }
}

/// The address with the bits from this one on set to 0.
fn without_host(address: IpAddr, length: usize) -> IpAddr {
    let prefix = &binary(address)[..length];
    match address {
        IpAddr::V4(_) => {
            Ipv4Addr::from(u32::from_str_radix(&format!("{prefix:0<32}"), 2).unwrap()).into()
        }
        IpAddr::V6(_) => {
            Ipv6Addr::from(u128::from_str_radix(&format!("{prefix:0<128}"), 2).unwrap()).into()
        }
    }
}

fn with_flipped_bit(address: IpAddr, bit: usize) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from(u32::from(address) ^ 1 << (31 - bit)).into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) ^ 1 << (127 - bit)).into(),
    }
}

/// An address, the length of a prefix of it, and a bit of it.
fn subject() -> impl Strategy<Value = (IpAddr, usize, usize)> {
    prop_oneof![
        (ipv4().prop_map(IpAddr::V4), 0..=32_usize, 0..32_usize),
        (ipv6().prop_map(IpAddr::V6), 0..=128_usize, 0..128_usize),
    ]
}

/// Both forms of an address of version 4; the other has one.
fn forms(address: IpAddr) -> Vec<IpAddr> {
    match address {
        IpAddr::V4(known) => vec![address, known.to_ipv6_mapped().into()],
        IpAddr::V6(_) => vec![address],
    }
}

fn networks(texts: &[&str]) -> Vec<Network> {
    texts
        .iter()
        .map(|text| Network::parse(text).unwrap())
        .collect()
}

/// One address of each network that [`policy`] trusts.
fn proxy() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0..1_u32 << 24).prop_map(|host| Ipv4Addr::from((10 << 24) | host).into()),
        (0..1_u32 << 24).prop_map(|host| Ipv4Addr::from((10 << 24) | host).to_ipv6_mapped().into()),
        any::<u64>().prop_map(|host| Ipv6Addr::from(0xfd00_u128 << 112 | u128::from(host)).into()),
    ]
}

fn policy(header: ForwardingHeader) -> AddressPolicy {
    AddressPolicy::new()
        .trust_proxies(networks(&["10.0.0.0/8", "fd00::/8"]))
        .forwarding_header(header)
}

/// An address that no proxy has.
fn outsider() -> impl Strategy<Value = IpAddr> {
    let address = prop_oneof![ipv4().prop_map(IpAddr::V4), ipv6().prop_map(IpAddr::V6)];
    address.prop_filter("a proxy", |address| {
        !binary(*address).starts_with("00001010") && !binary(*address).starts_with("11111101")
    })
}

/// An address as proxies write it in the header, in one of their ways.
fn written(header: ForwardingHeader, address: IpAddr, way: usize) -> String {
    let with_port = match address {
        IpAddr::V4(address) => format!("{address}:4711"),
        IpAddr::V6(address) => format!("[{address}]:4711"),
    };
    match header {
        ForwardingHeader::Forwarded => match way % 3 {
            0 => format!("for=\"{with_port}\""),
            1 => format!("By=unknown; FOR=\"{address}\";proto=https"),
            _ => format!("for={address}"),
        },
        _ => match way % 3 {
            0 => with_port,
            1 => format!("\t{address} "),
            _ => address.to_string(),
        },
    }
}

/// The hops as lines of a header, a new one where `breaks` says so.
fn lines(hops: &[String], breaks: &[bool]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (hop, new) in hops.iter().zip(breaks.iter().cycle()) {
        match lines.last_mut() {
            Some(line) if !new => *line = format!("{line},{hop}"),
            _ => lines.push(hop.clone()),
        }
    }
    lines
}

fn header() -> impl Strategy<Value = ForwardingHeader> {
    select(vec![
        ForwardingHeader::XForwardedFor,
        ForwardingHeader::Forwarded,
    ])
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn a_network_holds_what_begins_with_its_prefix((address, length, bit) in subject()) {
        let start = without_host(address, length);
        let mut texts = vec![format!("{start}/{length}")];
        if let IpAddr::V4(start) = start {
            texts.push(format!("{}/{}", start.to_ipv6_mapped(), length + 96));
        }
        let neighbour = with_flipped_bit(address, bit);
        for text in texts {
            let network = Network::parse(&text).unwrap();
            for inside in forms(address) {
                prop_assert!(network.contains(inside), "{} in {}", inside, text);
            }
            let expected = binary(neighbour).starts_with(&binary(start)[..length]);
            // A bit that makes it an address of version 4 takes it out of all networks of 6.
            let is_same_version = neighbour.to_canonical().is_ipv4() == start.is_ipv4();
            for form in forms(neighbour) {
                prop_assert_eq!(network.contains(form), expected && is_same_version, "{} in {}", form, text);
            }
        }
    }

    #[test]
    fn no_network_holds_the_other_version(
        (address, length, _) in subject(),
        other in (ipv4(), ipv6()),
    ) {
        let network = Network::parse(&format!("{}/{length}", without_host(address, length))).unwrap();
        let others = if address.is_ipv4() { vec![other.1.into()] } else { forms(other.0.into()) };
        prop_assert!(others.into_iter().all(|other| !network.contains(other)));
    }

    #[test]
    fn a_network_has_no_bits_beyond_its_prefix((address, length, bit) in subject()) {
        let start = without_host(address, length);
        let network = Network::parse(&format!("{start}/{length}"));
        prop_assert!(network.is_ok());
        if bit >= length {
            let with_host = with_flipped_bit(start, bit);
            prop_assume!(with_host.to_canonical() == with_host);
            let text = format!("{with_host}/{length}");
            prop_assert!(Network::parse(&text).is_err());
        }
        // Without a length it is the one address.
        let whole = binary(address).len();
        let alone = Network::parse(&address.to_string());
        prop_assert_eq!(&alone, &Network::parse(&format!("{address}/{whole}")));
        prop_assert_eq!(alone.unwrap() == network.unwrap(), length == whole);
        for text in [format!("{address}/{}", whole + 1), format!("{start}/0{length}"), format!(" {start}")] {
            prop_assert!(Network::parse(&text).is_err());
        }
    }

    #[test]
    fn other_texts_are_no_networks(text in "[0-9a-f:./ ]{0,20}|[ -~]{0,20}") {
        let (address, length) = text.split_once('/').unwrap_or((&text, ""));
        let is_network = Network::parse(&text).is_ok();
        let is_address = address.parse::<IpAddr>().is_ok();
        prop_assert!(!is_network || is_address && length.bytes().all(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn the_client_is_who_called_the_first_trusted_proxy(
        header in header(),
        client in outsider(),
        proxies in prop::collection::vec((proxy(), 0..3_usize), 0..30),
        way in 0..3_usize,
        pretended in prop::collection::vec(any::<u8>(), 0..20),
        breaks in prop::collection::vec(any::<bool>(), 1..4),
    ) {
        let mut hops = vec![written(header, client, way)];
        hops.extend(proxies.iter().map(|(proxy, way)| written(header, *proxy, *way)));
        // The last is the one that connects: it names the others, and nobody names it.
        let (address, way) = proxies.last().copied().unwrap_or((client, way));
        let peer = written(ForwardingHeader::XForwardedFor, address, way).trim().to_owned();
        hops.pop();
        // What the client says of itself comes first.
        let mut values = vec![pretended];
        values.extend(lines(&hops, &breaks).into_iter().map(String::into_bytes));
        let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        let found = policy(header).client(&peer, &values);
        prop_assert_eq!(found, Some(client.to_canonical()));
        // In a line with what the client says it is the same.
        let line = values.join(&b","[..]);
        prop_assert_eq!(policy(header).client(&peer, &[&line]), found);
        prop_assert_eq!(AddressPolicy::new().client(&peer, &values), Some(address.to_canonical()));
    }

    #[test]
    fn of_proxies_alone_the_first_calls(
        header in header(),
        proxies in prop::collection::vec(proxy(), 1..30),
    ) {
        let named = proxies[..proxies.len() - 1].iter();
        let hops: Vec<_> = named.map(|proxy| written(header, *proxy, 0)).collect();
        let values = lines(&hops, &[false]);
        let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
        let peer = proxies[proxies.len() - 1].to_string();
        prop_assert_eq!(policy(header).client(&peer, &values), Some(proxies[0].to_canonical()));
    }

    #[test]
    fn whom_a_proxy_does_not_name_nobody_knows(
        header in header(),
        proxy in proxy(),
        garbage in prop_oneof![Just(String::new()), "[a-z_]{1,10}", "for=_?[a-z]{1,8}", "[0-9]{1,3}(\\.[0-9]{1,3}){4}"],
    ) {
        let policy = policy(header).allow(networks(&["0.0.0.0/0", "::/0"]));
        let client = policy.client(&proxy.to_string(), &[b"192.0.2.7", garbage.as_bytes()]);
        prop_assert_eq!(client, None);
        prop_assert!(policy.check(client).is_err());
    }

    #[test]
    fn only_the_listed_may_call(
        list in prop::collection::vec(subject(), 0..4),
        (client, _, bit) in subject(),
    ) {
        let starts = list.iter().map(|(address, length, _)| (without_host(*address, *length), *length));
        let texts: Vec<_> = starts.clone().map(|(start, length)| format!("{start}/{length}")).collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let policy = AddressPolicy::new().allow(networks(&texts));
        let near = list.first().map(|(address, ..)| with_flipped_bit(*address, bit.min(31)));
        for client in near.into_iter().chain([client]) {
            let client = client.to_canonical();
            let is_listed = starts.clone().any(|(start, length)| {
                start.is_ipv4() == client.is_ipv4()
                    && binary(client).starts_with(&binary(start)[..length])
            });
            prop_assert_eq!(policy.check(Some(client)).is_ok(), is_listed);
            prop_assert!(AddressPolicy::new().check(Some(client)).is_ok());
        }
        prop_assert!(policy.check(None).is_err());
    }

    #[test]
    fn callers_are_counted_by_address_or_by_the_first_half_of_it(
        (one, other) in (ipv6(), ipv6()),
        (four, bit) in (ipv4(), 0..128_usize),
        requests in 1..=u32::MAX,
    ) {
        let limit = |requests| RateLimit::new(requests, Duration::from_secs(60)).unwrap();
        let key = |client: IpAddr| rate_limit_key(Some(client), limit(requests));
        let neighbour = with_flipped_bit(one.into(), bit);
        for second in [other.into(), neighbour].into_iter().filter(|address| address.to_canonical().is_ipv6()) {
            let is_one_caller = binary(one.into())[..64] == binary(second)[..64];
            let is_one_key = key(one.into()) == key(second);
            prop_assert_eq!(is_one_key, is_one_caller);
        }
        for form in forms(four.into()) {
            prop_assert_eq!(key(form), format!("{four} {requests}/60000"));
            prop_assert_ne!(key(form), rate_limit_key(Some(form), limit(requests.wrapping_add(1).max(1))));
        }
    }
}
