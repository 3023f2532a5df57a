//! The addresses that are not of the public Internet.
//!
//! From IANA's registries of special-purpose addresses (RFC 6890 and its updates) as of 2026, the
//! registries of multicast and of IPv6 unicast, and the documentation of the clouds. Also entries
//! that the registries call globally reachable are here: anycast of protocols, where no receiver of
//! webhooks lives.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::Network;

const SPECIAL_IPV4: [Network; 18] = [
    Network::ipv4([0, 0, 0, 0], 8), // this network, RFC 791: Linux connects to itself
    Network::ipv4([10, 0, 0, 0], 8), // private, RFC 1918
    Network::ipv4([100, 64, 0, 0], 10), // shared by carrier-grade NAT, RFC 6598
    Network::ipv4([127, 0, 0, 0], 8), // loopback, RFC 1122
    Network::ipv4([169, 254, 0, 0], 16), // link-local, RFC 3927
    Network::ipv4([172, 16, 0, 0], 12), // private, RFC 1918
    Network::ipv4([192, 0, 0, 0], 24), // protocol assignments, RFC 6890
    Network::ipv4([192, 0, 2, 0], 24), // documentation, RFC 5737
    Network::ipv4([192, 31, 196, 0], 24), // AS112, RFC 7535
    Network::ipv4([192, 52, 193, 0], 24), // relays of multicast, RFC 7450
    Network::ipv4([192, 88, 99, 0], 24), // relays of 6to4, RFC 7526
    Network::ipv4([192, 168, 0, 0], 16), // private, RFC 1918
    Network::ipv4([192, 175, 48, 0], 24), // AS112, RFC 7534
    Network::ipv4([198, 18, 0, 0], 15), // benchmarks, RFC 2544
    Network::ipv4([198, 51, 100, 0], 24), // documentation, RFC 5737
    Network::ipv4([203, 0, 113, 0], 24), // documentation, RFC 5737
    Network::ipv4([224, 0, 0, 0], 4), // multicast, RFC 5771
    Network::ipv4([240, 0, 0, 0], 4), // reserved and broadcast, RFC 1112 and RFC 919
];

/// All that is global unicast, RFC 4291. What lies outside of it (unspecified, loopback,
/// IPv4-compatible, discard-only, SRv6, unique local, link-local, site-local, multicast, and what
/// nobody has been given) is no public address.
const GLOBAL_UNICAST: Network = Network::ipv6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// What is special inside of global unicast.
const SPECIAL_IPV6: [Network; 4] = [
    // Protocol assignments, RFC 2928: Teredo, benchmarks, AMT, AS112, ORCHID, DRIP among them.
    Network::ipv6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    Network::ipv6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation, RFC 3849
    Network::ipv6([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48), // AS112, RFC 7534
    Network::ipv6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),     // documentation, RFC 9637
];

const NAT64: Network = Network::ipv6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96); // RFC 6052
const LOCAL_NAT64: Network = Network::ipv6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48); // RFC 8215
const SIX_TO_FOUR: Network = Network::ipv6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16); // RFC 3056
const IPV4_COMPATIBLE: Network = Network::ipv6([0; 8], 96); // RFC 4291

/// Where clouds hand out credentials to whoever asks from the inside. Some lie in public ranges,
/// and none is reached by allowing the network around it.
const METADATA: [Network; 13] = [
    Network::ipv4([169, 254, 169, 254], 32), // AWS, Google Cloud, Azure, OpenStack and most others
    Network::ipv4([169, 254, 170, 2], 32),   // AWS ECS
    Network::ipv4([169, 254, 170, 23], 32),  // AWS EKS
    Network::ipv4([169, 254, 0, 23], 32),    // Tencent Cloud
    Network::ipv4([169, 254, 42, 42], 32),   // Scaleway
    Network::ipv4([100, 100, 100, 200], 32), // Alibaba Cloud
    Network::ipv4([192, 0, 0, 192], 32),     // Oracle Cloud
    Network::ipv4([168, 63, 129, 16], 32),   // Azure's WireServer, an address of a public range
    Network::ipv6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), // AWS
    Network::ipv6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), // AWS EKS
    Network::ipv6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), // Google Cloud
    Network::ipv6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128), // Scaleway
    Network::ipv6([0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe], 128), // OpenStack
];

/// Whether it is an address of the public Internet, which any sender may reach.
///
/// No special range of IPv4 or IPv6 is: private, loopback, link-local, shared, documentation,
/// benchmarks, multicast, reserved, tunnels and so on, nor the metadata services of clouds. An
/// address that stands for an IPv4 address (IPv4-mapped, NAT64 under `64:ff9b::/96`, 6to4) is
/// judged by that one.
///
/// ```
/// use countersign::is_public_address;
///
/// assert!(is_public_address("8.8.8.8".parse().unwrap()));
/// assert!(is_public_address("64:ff9b::8.8.8.8".parse().unwrap()));
/// assert!(!is_public_address("::ffff:127.0.0.1".parse().unwrap()));
/// assert!(!is_public_address("2002:7f00:1::".parse().unwrap()));
/// ```
pub fn is_public_address(address: IpAddr) -> bool {
    let address = what_it_stands_for(address);
    let lies_in = |network: &Network| network.contains(address);
    let is_special = match address {
        IpAddr::V4(_) => SPECIAL_IPV4.iter().any(lies_in),
        IpAddr::V6(_) => !lies_in(&GLOBAL_UNICAST) || SPECIAL_IPV6.iter().any(lies_in),
    };
    !is_special && !is_metadata(address)
}

/// The IPv4 address that packets to this address end at, or else itself.
pub(super) fn what_it_stands_for(address: IpAddr) -> IpAddr {
    let address = address.to_canonical();
    match address {
        IpAddr::V6(known) if NAT64.contains(address) => last_32_bits(known),
        IpAddr::V6(known) if SIX_TO_FOUR.contains(address) => {
            Ipv4Addr::from_bits((known.to_bits() >> 80) as u32).into()
        }
        _ => address,
    }
}

/// Whether it is a cloud's metadata service, in any of the forms that such an address is hidden in.
pub(super) fn is_metadata(address: IpAddr) -> bool {
    let address = what_it_stands_for(address);
    let hidden = match address {
        IpAddr::V6(known) if LOCAL_NAT64.contains(address) || IPV4_COMPATIBLE.contains(address) => {
            last_32_bits(known)
        }
        _ => address,
    };
    METADATA.iter().any(|service| service.contains(hidden))
}

fn last_32_bits(address: Ipv6Addr) -> IpAddr {
    Ipv4Addr::from_bits(address.to_bits() as u32).into()
}
