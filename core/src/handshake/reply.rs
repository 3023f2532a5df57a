//! What answers a handshake.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::answer::Answer;

/// The answer to a handshake, and what it hands to the program.
///
/// A handshake that hands something over can come from anybody: a secret from an unsigned request, or
/// a subscription to somebody else's topic. So the program must agree, which it does when it has just
/// asked the provider for it and not otherwise. Without consent answer
/// [`Unexpected`](crate::error::HandshakeDefect::Unexpected), 403.
#[derive(Clone)]
pub struct HandshakeReply {
    answer: Answer,
    offer: Option<Offer>,
}

#[derive(Clone)]
enum Offer {
    Secret(Zeroizing<String>),
    Confirmation { url: String, topic: String },
}

impl HandshakeReply {
    /// One that needs no consent.
    pub(crate) fn new(answer: Answer) -> Self {
        Self {
            answer,
            offer: None,
        }
    }

    pub(crate) fn with_secret(answer: Answer, secret: &str) -> Self {
        let secret = Zeroizing::new(secret.into());
        Self {
            answer,
            offer: Some(Offer::Secret(secret)),
        }
    }

    pub(crate) fn with_confirmation(answer: Answer, url: &str, topic: &str) -> Self {
        let (url, topic) = (url.into(), topic.into());
        Self {
            answer,
            offer: Some(Offer::Confirmation { url, topic }),
        }
    }

    /// What the provider expects, once the program agrees where its consent is needed.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// Whether the program must agree before this is answered: there is a secret, or a subscription to
    /// confirm.
    pub fn needs_consent(&self) -> bool {
        self.offer.is_some()
    }

    /// The secret that is to verify later deliveries. **The request that brought it is unsigned**: take
    /// it only while a registration that this program began is pending, and never in place of one.
    pub fn secret(&self) -> Option<&str> {
        match &self.offer {
            Some(Offer::Secret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// The URL to GET, which makes the subscription to [`topic`](Self::topic). That it is Amazon's was
    /// checked.
    pub fn confirmation_url(&self) -> Option<&str> {
        match &self.offer {
            Some(Offer::Confirmation { url, .. }) => Some(url),
            _ => None,
        }
    }

    /// The ARN of the topic whose subscription is to be confirmed. Anybody can subscribe this endpoint
    /// to a topic of theirs, with Amazon's own signature: confirm those that are expected.
    pub fn topic(&self) -> Option<&str> {
        match &self.offer {
            Some(Offer::Confirmation { topic, .. }) => Some(topic),
            _ => None,
        }
    }
}

impl fmt::Debug for HandshakeReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeReply")
            .field("status", &self.answer.status())
            .field("needs_consent", &self.needs_consent())
            .field("topic", &self.topic())
            .finish_non_exhaustive()
    }
}
