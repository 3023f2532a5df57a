//! Signing: the first secret or every one, the first header set, and nothing that `verify` would refuse.

use alloc::borrow::Cow;

use crate::error::{MissingContext, TimestampDefect, VerificationError};
use crate::headers::SignedHeaders;
use crate::in_body::not_in_headers;
use crate::proof::{proof, write};
use crate::received::{check_id, check_value};
use crate::signature::MAX_CANDIDATES;
use crate::signed_content::{BodyDigests, SignedContent, form_content, with_body_digest};
use crate::time::UnixTime;
use crate::verify::check_context;
use crate::webhook::Webhook;

/// A message to sign: its body and, where the scheme signs or carries them, the rest.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Message<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) id: Option<&'a str>,
    method: Option<&'a str>,
    url: Option<&'a str>,
}

impl<'a> Message<'a> {
    /// A message with this body, which must be sent to the byte.
    pub fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            id: None,
            method: None,
            url: None,
        }
    }

    /// The id, the same for every attempt. Ignored by schemes that have no header for it.
    pub fn id(mut self, id: impl Into<Option<&'a str>>) -> Self {
        self.id = id.into();
        self
    }

    /// The method, in upper case.
    pub fn method(mut self, method: impl Into<Option<&'a str>>) -> Self {
        self.method = method.into();
        self
    }

    /// The URL that is called.
    pub fn url(mut self, url: impl Into<Option<&'a str>>) -> Self {
        self.url = url.into();
        self
    }
}

impl Webhook {
    /// The headers that prove this message: lower-case names with their values.
    ///
    /// `now` becomes the attempt timestamp: sign each attempt anew, with the same id.
    ///
    /// # Errors
    /// What [`verify`](Self::verify) would answer to the signed request: `missing_context`,
    /// `malformed_header` for the id, `malformed_timestamp`.
    ///
    /// ```
    /// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::SHA256, [Secret::parse("hush")?])?;
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let headers = webhook.sign("evt_1", now, b"{}")?;
    /// assert_eq!(headers[0], ("x-webhook-event-id".into(), "evt_1".into()));
    /// webhook.verify(&Request::new(&headers, b"{}"), now)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn sign<'a>(
        &self,
        id: impl Into<Option<&'a str>>,
        now: UnixTime,
        body: &'a [u8],
    ) -> Result<SignedHeaders, VerificationError> {
        self.sign_message(&Message::new(body).id(id), now)
    }

    /// The URL to call with this message, and to sign: with the digest of a JSON body in its query,
    /// where the scheme has it there as Twilio does; else, and if the URL has one, as it is.
    ///
    /// ```
    /// use countersign::{Message, Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::TWILIO, [Secret::parse("auth token")?])?;
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let message = Message::new(b"{}").url("https://example.com/sms");
    /// let url = webhook.url_to_call(&message);
    /// let url = url.as_deref().unwrap_or_default();
    /// assert!(url.starts_with("https://example.com/sms?bodySHA256=44136fa3"));
    ///
    /// let headers = webhook.sign_message(&message.url(url), now)?;
    /// webhook.verify(&Request::new(&headers, b"{}").url(url), now)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn url_to_call<'a>(&self, message: &Message<'a>) -> Option<Cow<'a, str>> {
        let url = message.url?;
        let with_digest = with_body_digest(&self.definition, url, message.body);
        Some(with_digest.map_or(Cow::Borrowed(url), Cow::Owned))
    }

    /// [`sign`](Self::sign) for schemes that sign the method or URL as well.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign).
    pub fn sign_message(
        &self,
        message: &Message<'_>,
        now: UnixTime,
    ) -> Result<SignedHeaders, VerificationError> {
        let definition = &*self.definition;
        check_context(definition, message.method, message.url)?;
        #[cfg(feature = "asymmetric")]
        if let Some(form) = &definition.jws {
            return self.sign_jws(form, message.body, now);
        }
        let Some(set) = definition.header_sets.first() else {
            return Err(not_in_headers(definition));
        };
        if set.id.is_some() && message.id.is_none() {
            return Err(VerificationError::MissingContext(MissingContext::Id));
        }
        let id_header = set
            .id
            .map(|name| definition.header_name(name))
            .or_else(|| definition.header_among(&definition.event_id));
        let mut headers = SignedHeaders::new();
        if let (Some(name), Some(id)) = (id_header, message.id) {
            check_value(name, id.as_bytes())?;
            check_id(definition, name, id.as_bytes())?;
            headers.push((name.as_str().into(), id.into()));
        }

        let format = definition.timestamp_format;
        let timestamp = definition
            .has_timestamp()
            .then(|| {
                let text = format.write(now);
                text.ok_or(VerificationError::MalformedTimestamp(
                    TimestampDefect::Form(format),
                ))
            })
            .transpose()?;
        let timestamp = timestamp.as_deref();
        let form = form_content(definition, message.body, message.url);
        let digests = BodyDigests::of(definition, message.body);
        let content = SignedContent {
            definition,
            body: message.body,
            form: &form,
            digests: &digests,
            id: message.id.map(str::as_bytes),
            timestamp: timestamp.map(str::as_bytes),
            method: message.method,
            url: message.url,
            in_body: None,
        };
        let identity = self.identities().next();
        let identity = identity.map_or(&[][..], |(_, identity)| identity);
        let proofs = self.signing_keys();
        let proofs = proofs.filter_map(|key| proof(definition, key, identity, &content));
        let mut proofs = proofs.peekable();
        if proofs.peek().is_none() {
            return Err(VerificationError::MissingContext(
                MissingContext::PrivateKey,
            ));
        }
        let signing = match definition.separator {
            Some(_) if self.every_secret_signs => MAX_CANDIDATES,
            _ => 1,
        };
        let signature = write(definition, proofs.by_ref().take(signing), timestamp);
        let name = |name| definition.header_name(name).as_str().into();
        if let (Some(header), Some(timestamp)) = (set.timestamp, timestamp) {
            headers.push((name(header), timestamp.into()));
        }
        headers.push((name(set.signature), signature));
        if self.every_secret_signs {
            // Each secret has a header of its own.
            let further = definition.further_signatures.iter().zip(proofs);
            headers.extend(further.map(|(header, proof)| {
                let proof = core::iter::once(proof);
                (name(*header), write(definition, proof, timestamp))
            }));
        }
        Ok(headers)
    }
}
