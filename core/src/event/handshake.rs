//! Handshakes that come as signed events.

use alloc::borrow::Cow;
use alloc::string::String;

use super::field::{Resolver, Value};
use crate::answer::Answer;
use crate::error::{FieldDefect, PayloadError};
use crate::handshake::{HandshakeReply, is_challenge, is_confirmation_url};
use crate::scheme::{Handshake, Source};

impl<'a, F: Fn(Source) -> Option<&'a str>> Resolver<'a, F> {
    /// What answers this event, if it is a handshake. `prove` gives the HMAC of a text by the secret
    /// that fitted.
    // Once in the life of an endpoint.
    #[inline(never)]
    pub(super) fn handshake(
        &self,
        handshake: Handshake,
        event_type: Option<&str>,
        prove: &dyn Fn(&str) -> String,
    ) -> Result<Option<HandshakeReply>, PayloadError> {
        let sources = &*self.definition.handshake_sources;
        let answer = match (handshake, sources) {
            (Handshake::SlackUrlVerification, &[challenge])
                if event_type == Some("url_verification") =>
            {
                Answer::text(&self.challenge(challenge)?)
            }
            (Handshake::ZoomUrlValidation, &[plain])
                if event_type == Some("endpoint.url_validation") =>
            {
                let plain = self.challenge(plain)?;
                Answer::json(&[("plainToken", &plain), ("encryptedToken", &prove(&plain))])
            }
            (Handshake::TwitchCallbackVerification, &[message, challenge])
                if (self.header)(message) == Some("webhook_callback_verification") =>
            {
                Answer::text(&self.challenge(challenge)?)
            }
            (Handshake::DiscordPing, &[kind, event]) => match self.json_at(kind)? {
                Some("0") => Answer::empty(204),
                Some("1") if self.json_at(event)?.is_none() => Answer::ping(),
                _ => return Ok(None),
            },
            (Handshake::SnsConfirmation, &[kind, url, topic])
                if self.json_at(kind)? == Some("\"SubscriptionConfirmation\"") =>
            {
                let defect = FieldDefect::NotConfirmationUrl;
                let url = self.string(url, is_confirmation_url, defect)?;
                let topic = self.challenge(topic)?;
                let answer = Answer::empty(200);
                let reply = HandshakeReply::with_confirmation(answer, &url, &topic);
                return Ok(Some(reply));
            }
            _ => return Ok(None),
        };
        Ok(Some(HandshakeReply::new(answer)))
    }

    fn challenge(&self, source: Source) -> Result<Cow<'a, str>, PayloadError> {
        self.string(source, is_challenge, FieldDefect::NotChallenge)
    }

    /// The JSON text of a field that is there and not null.
    fn json_at(&self, source: Source) -> Result<Option<&'a str>, PayloadError> {
        Ok(match self.first(&[source])? {
            Some((_, Value::Json(json))) => Some(json),
            _ => None,
        })
    }
}
