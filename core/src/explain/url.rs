//! URLs as they may have been called, on the other side of a proxy.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::finding::Facts;
use super::request::{Received, visible};

/// Where proxies say which host was called, and how.
const HOSTS: [&str; 3] = ["x-forwarded-host", "x-original-host", "host"];
const PATHS: [&str; 5] = [
    "x-original-uri",
    "x-original-url",
    "x-forwarded-uri",
    "x-rewrite-url",
    "x-envoy-original-path",
];
const MAX_HOST: usize = 255;

/// One part as it may have been, and the fact that says so; none if it is as given.
type Part<'a> = (Cow<'a, str>, Option<(&'static str, &'static str)>);

/// Calls `attempt` with each variant, those with the fewest changes first, until one fits.
pub(super) fn variants<'a>(
    url: &'a str,
    received: &Received<'a>,
    attempt: &mut dyn FnMut(Facts, &str) -> bool,
) -> bool {
    let Some([schemes, authorities, paths]) = parts(url, received) else {
        return false;
    };
    (1..=3).any(|changes| {
        schemes.iter().any(|scheme| {
            authorities.iter().any(|authority| {
                paths.iter().any(|path| {
                    let facts = [scheme.1, authority.1, path.1].into_iter().flatten();
                    let facts: Facts = facts.map(|(name, word)| (name, word.into())).collect();
                    let variant = || format!("{}://{}{}", scheme.0, authority.0, path.0);
                    facts.len() == changes && attempt(facts, &variant())
                })
            })
        })
    })
}

/// The variants of scheme, authority, and path with query.
fn parts<'a>(url: &'a str, received: &Received<'a>) -> Option<[Vec<Part<'a>>; 3]> {
    if url.starts_with('/') {
        // A path alone, as servers give it.
        let schemes = ["https", "http"].map(|scheme| (scheme.into(), Some(("scheme", scheme))));
        return Some([schemes.into(), hosts(None, received), paths(url, received)]);
    }
    let (scheme, rest) = url.split_once("://")?;
    let mut schemes: Vec<Part<'a>> = vec![(scheme.into(), None)];
    if scheme.eq_ignore_ascii_case("http") {
        schemes.push(("https".into(), Some(("scheme", "https"))));
    } else if scheme.eq_ignore_ascii_case("https") {
        schemes.push(("http".into(), Some(("scheme", "http"))));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let mut authorities: Vec<Part<'a>> = vec![(authority.into(), None)];
    let host = without_port(authority);
    if host != authority {
        authorities.push((host.into(), Some(("port", "none"))));
    }
    for port in ["443", "80"] {
        let with_port = format!("{host}:{port}");
        if with_port != authority {
            authorities.push((with_port.into(), Some(("port", port))));
        }
    }
    authorities.extend(hosts(Some(authority), received));
    Some([schemes, authorities, paths(path, received)])
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn hosts<'a>(given: Option<&str>, received: &Received<'a>) -> Vec<Part<'a>> {
    let mut hosts = Vec::new();
    for name in HOSTS {
        // Of several proxies the first says what was called.
        let value = received.header(name).unwrap_or_default();
        let first = value.split(|byte| *byte == b',').next();
        let Some(first) = first.and_then(visible) else {
            continue;
        };
        let is_host = !first.is_empty() && first.len() <= MAX_HOST;
        if is_host && !first.contains(['/', '?', '#']) && given != Some(first) {
            hosts.push((first.into(), Some(("host", name))));
        }
    }
    let port = received.visible("x-forwarded-port");
    let is_port = |port: &&str| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    if let (Some(given), Some(port)) = (given, port.filter(is_port)) {
        let with_port: String = format!("{}:{port}", without_port(given));
        if with_port != given {
            hosts.push((with_port.into(), Some(("port", "x-forwarded-port"))));
        }
    }
    hosts
}

fn paths<'a>(given: &'a str, received: &Received<'a>) -> Vec<Part<'a>> {
    let mut paths: Vec<Part<'a>> = vec![(given.into(), None)];
    let end = given.find(['?', '#']).unwrap_or(given.len());
    let (path, query) = given.split_at(end);
    paths.push(match path.strip_suffix('/') {
        Some(shorter) => (
            format!("{shorter}{query}").into(),
            Some(("path", "without_slash")),
        ),
        None => (
            format!("{path}/{query}").into(),
            Some(("path", "with_slash")),
        ),
    });
    if !query.is_empty() {
        paths.push((path.into(), Some(("query", "none"))));
    }
    for name in PATHS {
        let value = received.visible(name);
        if let Some(value) = value.filter(|value| value.starts_with('/') && *value != given) {
            paths.push((value.into(), Some(("path", name))));
        }
    }
    paths
}
