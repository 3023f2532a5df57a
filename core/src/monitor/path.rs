//! Which paths are those of the status page: each has one spelling.

/// Whether this is a path of segments that need no escaping.
pub(super) fn is_path(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else {
        return false;
    };
    segments.split('/').all(|segment| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
    })
}

/// The path that [`StatusPage`](super::StatusPage) is to judge: the one by which the server found
/// its application, or the one that was sent if that is another spelling of it, which a proxy in
/// front may not have recognised.
///
/// `sent` is the target of the request as it was sent, with or without its query, and empty if the
/// server does not tell; `routed` is the path without query that the server made of it, below
/// where the application is mounted.
///
/// ```
/// use countersign::monitor::judged_path;
///
/// assert_eq!(judged_path("/internal/status?x=%61", "/status"), "/status");
/// assert_eq!(judged_path("/%73tatus", "/status"), "/%73tatus");
/// assert_eq!(judged_path("//status", "/status"), "//status");
/// assert_eq!(judged_path("http://host/status", "/status"), "/status");
/// ```
pub fn judged_path<'a>(sent: &'a str, routed: &'a str) -> &'a str {
    let path = sent.split('?').next().unwrap_or(sent);
    // Proxies are asked with a whole URL, where two slashes stand before the host.
    let below_host = match path.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest,
        _ => path,
    };
    match path.contains('%') || below_host.contains("//") {
        true => path,
        false => routed,
    }
}
