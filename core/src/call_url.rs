//! The URL of a call, in the forms in which providers sign it.

use alloc::borrow::Cow;
use alloc::collections::BinaryHeap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::scheme::UrlForm;

/// What HubSpot decodes before it signs; all else stays encoded.
///
/// Source: <https://developers.hubspot.com/docs/api/webhooks/validating-requests>.
const DECODED: [(&[u8; 2], u8); 12] = [
    (b"3A", b':'),
    (b"2F", b'/'),
    (b"3F", b'?'),
    (b"40", b'@'),
    (b"21", b'!'),
    (b"24", b'$'),
    (b"27", b'\''),
    (b"28", b'('),
    (b"29", b')'),
    (b"2A", b'*'),
    (b"2C", b','),
    (b"3B", b';'),
];

/// The other form in which this URL may have been signed, if there is one.
#[inline(never)]
pub(crate) fn other_form(form: UrlForm, url: &str) -> Option<String> {
    match form {
        UrlForm::AsGiven => None,
        UrlForm::EitherPort => with_port_toggled(url),
        UrlForm::PartlyDecoded => partly_decoded(url),
    }
}

/// With the port of its scheme if it has none, and without its port if it has one.
// Byte by byte: the searchers of texts are more code than this.
fn with_port_toggled(url: &str) -> Option<String> {
    let bytes = url.as_bytes();
    let scheme = bytes.windows(3).position(|three| three == b"://")?;
    let authority = scheme + 3;
    let mut end = authority;
    let mut colon = None;
    for (at, byte) in bytes.iter().enumerate().skip(authority) {
        match byte {
            b'/' | b'?' | b'#' => break,
            // Before it there was a name and a password; or colons of an IPv6 address.
            b'@' | b']' => colon = None,
            b':' if colon.is_none() => colon = Some(at),
            _ => {}
        }
        end = at + 1;
    }
    let host_end = colon.unwrap_or(end);
    let digits = bytes.get(host_end + 1..end).unwrap_or_default();
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let port = match digits {
        [] if bytes[..scheme].eq_ignore_ascii_case(b"https") => ":443",
        [] => ":80",
        _ => "",
    };
    Some([&url[..host_end], port, &url[end..]].concat())
}

fn partly_decoded(url: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let known = DECODED.iter().find(|(hex, _)| {
            *first == b'%' && after.len() >= 2 && after[..2].eq_ignore_ascii_case(*hex)
        });
        (rest, _) = match known {
            Some((_, character)) => (&after[2..], decoded.push(*character)),
            None => (after, decoded.push(*first)),
        };
    }
    let decoded = String::from_utf8(decoded).ok()?;
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

/// A URL with a further parameter in its query; as it is if it has one of that name.
pub(crate) fn with_parameter(url: &str, name: &str, value: &str) -> Option<String> {
    let end = url.find('#').unwrap_or(url.len());
    let (called, fragment) = url.split_at(end);
    let query = called.split_once('?').map(|(_, query)| query);
    let mut known = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    if known.any(|(known, _)| known == name) {
        return None;
    }
    let separator = match query {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    Some([called, separator, name, "=", value, fragment].concat())
}

/// A name and its value.
type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The names and values of a form, decoded, in the order of their bytes and each pair once.
pub(crate) fn sorted_form(form: &[u8]) -> Vec<u8> {
    let pairs = form
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty());
    let pairs: Vec<Pair<'_>> = pairs
        .map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match end {
                Some(end) => (&pair[..end], &pair[end + 1..]),
                None => (pair, &[][..]),
            };
            (decoded(name), decoded(value))
        })
        .collect();
    // A heap, since what sorts slices is eight times as much code. The start of a name decides nearly
    // always, without a look at where the name is.
    let heap: BinaryHeap<_> = pairs.iter().map(|pair| (start(&pair.0), pair)).collect();
    let mut sorted = heap.into_sorted_vec();
    sorted.dedup();
    let mut content = Vec::with_capacity(form.len());
    for (_, (name, value)) in sorted {
        content.extend_from_slice(name);
        content.extend_from_slice(value);
    }
    content
}

/// The first bytes as a number of the same order.
fn start(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes
        .iter_mut()
        .zip(name)
        .for_each(|(byte, of_name)| *byte = *of_name);
    u64::from_be_bytes(bytes)
}

/// As bytes: two forms whose text differs have not the same content for being no UTF-8.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
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
    Cow::Owned(bytes)
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
    fn a_parameter_is_added_once() {
        let with = |url| with_parameter(url, "a", "1");
        for (url, with_it) in [
            ("https://a.example", "https://a.example?a=1"),
            ("https://a.example/?", "https://a.example/?a=1"),
            (
                "https://a.example/?b=2#a=3",
                "https://a.example/?b=2&a=1#a=3",
            ),
        ] {
            assert_eq!(with(url).as_deref(), Some(with_it));
        }
        assert_eq!(with("https://a.example/?b&%61=2"), None);
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
        assert_eq!(sorted_form(b"a%00=1&a=3&a=2"), b"a2a3a\x001");
        assert_eq!(
            sorted_form(b"same-name-b=1&same-name-a=2&same-nam=3&same-name=4"),
            b"same-nam3same-name4same-name-a2same-name-b1"
        );
    }
}
