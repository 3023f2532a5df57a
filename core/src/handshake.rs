//! The replies that providers expect before they deliver. A reply is a pure function of the
//! request, so that every host can give it.

use alloc::borrow::Cow;
use alloc::string::String;

use subtle::ConstantTimeEq;

use crate::error::GuardError;
use crate::secret::Secret;
use crate::webhook::Webhook;

/// The longest challenge that is sent back.
pub(crate) const MAX_CHALLENGE_LENGTH: usize = 1_024;

impl Webhook {
    /// The text that answers a handshake by GET, from the query of its URL (what follows `?`).
    ///
    /// Meta sends `hub.mode=subscribe`, the verify token that was typed into its dashboard, and
    /// the challenge to send back. Source:
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.
    ///
    /// # Errors
    /// `malformed_handshake` if it is none; `handshake_refused` if its token is another than
    /// [`with_verify_token`](Self::with_verify_token) has.
    ///
    /// ```
    /// use countersign::{Scheme, Secret, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::META, [Secret::parse("app secret")?])?
    ///     .with_verify_token(Secret::parse("meatyhamhock")?);
    /// let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";
    /// assert_eq!(webhook.answer_query(query)?, "1158201444");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn answer_query(&self, query: &str) -> Result<String, GuardError> {
        let parameters = query.as_bytes();
        let mode = parameter(parameters, "hub.mode")?;
        let token = parameter(parameters, "hub.verify_token")?;
        let challenge = parameter(parameters, "hub.challenge")?;
        if mode != "subscribe" || !is_challenge(&challenge) {
            return Err(GuardError::MalformedHandshake);
        }
        let wanted = self.verify_token.as_ref().map(Secret::bytes);
        let fits = wanted.is_some_and(|wanted| bool::from(wanted.ct_eq(token.as_bytes())));
        match fits {
            true => Ok(challenge.into_owned()),
            false => Err(GuardError::HandshakeRefused),
        }
    }
}

/// The one parameter of this name.
fn parameter<'q>(query: &'q [u8], name: &str) -> Result<Cow<'q, str>, GuardError> {
    let mut values = form_urlencoded::parse(query)
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(GuardError::MalformedHandshake),
    }
}

/// Whether this may be sent back: visible ASCII, no longer than any provider's.
pub(crate) fn is_challenge(text: &str) -> bool {
    matches!(text.len(), 1..=MAX_CHALLENGE_LENGTH)
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}
