//! The URL of a call, in the forms in which providers sign it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::scheme::UrlForm;

/// What HubSpot decodes before it signs; all else stays encoded.
///
/// Source: <https://developers.hubspot.com/docs/api/webhooks/validating-requests>.
const DECODED: [(&str, char); 12] = [
    ("3A", ':'),
    ("2F", '/'),
    ("3F", '?'),
    ("40", '@'),
    ("21", '!'),
    ("24", '$'),
    ("27", '\''),
    ("28", '('),
    ("29", ')'),
    ("2A", '*'),
    ("2C", ','),
    ("3B", ';'),
];

/// The other form in which this URL may have been signed, if there is one.
pub(crate) fn other_form(form: UrlForm, url: &str) -> Option<String> {
    match form {
        UrlForm::AsGiven => None,
        UrlForm::EitherPort => with_port_toggled(url),
        UrlForm::PartlyDecoded => partly_decoded(url),
    }
}

/// With the port of its scheme if it has none, and without its port if it has one.
fn with_port_toggled(url: &str) -> Option<String> {
    let (scheme, after) = url.split_once("://")?;
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    let host_start = authority.rfind('@').map_or(0, |at| at + 1);
    // Colons inside of brackets are those of an IPv6 address.
    let port_search = authority[host_start..]
        .rfind(']')
        .map_or(host_start, |at| host_start + at);
    let colon = authority[port_search..]
        .find(':')
        .map(|at| port_search + at);
    let (host, port) = match colon {
        Some(colon) => (&authority[..colon], &authority[colon + 1..]),
        None => (authority, ""),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let port = match port {
        "" if scheme.eq_ignore_ascii_case("https") => ":443",
        "" => ":80",
        _ => "",
    };
    Some([scheme, "://", host, port, rest].concat())
}

fn partly_decoded(url: &str) -> Option<String> {
    let mut decoded = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let digits = rest.get(1..3).unwrap_or_default();
        let known = DECODED
            .iter()
            .find(|(hex, _)| hex.eq_ignore_ascii_case(digits));
        let (character, length) = known.map_or(('%', 1), |(_, character)| (*character, 3));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    (decoded != url).then_some(decoded)
}

/// The value of a parameter in the query of a URL, decoded; `None` if it has none or several.
pub(crate) fn parameter<'u>(url: &'u str, name: &str) -> Option<Cow<'u, str>> {
    let (url, _) = url.split_once('#').unwrap_or((url, ""));
    let (_, query) = url.split_once('?')?;
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// The names and values of a form, decoded, in the order of their bytes and each pair once.
pub(crate) fn sorted_form(form: &[u8]) -> Vec<u8> {
    let pairs = form
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = pairs
        .map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match end {
                Some(end) => (&pair[..end], &pair[end + 1..]),
                None => (pair, &[][..]),
            };
            (decoded(name), decoded(value))
        })
        .collect();
    pairs.sort();
    pairs.dedup();
    let mut content = Vec::with_capacity(form.len());
    for (name, value) in pairs {
        content.extend(name);
        content.extend(value);
    }
    content
}

/// As bytes: two forms whose text differs have not the same content for being no UTF-8.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| {
            let mut byte = [0];
            base16ct::mixed::decode(digits, &mut byte).ok()?;
            Some(byte[0])
        });
        (rest, _) = match (first, digits) {
            (b'+', _) => (after, bytes.push(b' ')),
            (b'%', Some(byte)) => (&after[2..], bytes.push(byte)),
            (other, _) => (after, bytes.push(*other)),
        };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_toggled() {
        for (url, other) in [
            ("https://a.example/x?y", Some("https://a.example:443/x?y")),
            ("HTTP://a.example", Some("HTTP://a.example:80")),
            ("https://a.example:8443/x", Some("https://a.example/x")),
            ("https://u:p@a.example/", Some("https://u:p@a.example:443/")),
            ("https://u:p@a.example:1?q", Some("https://u:p@a.example?q")),
            ("https://[::1]/", Some("https://[::1]:443/")),
            ("https://[::1]:5/", Some("https://[::1]/")),
            ("https://a.example:x/", None),
            ("/x", None),
        ] {
            assert_eq!(with_port_toggled(url).as_deref(), other, "{url}");
        }
    }

    #[test]
    fn some_characters_are_decoded() {
        let url = "https://a.example/%3fa%2Fb%20%25%2";
        let other = other_form(UrlForm::PartlyDecoded, url);
        assert_eq!(other.as_deref(), Some("https://a.example/?a/b%20%25%2"));
        assert_eq!(
            other_form(UrlForm::PartlyDecoded, "https://a.example/%20"),
            None
        );
    }

    #[test]
    fn forms_are_sorted_as_bytes() {
        assert_eq!(sorted_form(b"b=2&a=%FF+&b=1&&b=2&c"), b"a\xff b1b2c");
        assert_eq!(sorted_form(b""), b"");
        assert_eq!(sorted_form(b"%=%4&%4g=1"), b"%%4%4g1");
    }
}
