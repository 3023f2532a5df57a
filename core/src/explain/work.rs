//! How much an explanation may do.

use super::request::Received;
use crate::scheme::{Part, UrlForm};
use crate::webhook::Webhook;

/// How many keyed hashes an explanation computes at most, besides those of the verdict. Verifying with
/// a public key counts as 32.
pub const MAX_MACS: usize = 4_096;

/// How many bytes of requests an explanation hashes at most, besides those of the verdict. Headers, URL
/// and body count whole, once for each key and form of the URL; where the scheme sorts a form, 32 times
/// more.
pub const MAX_HASHED_BYTES: u64 = 256 << 20;

/// What verifying with a public key counts for, as it takes longer.
const MACS_OF_A_SIGNATURE: usize = 32;

/// What sorting a form counts for, as it takes longer than hashing it.
const HASHES_OF_A_SORTING: usize = 32;

/// What is left to do.
pub(super) struct Work {
    macs: usize,
    bytes: u64,
}

impl Work {
    pub(super) fn new() -> Self {
        Self {
            macs: MAX_MACS,
            bytes: MAX_HASHED_BYTES,
        }
    }

    /// Takes what verifying this request takes; `None`, and nothing taken, if that is not left.
    pub(super) fn take(&mut self, webhook: &Webhook, request: &Received<'_>) -> Option<()> {
        let forms = match webhook.definition.url_form {
            UrlForm::AsGiven => 1,
            _ => 2,
        };
        let public = webhook.keys.iter().filter(|held| held.key.is_public());
        let public = public.count();
        let fetched = usize::from(request.key.is_some());
        let tags = (webhook.keys.len() - public) * forms;
        let sorting = match webhook.definition.content.contains(&Part::Form) {
            true => HASHES_OF_A_SORTING,
            false => 0,
        };
        let macs = tags + (public + fetched) * MACS_OF_A_SIGNATURE;
        let hashes = tags + public + fetched + sorting;
        let bytes = (hashes as u64).saturating_mul(request.length() as u64);
        let left = Self {
            macs: self.macs.checked_sub(macs)?,
            bytes: self.bytes.checked_sub(bytes)?,
        };
        *self = left;
        Some(())
    }
}
