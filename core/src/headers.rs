//! The parts of a request that are verified, as any framework can give them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// The headers of a request: any list of pairs, a map, or (feature `http`) a `http::HeaderMap`.
///
/// Implement it for the header type of another framework in a few lines.
pub trait Headers {
    /// Calls `visit` with the value of each header of this name, in order.
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8]));
}

/// The name of a header that a webhook reads. It compares without regard to ASCII case.
#[derive(Debug, Clone, Copy)]
pub struct HeaderName<'n> {
    text: &'n str,
    index: usize,
}

impl<'n> HeaderName<'n> {
    pub(crate) fn new(text: &'n str, index: usize) -> Self {
        Self { text, index }
    }

    /// The name in lower case.
    pub fn as_str(self) -> &'n str {
        self.text
    }

    /// Its place in [`Webhook::header_names`](crate::Webhook::header_names), for hosts that have
    /// looked their headers up by it.
    pub fn index(self) -> usize {
        self.index
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        for (candidate, value) in self {
            if candidate.as_ref().eq_ignore_ascii_case(name.as_str()) {
                visit(value.as_ref());
            }
        }
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> Headers for [(N, V); COUNT] {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, visit);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each(name, visit);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for BTreeMap<N, V> {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        for (candidate, value) in self {
            if candidate.as_ref().eq_ignore_ascii_case(name.as_str()) {
                visit(value.as_ref());
            }
        }
    }
}

#[cfg(feature = "http")]
impl Headers for http::HeaderMap {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        for value in self.get_all(name.as_str()) {
            visit(value.as_bytes());
        }
    }
}

/// A received request: its headers, its body as raw bytes and, where the scheme signs them, its
/// method and URL.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request<'a, H: ?Sized> {
    pub(crate) headers: &'a H,
    pub(crate) body: &'a [u8],
    pub(crate) method: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) key: Option<&'a [u8]>,
}

impl<'a, H: Headers + ?Sized> Request<'a, H> {
    /// A request. The body is what was received, to the byte.
    pub fn new(headers: &'a H, body: &'a [u8]) -> Self {
        Self {
            headers,
            body,
            method: None,
            url: None,
            key: None,
        }
    }

    /// The method, in upper case as received.
    pub fn method(mut self, method: impl Into<Option<&'a str>>) -> Self {
        self.method = method.into();
        self
    }

    /// The key that was fetched for this request, as it was answered: a certificate in PEM, a JWK or a
    /// set of them, or a public key. For schemes whose `verify` answers `key_needed`.
    pub fn key(mut self, key: impl Into<Option<&'a [u8]>>) -> Self {
        self.key = key.into();
        self
    }

    /// The URL that the sender called, which behind a proxy is not always the one received.
    pub fn url(mut self, url: impl Into<Option<&'a str>>) -> Self {
        self.url = url.into();
        self
    }
}

/// What a request has under one name.
#[derive(Clone, Copy)]
pub(crate) enum Lookup<'a> {
    Absent,
    Value(&'a [u8]),
    Conflict,
}

pub(crate) fn look_up<'a>(
    headers: &'a (impl Headers + ?Sized),
    name: HeaderName<'_>,
) -> Lookup<'a> {
    let mut found = Lookup::Absent;
    headers.each(name, &mut |value| {
        found = match found {
            Lookup::Absent => Lookup::Value(value),
            Lookup::Value(first) if first == value => Lookup::Value(first),
            Lookup::Value(_) | Lookup::Conflict => Lookup::Conflict,
        };
    });
    found
}

/// The headers of a signed message: names in lower case with their values.
pub type SignedHeaders = Vec<(String, String)>;

#[cold]
pub(crate) fn owned(name: HeaderName<'_>) -> Box<str> {
    name.as_str().into()
}
