//! Which URLs of certificates are the provider's, and which names are.

/// No provider's is as long.
const MAX_KEY_URL_LENGTH: usize = 2_048;

/// Whether a certificate may be fetched there: by HTTPS from one of these hosts, without port, name,
/// query or fragment, under a path that begins and ends so.
pub(super) fn is_trusted(url: &str, hosts: &[&str], path: (&str, &str)) -> bool {
    let split = |rest: &'_ str| rest.find('/').map(|slash| rest.len() - slash);
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let Some(path_length) = split(rest) else {
        return false;
    };
    let (host, found) = rest.split_at(rest.len() - path_length);
    // `\` is `/` to some parsers of URLs, and `%` and `..` lead elsewhere.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    url.len() <= MAX_KEY_URL_LENGTH
        && hosts.iter().any(|pattern| fits_pattern(pattern, host))
        && found.bytes().all(is_plain)
        && !found.contains("..")
        && !found.contains("//")
        && found.len() >= path.0.len() + path.1.len()
        && found.starts_with(path.0)
        && found.ends_with(path.1)
}

/// Whether this name fits the pattern, in which `*` is one label.
pub(super) fn fits_pattern(pattern: &str, name: &str) -> bool {
    let mut labels = name.split('.');
    let fits = pattern.split('.').all(|wanted| {
        labels.next().is_some_and(|label| match wanted {
            "*" => is_label(label),
            _ => label.eq_ignore_ascii_case(wanted),
        })
    });
    fits && labels.next().is_none()
}

fn is_label(label: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty() && label.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_certificates() {
        let is_trusted = |url| is_trusted(url, &["sns.*.amazonaws.com"], ("/", ".pem"));
        assert!(is_trusted(
            "https://sns.us-east-2.amazonaws.com/Simple-7f.pem"
        ));
        for url in [
            "http://sns.us-east-2.amazonaws.com/a.pem",
            "https://sns.us-east-2.amazonaws.com:443/a.pem",
            "https://sns.us-east-2.amazonaws.com@evil.example/a.pem",
            "https://user@sns.us-east-2.amazonaws.com/a.pem",
            "https://sns.us-east-2.amazonaws.com.evil.example/a.pem",
            "https://sns.a.b.amazonaws.com/a.pem",
            "https://sns..amazonaws.com/a.pem",
            "https://evil.example/sns.us-east-2.amazonaws.com/a.pem",
            "https://evil.example\\.sns.us-east-2.amazonaws.com/a.pem",
            "https://sns.us-east-2.amazonaws.com/a.pem?b",
            "https://sns.us-east-2.amazonaws.com/?a.pem",
            "https://sns.us-east-2.amazonaws.com/#.pem",
            "https://sns.us-east-2.amazonaws.com/../a.pem",
            "https://sns.us-east-2.amazonaws.com/a.key",
            "https://sns.us-east-2.amazonaws.com",
            "",
        ] {
            assert!(!is_trusted(url), "{url}");
        }
    }
}
