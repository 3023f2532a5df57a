//! What a scheme needs to be told before it can decide: a key that its host must fetch.

use alloc::boxed::Box;
use core::fmt;

/// The key that a request needs, which nobody has passed yet.
///
/// Fetch it and pass what was answered to [`Request::key`](crate::Request::key), unread. Keep it by its
/// URL and id: providers use one for months. Fetch by HTTPS alone, follow no redirect, and take no more
/// than some kilobytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyNeeded {
    pub(crate) url: Option<Box<str>>,
    pub(crate) key_id: Option<Box<str>>,
}

impl KeyNeeded {
    /// Where the key is: at the provider's own, as was checked. `None` where the way to it depends on
    /// the account, as with Plaid.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The id of the key, as the request names it.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }
}

impl fmt::Display for KeyNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.url, &self.key_id) {
            (Some(_), _) => "the key at the provider's URL",
            (None, Some(_)) => "the key of the id that the request names",
            (None, None) => "a key",
        })
    }
}
