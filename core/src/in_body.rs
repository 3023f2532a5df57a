//! Signatures that are a field of the body.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use subtle::Choice;

use crate::error::{
    ConfigurationError, MissingContext, SchemeDefect, SignatureAbsence, TimestampDefect,
    VerificationError,
};
use crate::event::{not_object, not_signature, signed_items, with_signatures, with_text};
use crate::mac::tags_equal;
use crate::proof::proof;
use crate::received::Received;
use crate::scheme::{Definition, InBody, Source};
use crate::sign::Message;
use crate::signature::decoded;
use crate::signed_content::SignedContent;
use crate::time::UnixTime;
use crate::verify::Context;
use crate::webhook::{SecretKey, Webhook};

impl Webhook {
    /// Whether the scheme has its signature in the body: then [`sign`](Self::sign) has no headers to
    /// give, and [`sign_body`](Self::sign_body) signs.
    pub fn signs_in_body(&self) -> bool {
        self.definition.in_body.is_some()
    }

    /// For senders, which sign headers: whether the scheme has any.
    ///
    /// # Errors
    /// `malformed_scheme` if its signature is in the body.
    ///
    /// ```
    /// use countersign::{Scheme, Secret, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::MAILGUN, [Secret::parse("signing key")?])?;
    /// assert_eq!(webhook.check_signs_headers().unwrap_err().code(), "malformed_scheme");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn check_signs_headers(&self) -> Result<(), ConfigurationError> {
        const IN_BODY: &str = "its signature is in the body, and a sender signs headers";
        match self.signs_in_body() {
            true => Err(ConfigurationError::MalformedScheme(SchemeDefect::Rule(
                IN_BODY,
            ))),
            false => Ok(()),
        }
    }

    /// The body of a message with its signature in it, to test handlers with; where the scheme has its
    /// signature in a header, the body as it is.
    ///
    /// `now` becomes the attempt timestamp, and the message's id what deliveries are told apart by, if
    /// the signature covers it. What is there already is replaced; all else stays as it is, to the byte.
    ///
    /// # Errors
    /// `missing_signature` if the body is no JSON object, or has no items where the scheme signs those;
    /// `malformed_signature` if it names a field twice that is signed; `malformed_timestamp`.
    ///
    /// ```
    /// use countersign::{Message, Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::MAILGUN, [Secret::parse("signing key")?])?;
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let message = Message::new(br#"{"event-data": {"event": "opened"}}"#).id("token");
    /// let body = webhook.sign_body(&message, now)?;
    ///
    /// let headers: [(&str, &str); 0] = [];
    /// let verified = webhook.verify(&Request::new(&headers, &body), now)?;
    /// let event = verified.event()?;
    /// assert_eq!(event.event_type(), Some("opened"));
    /// assert_eq!(event.dedupe_key(), Some("mailgun:token"));
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn sign_body(
        &self,
        message: &Message<'_>,
        now: UnixTime,
    ) -> Result<Vec<u8>, VerificationError> {
        let definition = &*self.definition;
        let (Some(in_body), Some(key)) = (&definition.in_body, self.signing_keys().next()) else {
            return Ok(message.body.to_vec());
        };
        let text = core::str::from_utf8(message.body).map_err(|_| not_object(in_body))?;
        let mut text = Cow::Borrowed(text);
        if let Some(path) = definition.timestamp_field {
            let format = definition.timestamp_format;
            let defect = TimestampDefect::Form(format);
            let time = format.write(now);
            let time = time.ok_or(VerificationError::MalformedTimestamp(defect))?;
            text = with_text(&text, &definition.paths[path], &time)?.into();
        }
        if let (Some(Source::Body(path)), Some(id)) = (definition.dedupe.first(), message.id) {
            let path = &definition.paths[*path];
            if in_body.paths.contains(path) {
                text = with_text(&text, path, id)?.into();
            }
        }
        let signed = with_signatures(definition, in_body, &text, &|item| {
            let content = SignedContent::in_body(definition, item);
            proof(definition, key, &[], &content).ok_or(VerificationError::MissingContext(
                MissingContext::PrivateKey,
            ))
        });
        signed.map(Into::into)
    }

    /// Which secret all signatures in the body are of.
    ///
    /// The work is bounded as for signatures in headers: one MAC per secret and item, of which there
    /// are at most [`MAX_CANDIDATES`](crate::MAX_CANDIDATES).
    #[inline(never)]
    pub(crate) fn key_index_in_body(
        &self,
        received: &Received<'_>,
        in_body: &InBody,
        context: &Context<'_>,
        reveal: fn(Choice) -> bool,
    ) -> Result<usize, VerificationError> {
        let definition = &*self.definition;
        let items = signed_items(definition, in_body, context.body)?;
        #[cfg(feature = "asymmetric")]
        if definition.algorithm.is_asymmetric() {
            return self.prove_items(received, in_body, context, &items);
        }
        // Only fetched keys depend on headers.
        let _ = received;
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
