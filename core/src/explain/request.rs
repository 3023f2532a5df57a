//! A request whose headers can be counted, and its variants.

use alloc::vec::Vec;

/// A request as it was received, or as it may have been sent.
#[derive(Clone)]
pub(super) struct Received<'a> {
    pub(super) pairs: Vec<(&'a str, &'a [u8])>,
    pub(super) body: &'a [u8],
    pub(super) method: Option<&'a str>,
    pub(super) url: Option<&'a str>,
    /// A key that was fetched.
    pub(super) key: Option<&'a [u8]>,
}

impl<'a> Received<'a> {
    /// How many bytes it has.
    pub(super) fn length(&self) -> usize {
        let text = |text: Option<&str>| text.map_or(0, str::len);
        let pairs = self.pairs.iter();
        let headers: usize = pairs.map(|(name, value)| name.len() + value.len()).sum();
        headers + text(self.method) + text(self.url) + self.body.len()
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        let mut pairs = self.pairs.iter();
        let found = pairs.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }

    /// The first value of a header, if it is visible ASCII and not empty.
    pub(super) fn visible(&self, name: &str) -> Option<&'a str> {
        visible(self.header(name)?)
    }

    /// The same with another value in every header of this name.
    pub(super) fn with_value(&self, name: &str, value: &'a [u8]) -> Self {
        let mut other = self.clone();
        for pair in &mut other.pairs {
            if pair.0.eq_ignore_ascii_case(name) {
                pair.1 = value;
            }
        }
        other
    }
}

/// The text of a value, if it is visible ASCII and not empty.
pub(super) fn visible(value: &[u8]) -> Option<&str> {
    let is_visible = !value.is_empty() && value.iter().all(|byte| matches!(byte, 0x21..=0x7e));
    core::str::from_utf8(value).ok().filter(|_| is_visible)
}
