//! Which URLs and addresses a sender may reach.

mod ranges;
mod rules;

pub use ranges::is_public_address;
pub use rules::DestinationRules;

use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::error::{DeliveryError, UrlDefect};

/// The longest URL that a message is sent to, in bytes.
pub const MAX_URL_LENGTH: usize = 2048;

/// The longest host name, as DNS has it (RFC 1035), without the dot at its end.
const MAX_HOST_LENGTH: usize = 253;
const MAX_LABEL_LENGTH: usize = 63;

/// A URL that messages may be sent to.
///
/// The grammar is narrower than that of RFC 3986 or of the WHATWG, so that every parser reads the
/// same host and port out of what passes here:
///
/// - `https://` in any case, or `http://` where the rules allow it;
/// - a host, without user name or password before it: a name of letters, digits, `-`, `_` and dots,
///   whose last label is no number; or an IPv4 address as four decimal numbers; or an IPv6 address
///   in brackets, without a zone;
/// - a port of 1 to 65535 without leading zeros, or none;
/// - a path and a query of visible ASCII characters but `\`, and no fragment.
///
/// It has at most [`MAX_URL_LENGTH`] bytes. Names in other scripts are written in punycode
/// (`xn--`). A dot at the end of a name is refused: certificates, virtual hosts and parsers disagree
/// about it.
///
/// ```
/// use countersign::{Destination, DestinationRules};
///
/// let rules = DestinationRules::new();
/// let destination = Destination::parse("https://hooks.example.com/in?tenant=7", &rules)?;
/// assert_eq!((destination.host(), destination.port()), ("hooks.example.com", 443));
///
/// let code = |url| Destination::parse(url, &rules).unwrap_err().code();
/// assert_eq!(code("http://hooks.example.com/in"), "insecure_url");
/// assert_eq!(code("https://0x7f.1/"), "malformed_url");
/// assert_eq!(code("https://[::ffff:127.0.0.1]/"), "forbidden_destination");
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    url: String,
    host: String,
    address: Option<IpAddr>,
    port: u16,
    is_https: bool,
}

impl Destination {
    /// The destination of this URL, whose form is judged first, then whether it is HTTPS, and last
    /// the address, if its host is one. The addresses of a host name are for
    /// [`DestinationRules::check`], each time before connecting to them.
    ///
    /// # Errors
    /// `malformed_url`, `insecure_url` and `forbidden_destination`.
    pub fn parse(url: &str, rules: &DestinationRules) -> Result<Self, DeliveryError> {
        let (is_https, authority) = split(url)?;
        let (host, port) = split_port(authority)?;
        let (host, address) = read_host(host)?;
        let default_port = if is_https { 443 } else { 80 };
        let port = port.map_or(Ok(default_port), read_port)?;

        if !is_https && !rules.allows_http() {
            return Err(DeliveryError::InsecureUrl);
        }
        if let Some(address) = address {
            rules.judge(address)?;
        }
        Ok(Self {
            url: url.into(),
            host,
            address,
            port,
            is_https,
        })
    }

    /// The URL as it was given.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host's name in lower case, or its address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host's address, if the URL has one in place of a name.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The port, also where the URL leaves it out.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

/// Whether it is HTTPS, and the authority: what lies between `//` and the path or query.
fn split(url: &str) -> Result<(bool, &str), UrlDefect> {
    match url.len() {
        0 => return Err(UrlDefect::Empty),
        1..=MAX_URL_LENGTH => {}
        _ => return Err(UrlDefect::TooLong),
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(UrlDefect::Character);
    }
    if url.contains('\\') {
        return Err(UrlDefect::Backslash);
    }
    let (scheme, rest) = url.split_once("://").ok_or(UrlDefect::Scheme)?;
    let is_https = scheme.eq_ignore_ascii_case("https");
    if !is_https && !scheme.eq_ignore_ascii_case("http") {
        return Err(UrlDefect::Scheme);
    }
    if rest.contains('#') {
        return Err(UrlDefect::Fragment);
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlDefect::UserInformation);
    }
    Ok((is_https, authority))
}

/// The host, with its brackets if it has any, and the text of the port.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), UrlDefect> {
    let end = match authority.starts_with('[') {
        true => authority.find(']').ok_or(UrlDefect::Ipv6)? + 1,
        false => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(end);
    match rest.strip_prefix(':') {
        Some(port) if port.contains(':') => Err(UrlDefect::Ipv6),
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(UrlDefect::Ipv6),
    }
}

fn read_port(digits: &str) -> Result<u16, UrlDefect> {
    let is_canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let port = digits.parse().ok().filter(|_| is_canonical);
    port.ok_or(UrlDefect::Port)
}

/// The host as it is compared, and its address if it is one.
fn read_host(text: &str) -> Result<(String, Option<IpAddr>), UrlDefect> {
    if let Some(inside) = text.strip_prefix('[') {
        let inside = inside.trim_end_matches(']');
        let address = Ipv6Addr::from_str(inside).map_err(|_| UrlDefect::Ipv6)?;
        return Ok((address.to_string(), Some(address.into())));
    }
    if text.is_empty() {
        return Err(UrlDefect::NoHost);
    }
    if text.contains('%') {
        return Err(UrlDefect::EscapedHost);
    }
    let is_label = |label: &str| {
        matches!(label.len(), 1..=MAX_LABEL_LENGTH)
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if text.len() > MAX_HOST_LENGTH || !text.split('.').all(is_label) {
        return Err(match text.strip_suffix('.') {
            Some(name) if name.split('.').all(is_label) => UrlDefect::FinalDot,
            _ => UrlDefect::HostName,
        });
    }
    if text.rsplit('.').next().is_some_and(is_number) {
        let address = Ipv4Addr::from_str(text).map_err(|_| UrlDefect::NumericHost)?;
        return Ok((address.to_string(), Some(address.into())));
    }
    Ok((text.to_ascii_lowercase(), None))
}

/// Whether parsers of URLs take a host whose last label is this for an IPv4 address, in one of the
/// forms of the C library's `inet_aton`: octal, hexadecimal, with fewer than four numbers.
fn is_number(label: &str) -> bool {
    let hex = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
