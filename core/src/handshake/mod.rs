//! The replies that providers expect before they deliver. A reply is a pure function of the
//! request, so that every host can give it.
//!
//! Those that are signed come as events: [`Event::handshake`](crate::Event::handshake). The others
//! anybody can send: [`Webhook::handshake`](crate::Webhook::handshake). What is sent back is bounded,
//! visible ASCII, and plain text or JSON that no browser takes for a page.

mod confirmation;
mod reply;
mod unsigned;

pub(crate) use confirmation::is_confirmation_url;
pub use reply::HandshakeReply;

use alloc::string::String;
use core::iter;

use crate::mac::{self, Key};
use crate::scheme::Algorithm;
use crate::webhook::Webhook;

/// The longest challenge that is sent back.
const MAX_CHALLENGE_LENGTH: usize = 1_024;

/// Whether this may be sent back: visible ASCII, no longer than any provider's.
pub(crate) fn is_challenge(text: &str) -> bool {
    matches!(text.len(), 1..=MAX_CHALLENGE_LENGTH)
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Webhook {
    /// The HMAC of a text by which the holder of this secret is known, in lower-case hexadecimal.
    #[inline(never)]
    pub(crate) fn proof(&self, key_index: usize, text: &str) -> String {
        let key = self.keys.iter().find(|key| key.index == key_index);
        // Not `Key::tag`, of which there would be a second copy for every algorithm.
        let tag = match key.map(|key| &key.key) {
            Some(Key::Sha256(states)) => mac::tag(states.clone(), iter::once(text.as_bytes())),
            // No scheme with such a handshake has another algorithm.
            _ => return String::new(),
        };
        base16ct::lower::encode_string(&tag[..Algorithm::HmacSha256.tag_length()])
    }
}
