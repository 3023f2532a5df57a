//! Signatures that are a field of the body.

use alloc::vec::Vec;

use subtle::Choice;

use crate::error::{SignatureAbsence, VerificationError};
use crate::event::{not_signature, signed_items};
use crate::mac::tags_equal;
use crate::scheme::{Definition, InBody};
use crate::signature::decoded;
use crate::verify::SignedContent;
use crate::webhook::{SecretKey, Webhook};

impl Webhook {
    /// Which secret all signatures in the body are of.
    ///
    /// The work is bounded as for signatures in headers: one MAC per secret and item, of which there
    /// are at most [`MAX_CANDIDATES`](crate::MAX_CANDIDATES).
    #[inline(never)]
    pub(crate) fn key_index_in_body(
        &self,
        in_body: &InBody,
        body: &[u8],
        reveal: fn(Choice) -> bool,
    ) -> Result<usize, VerificationError> {
        let definition = &*self.definition;
        let items = signed_items(definition, in_body, body)?;
        let mut signatures = Vec::new();
        for item in &items {
            let signature = decoded(definition, item.signature.as_bytes());
            let path = &in_body.paths[0];
            signatures.push(signature.ok_or_else(|| not_signature(definition, path))?);
        }
        let mut key_index = None;
        for SecretKey { index, key } in &self.keys {
            let mut fits = Choice::from(1);
            for (item, signature) in items.iter().zip(&signatures) {
                let content = SignedContent::in_body(definition, item);
                fits &= tags_equal(signature, &key.tag(content.parts(key.secret())));
            }
            // No early exit: every secret is tried before the first that fits is known.
            key_index = key_index.or(reveal(fits).then_some(*index));
        }
        key_index.ok_or(VerificationError::SignatureMismatch)
    }
}

/// The error for who would sign headers, where the signature is in the body.
#[cold]
pub(crate) fn not_in_headers(definition: &Definition) -> VerificationError {
    let path = definition.in_body.as_ref().map(|in_body| &in_body.paths[0]);
    VerificationError::MissingSignature {
        path: path.map_or_else(Default::default, |path| path.text.clone()),
        absence: SignatureAbsence::NotInHeaders,
    }
}
