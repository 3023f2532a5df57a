//! What a request's first lines tell, before its body is read.

use crate::error::{Error, GuardError, MediaDefect, PayloadError};
use crate::scheme::{Handshake, PayloadForm};
use crate::webhook::Webhook;

/// The largest body that a receiver takes if nothing else is said, in bytes.
pub const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// The parts of a request that are judged before its body is read.
///
/// Several headers of one name are given as one value, joined by a comma.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Head<'a> {
    /// The method as received.
    pub method: &'a str,
    /// The value of `Content-Type`.
    pub content_type: Option<&'a [u8]>,
    /// The value of `Content-Encoding`.
    pub content_encoding: Option<&'a [u8]>,
    /// The length that `Content-Length` announces.
    pub content_length: Option<u64>,
}

impl<'a> Head<'a> {
    /// A request of this method that says nothing of its body.
    pub fn new(method: &'a str) -> Self {
        Self {
            method,
            content_type: None,
            content_encoding: None,
            content_length: None,
        }
    }
}

/// What a request is, going by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intake {
    /// A delivery, whose body is to be read.
    Delivery,
    /// A handshake without a body: see [`Webhook::handshake`].
    Handshake,
}

impl Webhook {
    /// Judges a request by its head.
    ///
    /// A request without `Content-Type` passes: it claims nothing, and the payload is judged by
    /// itself. Parameters such as `charset` are not looked at, since payloads are UTF-8 always.
    ///
    /// # Errors
    /// In this order: `method_not_allowed`, `unsupported_media_type`, `payload_too_large`.
    ///
    /// ```
    /// use countersign::{Head, Intake, Scheme, Secret, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
    /// let mut head = Head::new("POST");
    /// head.content_type = Some(b"application/json; charset=utf-8");
    /// assert_eq!(webhook.check_head(&head, 1024)?, Intake::Delivery);
    /// head.content_length = Some(1025);
    /// assert_eq!(webhook.check_head(&head, 1024).unwrap_err().code(), "payload_too_large");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn check_head(&self, head: &Head<'_>, body_limit: usize) -> Result<Intake, Error> {
        let handshake = self.handshake_method();
        if Some(head.method) == handshake {
            return Ok(Intake::Handshake);
        }
        if head.method != "POST" {
            return Err(GuardError::MethodNotAllowed { handshake }.into());
        }
        self.check_content_type(head.content_type)?;
        if !head.content_encoding.is_none_or(is_identity) {
            return Err(GuardError::UnsupportedMediaType(MediaDefect::Encoding).into());
        }
        let limit = u64::try_from(body_limit).unwrap_or(u64::MAX);
        if head.content_length.is_some_and(|length| length > limit) {
            return Err(PayloadError::TooLarge { limit: body_limit }.into());
        }
        Ok(Intake::Delivery)
    }

    /// The value of the header `Allow`.
    pub fn allowed_methods(&self) -> &'static str {
        match self.handshake_method() {
            Some("GET") => "GET, POST",
            Some("HEAD") => "HEAD, POST",
            _ => "POST",
        }
    }

    /// The method of handshakes that have no body, if there is what they are checked by.
    fn handshake_method(&self) -> Option<&'static str> {
        let handshake = self.definition.handshake?;
        let is_known = handshake != Handshake::MetaVerification || self.verify_token.is_some();
        let method = handshake.method();
        (is_known && method != "POST").then_some(method)
    }

    fn check_content_type(&self, value: Option<&[u8]>) -> Result<(), GuardError> {
        let (json, form) = match self.definition.payload {
            PayloadForm::Json | PayloadForm::JsonBatch => (true, false),
            PayloadForm::Form => (false, true),
            PayloadForm::JsonOrForm => (true, true),
        };
        let Some(value) = value else {
            return Ok(());
        };
        let end = value.iter().position(|byte| *byte == b';');
        let essence = value[..end.unwrap_or(value.len())].trim_ascii();
        let is = |wanted: &[u8]| essence.eq_ignore_ascii_case(wanted);
        // Amazon SNS sends its JSON so:
        // <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.
        let is_of_sns =
            self.definition.handshake == Some(Handshake::SnsConfirmation) && is(b"text/plain");
        let fits = json && (is(b"application/json") || is_structured_json(essence) || is_of_sns)
            || form && is(b"application/x-www-form-urlencoded");
        match fits && !value.contains(&b',') {
            true => Ok(()),
            false => Err(GuardError::UnsupportedMediaType(MediaDefect::Type {
                json,
                form,
            })),
        }
    }
}

/// `application/...+json` (RFC 6839), such as `application/cloudevents+json`.
fn is_structured_json(essence: &[u8]) -> bool {
    const START: &[u8] = b"application/";
    const END: &[u8] = b"+json";
    essence.len() > START.len() + END.len()
        && essence[..START.len()].eq_ignore_ascii_case(START)
        && essence[essence.len() - END.len()..].eq_ignore_ascii_case(END)
        && essence[START.len()..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(byte))
}

fn is_identity(encoding: &[u8]) -> bool {
    let encoding = encoding.trim_ascii();
    encoding.is_empty() || encoding.eq_ignore_ascii_case(b"identity")
}
