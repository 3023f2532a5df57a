//! A destination as the client wants it.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::IpAddr;

use countersign::Destination;
use http::Uri;

use super::failure::{ErrorClass, Failure};

/// Its URI, from the parts that core read, so that nothing is read twice.
pub(super) fn uri(destination: &Destination) -> Result<Uri, Failure> {
    let scheme = if destination.is_https() {
        "https"
    } else {
        "http"
    };
    let host = match destination.address() {
        Some(IpAddr::V6(address)) => Cow::Owned(format!("[{address}]")),
        _ => Cow::Borrowed(destination.host()),
    };
    let path = path_and_query(destination.url());
    let mut text = String::with_capacity(destination.url().len() + 8);
    text.push_str(scheme);
    text.push_str("://");
    text.push_str(&host);
    let default_port = if destination.is_https() { 443 } else { 80 };
    if destination.port() != default_port {
        // Writing to a String does not fail.
        let _ = write!(text, ":{}", destination.port());
    }
    if !path.starts_with('/') {
        text.push('/');
    }
    for character in path.chars() {
        // What the URL may hold and the client's type for it may not; browsers escape it as well.
        match character {
            '"' => text.push_str("%22"),
            '<' => text.push_str("%3C"),
            '>' => text.push_str("%3E"),
            '`' => text.push_str("%60"),
            other => text.push(other),
        }
    }
    Uri::try_from(text).map_err(|error| Failure::of(ErrorClass::Http, &error))
}

/// What follows the authority.
fn path_and_query(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let start = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    &after_scheme[start..]
}

#[cfg(test)]
mod tests {
    use countersign::{DestinationRules, Network};

    use super::*;

    fn read(url: &str) -> String {
        let networks = [Network::parse("::/0").unwrap()];
        let rules = DestinationRules::new().allow_http(true).allow(networks);
        uri(&Destination::parse(url, &rules).unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_destination_keeps_its_path_and_query() {
        assert_eq!(read("https://example.com"), "https://example.com/");
        assert_eq!(
            read("HTTPS://Example.com:443/A?b=C"),
            "https://example.com/A?b=C"
        );
        assert_eq!(read("https://example.com?a=1"), "https://example.com/?a=1");
        assert_eq!(read("http://example.com:443/"), "http://example.com:443/");
        assert_eq!(
            read("http://[::1]:8080/%2e%2E/../x"),
            "http://[::1]:8080/%2e%2E/../x"
        );
        assert_eq!(
            read("https://example.com/!\"$%&'()*+,-.;<=>[]^_`{|}~?<\"`>'[]{}^|"),
            "https://example.com/!%22$%&'()*+,-.;%3C=%3E[]^_%60{|}~?%3C%22%60%3E'[]{}^|"
        );
    }
}
