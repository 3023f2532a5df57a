//! Handshakes that anybody can send: by GET or HEAD, or by POST without a signature.

use alloc::borrow::Cow;
use core::iter;

use subtle::{Choice, ConstantTimeEq};

use super::{HandshakeReply, is_challenge};
use crate::answer::Answer;
use crate::error::{GuardError, HandshakeDefect};
use crate::event::Event;
use crate::headers::{Headers, Lookup, Request, look_up};
use crate::mac::{self, Key, MAX_TAG_LENGTH, tags_equal};
use crate::scheme::{Algorithm, Handshake};
use crate::secret::Secret;
use crate::webhook::Webhook;

const REFUSED: GuardError = GuardError::HandshakeRefused(HandshakeDefect::Token);

/// The values of a header by its index into `Definition::header_names`.
type LookUp<'l, 'a> = &'l dyn Fn(usize) -> Lookup<'a>;

impl Webhook {
    /// What answers a handshake that is not signed; `None` if this is none. Those that are signed
    /// come with [`Event::handshake`].
    ///
    /// The request needs its method and URL, of which the query is read. A body is read of POST alone.
    ///
    /// # Errors
    /// `malformed_handshake` if it lacks what the provider sends; `handshake_refused` if its token
    /// is another than [`with_verify_token`](Self::with_verify_token) or the secret says.
    ///
    /// ```
    /// use countersign::{Request, Scheme, Secret, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::META, [Secret::parse("app secret")?])?
    ///     .with_verify_token(Secret::parse("meatyhamhock")?);
    /// let url = "/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock";
    /// let headers: [(&str, &str); 0] = [];
    ///
    /// let request = Request::new(&headers, b"").method("GET").url(url);
    /// let reply = webhook.handshake(&request)?.unwrap();
    /// assert_eq!(reply.answer().body(), "1158201444");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn handshake<H: Headers + ?Sized>(
        &self,
        request: &Request<'_, H>,
    ) -> Result<Option<HandshakeReply>, GuardError> {
        let Some(handshake) = self.definition.handshake else {
            return Ok(None);
        };
        let Request {
            body, method, url, ..
        } = *request;
        let method = method.unwrap_or("POST");
        // From here on there is one copy of the code, whatever the headers are.
        self.reply(handshake, method, url, body, &|index| {
            look_up(request.headers, self.definition.header_name(index))
        })
    }

    /// Whether a handshake may come with POST and no signature, so that deliveries have to be tried.
    pub fn has_unsigned_posts(&self) -> bool {
        let handshake = self.definition.handshake;
        handshake.is_some_and(|handshake| handshake.method() == "POST" && !handshake.is_signed())
    }

    #[inline(never)]
    fn reply(
        &self,
        handshake: Handshake,
        method: &str,
        url: Option<&str>,
        body: &[u8],
        look_up: LookUp<'_, '_>,
    ) -> Result<Option<HandshakeReply>, GuardError> {
        if handshake.is_signed() || method != handshake.method() {
            return Ok(None);
        }
        let query = url.map_or("", query_of).as_bytes();
        let answer = match handshake {
            Handshake::MetaVerification => Answer::text(&self.meta_challenge(query)?),
            Handshake::DropboxChallenge => {
                let challenge = parameter(query, "challenge")?;
                check_challenge(&challenge)?;
                Answer::text(&challenge)
            }
            Handshake::OktaVerification => {
                let challenge = self.named_value(look_up)?;
                let challenge = challenge.ok_or(GuardError::MalformedHandshake)?;
                self.check_token(look_up)?;
                Answer::json(&[("verification", challenge)])
            }
            Handshake::AsanaHookSecret => {
                return match self.named_value(look_up)? {
                    Some(secret) if !self.is_signed(look_up) => {
                        let answer = Answer::empty(200).with("x-hook-secret", secret);
                        Ok(Some(HandshakeReply::with_secret(answer, secret)))
                    }
                    _ => Ok(None),
                };
            }
            Handshake::NotionVerificationToken => {
                let token = match self.is_signed(look_up) {
                    true => None,
                    false => Event::unproven_text(&self.definition, body),
                };
                let token = token.filter(|token| is_challenge(token));
                return Ok(
                    token.map(|token| HandshakeReply::with_secret(Answer::empty(200), &token))
                );
            }
            Handshake::MailersendTest if !self.is_mailersend_test(look_up, body) => {
                return Ok(None);
            }
            // Probes are answered and prove nothing.
            _ => Answer::empty(200),
        };
        Ok(Some(HandshakeReply::new(answer)))
    }

    fn meta_challenge<'q>(&self, query: &'q [u8]) -> Result<Cow<'q, str>, GuardError> {
        let mode = parameter(query, "hub.mode")?;
        let token = parameter(query, "hub.verify_token")?;
        let challenge = parameter(query, "hub.challenge")?;
        check_challenge(&challenge)?;
        if mode != "subscribe" {
            return Err(GuardError::MalformedHandshake);
        }
        let wanted = self.verify_token.as_ref().map(Secret::bytes);
        let fits = wanted.is_some_and(|wanted| bool::from(wanted.ct_eq(token.as_bytes())));
        match fits {
            true => Ok(challenge),
            false => Err(REFUSED),
        }
    }

    /// The value of the handshake's own header, if that is there: what may be sent back.
    fn named_value<'a>(&self, look_up: LookUp<'_, 'a>) -> Result<Option<&'a str>, GuardError> {
        let Some(index) = self.definition.handshake_header else {
            return Ok(None);
        };
        let value = match look_up(index) {
            Lookup::Absent => return Ok(None),
            Lookup::Conflict => return Err(GuardError::MalformedHandshake),
            Lookup::Value(value) => core::str::from_utf8(value).unwrap_or_default(),
        };
        check_challenge(value)?;
        Ok(Some(value))
    }

    /// Whether the request claims to be signed, and so is no handshake.
    fn is_signed(&self, look_up: LookUp<'_, '_>) -> bool {
        let mut sets = self.definition.header_sets.iter();
        sets.any(|set| !matches!(look_up(set.signature), Lookup::Absent))
    }

    /// Whether this is the ping that MailerSend signs with a secret that everybody knows.
    fn is_mailersend_test(&self, look_up: LookUp<'_, '_>, body: &[u8]) -> bool {
        const SECRET: &[u8] = b"test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G";
        let set = self.definition.header_sets.first();
        let Some(Lookup::Value(signature)) = set.map(|set| look_up(set.signature)) else {
            return false;
        };
        let event_type = Event::unproven_text(&self.definition, body);
        if event_type.as_deref() != Some("webhook.test") {
            return false;
        }
        let mut sent = [0; MAX_TAG_LENGTH];
        let length = Algorithm::HmacSha256.tag_length();
        let decoded = base16ct::lower::decode(signature.trim_ascii(), &mut sent[..length]);
        let is_whole = decoded.is_ok_and(|decoded| decoded.len() == length);
        let Key::Sha256(states) = Key::new(Algorithm::HmacSha256, SECRET) else {
            return false;
        };
        is_whole && bool::from(tags_equal(&sent, &mac::tag(states, iter::once(body))))
    }

    /// Passes if the token of deliveries is there, and one of the secrets.
    fn check_token(&self, look_up: LookUp<'_, '_>) -> Result<(), GuardError> {
        let set = self.definition.header_sets.first().ok_or(REFUSED)?;
        let index = set.signature;
        let Lookup::Value(token) = look_up(index) else {
            return Err(REFUSED);
        };
        // Tokens are compared by their digests, as those of deliveries are.
        let candidate = mac::digest(&mut iter::once(token.trim_ascii()));
        let mut fits = Choice::from(0);
        for key in &self.keys {
            if let Key::Token(_, digest) = &key.key {
                fits |= tags_equal(&candidate, digest);
            }
        }
        match bool::from(fits) {
            true => Ok(()),
            false => Err(REFUSED),
        }
    }
}

fn check_challenge(text: &str) -> Result<(), GuardError> {
    match is_challenge(text) {
        true => Ok(()),
        false => Err(GuardError::MalformedHandshake),
    }
}

/// What follows `?`.
fn query_of(url: &str) -> &str {
    let start = url.bytes().position(|byte| byte == b'?');
    let query = start.map_or("", |start| &url[start + 1..]);
    let end = query.bytes().position(|byte| byte == b'#');
    &query[..end.unwrap_or(query.len())]
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
