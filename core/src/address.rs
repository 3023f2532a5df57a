//! Who called: the client's address behind proxies, and the networks that may call.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::error::{ConfigurationError, GuardError};
use crate::rate_limit::RateLimit;

/// How many addresses of a forwarding header are read, from its end.
const MAX_HOPS: usize = 32;

/// A range of IP addresses in CIDR notation (RFC 4632, RFC 4291), such as `10.0.0.0/8`,
/// `2001:db8::/32` or the single address `192.0.2.7`.
///
/// An IPv4-mapped IPv6 range or address is the IPv4 one that it stands for.
///
/// ```
/// use countersign::Network;
///
/// let network = Network::parse("192.0.2.0/24")?;
/// assert!(network.contains("192.0.2.7".parse().unwrap()));
/// assert!(network.contains("::ffff:192.0.2.7".parse().unwrap()));
/// assert_eq!(Network::parse("192.0.2.7/24").unwrap_err().code(), "malformed_network");
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    bits: u128,
    mask: u128,
    is_ipv4: bool,
}

impl Network {
    /// The network of this text.
    ///
    /// # Errors
    /// `malformed_network` for anything else than an address, optionally with `/` and the length of
    /// its prefix, or if the address has bits beyond the prefix: `10.1.2.3/8` is a mistake.
    pub fn parse(text: &str) -> Result<Self, ConfigurationError> {
        Self::read(text).ok_or(ConfigurationError::MalformedNetwork)
    }

    fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            None => (text, None),
            Some((address, length)) => (address, Some(prefix_length(length)?)),
        };
        let written = IpAddr::from_str(address).ok()?;
        let address = written.to_canonical();
        let is_ipv4 = address.is_ipv4();
        let width: u32 = if is_ipv4 { 32 } else { 128 };
        let length = match length {
            None => width,
            // The prefix of a mapped network counts the 96 bits before the IPv4 address.
            Some(length) if is_ipv4 && written.is_ipv6() => length.checked_sub(96)?,
            Some(length) => length,
        };
        let host_bits = width.checked_sub(length)?;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        let bits = bits(address);
        (bits & !mask == 0).then_some(Self {
            bits,
            mask,
            is_ipv4,
        })
    }

    pub(crate) const fn ipv4(address: [u8; 4], length: u32) -> Self {
        Self {
            bits: u32::from_be_bytes(address) as u128,
            mask: u128::MAX << (32 - length),
            is_ipv4: true,
        }
    }

    pub(crate) const fn ipv6(address: [u16; 8], length: u32) -> Self {
        let [a, b, c, d, e, f, g, h] = address;
        Self {
            bits: Ipv6Addr::new(a, b, c, d, e, f, g, h).to_bits(),
            mask: u128::MAX << (128 - length),
            is_ipv4: false,
        }
    }

    /// Whether it is one address.
    pub(crate) fn is_single(&self) -> bool {
        self.mask == u128::MAX
    }

    /// Whether the address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.is_ipv4 && bits(address) & self.mask == self.bits
    }
}

fn prefix_length(digits: &str) -> Option<u32> {
    let plain = matches!(digits.as_bytes(), [b'0'] | [b'1'..=b'9', ..])
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// Where trusted proxies write down whom they speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ForwardingHeader {
    /// `X-Forwarded-For: client, proxy, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

impl ForwardingHeader {
    /// The header of this name, in lower case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::XForwardedFor, Self::Forwarded]
            .into_iter()
            .find(|header| header.as_str() == name)
    }

    /// Its name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// Which callers may deliver, and which proxies are believed about who the caller is.
///
/// A forwarding header is read only when the connection comes from a trusted proxy, and from its
/// end: each proxy appends the address that it saw, so all before the last untrusted address is
/// what that caller chose to write.
///
/// ```
/// use countersign::{AddressPolicy, Network};
///
/// let policy = AddressPolicy::new()
///     .allow([Network::parse("203.0.113.0/24")?])
///     .trust_proxies([Network::parse("10.0.0.0/8")?]);
///
/// let client = policy.client("10.0.0.1", &[b"198.51.100.1, 203.0.113.9"]);
/// assert_eq!(client.unwrap().to_string(), "203.0.113.9");
/// assert!(policy.check(client).is_ok());
/// // No trusted proxy: the header is what the caller says of itself.
/// let spoofed = policy.client("198.51.100.1", &[b"203.0.113.9"]);
/// assert_eq!(policy.check(spoofed).unwrap_err().code(), "address_not_allowed");
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    allowed: Option<Vec<Network>>,
    proxies: Vec<Network>,
    header: ForwardingHeader,
}

impl AddressPolicy {
    /// Anybody may call, and no proxy is trusted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these may call. An empty list allows nobody.
    pub fn allow(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        self.allowed = Some(networks.into_iter().collect());
        self
    }

    /// These proxies are believed.
    pub fn trust_proxies(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        self.proxies = networks.into_iter().collect();
        self
    }

    /// Where they write; `X-Forwarded-For` if not said.
    pub fn forwarding_header(mut self, header: ForwardingHeader) -> Self {
        self.header = header;
        self
    }

    /// The name of the header that [`client`](Self::client) wants, in lower case; none while no
    /// proxy is trusted.
    pub fn header_name(&self) -> Option<&'static str> {
        (!self.proxies.is_empty()).then(|| self.header.as_str())
    }

    /// The address of the client: that of the connection (`peer`, as the server gives it), or what
    /// trusted proxies say; `forwarded` holds each value of the forwarding header, in order.
    ///
    /// `None` if it cannot be told: the connection has no IP address, or a trusted proxy passed on
    /// something that is none. A chain of trusted proxies alone is a call by the first of them.
    pub fn client(&self, peer: &str, forwarded: &[&[u8]]) -> Option<IpAddr> {
        let mut client = parse_address(peer)?;
        let lines = forwarded.iter().rev();
        let hops = lines.flat_map(|line| line.rsplit(|byte| *byte == b','));
        for hop in hops.take(MAX_HOPS) {
            if !self.trusts(client) {
                return Some(client);
            }
            client = self.header.address(hop)?;
        }
        Some(client)
    }

    /// Whether this client may call; see [`client`](Self::client).
    ///
    /// # Errors
    /// `address_not_allowed`, also if there is a list and the client is not known.
    pub fn check(&self, client: Option<IpAddr>) -> Result<(), GuardError> {
        let Some(allowed) = &self.allowed else {
            return Ok(());
        };
        let is_allowed = |client| allowed.iter().any(|network| network.contains(client));
        match client.is_some_and(is_allowed) {
            true => Ok(()),
            false => Err(GuardError::AddressNotAllowed),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|proxy| proxy.contains(address))
    }
}

impl ForwardingHeader {
    /// The address that one hop of the header names.
    fn address(self, hop: &[u8]) -> Option<IpAddr> {
        let hop = core::str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
        let node = match self {
            Self::XForwardedFor => hop,
            Self::Forwarded => {
                let mut pairs = hop.split(';').map(|pair| pair.trim_matches([' ', '\t']));
                let value = pairs.find_map(|pair| {
                    let (name, value) = pair.split_once('=')?;
                    name.eq_ignore_ascii_case("for").then_some(value)
                })?;
                value
                    .strip_prefix('"')
                    .map_or(Some(value), |rest| rest.strip_suffix('"'))?
            }
        };
        parse_address(node)
    }
}

/// An address as servers and proxies write it: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::1` or
/// `[2001:db8::1]:4711`. Mapped IPv4 addresses are unified with what they stand for.
fn parse_address(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            IpAddr::V6(Ipv6Addr::from_str(address).ok().filter(|_| is_port)?)
        }
        None => match text.split_once(':') {
            Some((address, port)) if !port.contains(':') => {
                IpAddr::V4(Ipv4Addr::from_str(address).ok().filter(|_| is_port(port))?)
            }
            _ => IpAddr::from_str(text).ok()?,
        },
    };
    Some(address.to_canonical())
}

fn is_port(text: &str) -> bool {
    matches!(text.len(), 1..=5) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Under which name a caller's requests are counted together: the address, for IPv6 its first 64
/// bits, since one caller has all the addresses below them; `unknown` for those without one. The
/// limit is part of it, so that receivers with different limits can share a store.
///
/// ```
/// use countersign::{RateLimit, rate_limit_key};
///
/// let limit = RateLimit::new(100, std::time::Duration::from_secs(60))?;
/// let key = |address: &str| rate_limit_key(address.parse().ok(), limit);
/// assert_eq!(key("192.0.2.7"), "192.0.2.7 100/60000");
/// assert_eq!(key("2001:db8::17"), "2001:db8::/64 100/60000");
/// # Ok::<(), countersign::Error>(())
/// ```
pub fn rate_limit_key(client: Option<IpAddr>, limit: RateLimit) -> String {
    let mut key = match client.map(|client| client.to_canonical()) {
        None => "unknown".into(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            let mut network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string();
            network.push_str("/64");
            network
        }
    };
    key.push(' ');
    key.push_str(&limit.requests().to_string());
    key.push('/');
    key.push_str(&limit.window_ms().to_string());
    key
}
