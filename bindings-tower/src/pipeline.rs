//! The checks before claim and handler in their order, which is the same in every language.

use bytes::Bytes;
#[cfg(feature = "asymmetric")]
use countersign::VerificationError;
use countersign::error::HandshakeDefect;
use countersign::{
    Answer, Error, GuardError, HandshakeReply, Head, Intake, Request, UnixTime, rate_limit_key,
};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName};
use http::request::Parts;
use http_body::Body;

use crate::body::read_body;
use crate::caller;
use crate::claims::Claims;
use crate::event::ReceivedEvent;
use crate::handler;
use crate::journal::Journal;
use crate::receiver::Receiver;

/// What an authentic request is.
pub(crate) enum Passage {
    Event(ReceivedEvent),
    /// With the answer that the provider expects.
    Handshake(Answer),
}

/// What a signed request holds.
enum Read {
    Event(ReceivedEvent),
    Handshake(HandshakeReply),
}

impl Receiver {
    /// Checks a request, up to and including the schema of its event's type.
    ///
    /// # Errors
    /// Of the first check that fails.
    pub(crate) async fn verify<B: Body>(
        &self,
        parts: &Parts,
        body: B,
        journal: &mut Journal,
    ) -> Result<Passage, Error> {
        let settings = &self.settings;
        let intake = self.check_head(parts)?;
        self.check_caller(parts, journal).await?;
        let is_delivery = intake == Intake::Delivery;
        let body = if is_delivery {
            read_body(body, settings.body_limit, settings.body_timeout).await?
        } else {
            Bytes::new()
        };
        if !is_delivery || self.webhook.has_unsigned_posts() {
            let url = self.url(parts);
            let request = Request::new(&parts.headers, &body)
                .method(parts.method.as_str())
                .url(&*url);
            if let Some(reply) = self.webhook.handshake(&request)? {
                return self.agree(reply, journal).await;
            }
        }
        let now = (settings.clock)();
        let read = self.read_event(parts, &body, now, None, journal);
        #[cfg(feature = "asymmetric")]
        let read = match (read, &self.settings.keys) {
            (Err(Error::Verification(VerificationError::KeyNeeded(needed))), Some(keys)) => {
                let key = keys.key(&needed).await;
                let key = key.map_err(|_| GuardError::KeyUnavailable)?;
                self.read_event(parts, &body, now, Some(&key), journal)
            }
            (read, _) => read,
        };
        let event = match read? {
            Read::Event(event) => event,
            Read::Handshake(reply) => return self.agree(reply, journal).await,
        };
        #[cfg(feature = "schema")]
        self.schemas.check(&event)?;
        Ok(Passage::Event(event))
    }

    /// The answer to a handshake, to which the program agrees where that is needed.
    async fn agree(&self, reply: HandshakeReply, journal: &Journal) -> Result<Passage, Error> {
        let answer = reply.answer().clone();
        if reply.needs_consent() {
            let agrees = match &self.settings.on_handshake {
                None => false,
                Some(handler) => handler::ask(handler, reply, journal).await?,
            };
            if !agrees {
                let defect = HandshakeDefect::Unexpected;
                return Err(GuardError::HandshakeRefused(defect).into());
            }
        }
        Ok(Passage::Handshake(answer))
    }

    fn check_head(&self, parts: &Parts) -> Result<Intake, Error> {
        let content_type = joined(parts, &CONTENT_TYPE);
        let content_encoding = joined(parts, &CONTENT_ENCODING);
        let content_length = joined(parts, &CONTENT_LENGTH);
        let mut head = Head::new(parts.method.as_str());
        head.content_type = content_type.as_deref();
        head.content_encoding = content_encoding.as_deref();
        // What is no length tells nothing; the body is counted anyway.
        head.content_length = content_length.as_deref().and_then(length);
        self.webhook.check_head(&head, self.settings.body_limit)
    }

    async fn check_caller(&self, parts: &Parts, journal: &Journal) -> Result<(), Error> {
        let settings = &self.settings;
        if !settings.needs_peer {
            return Ok(());
        }
        let peer = caller::peer(parts);
        if peer.is_none() {
            self.report_missing_peer();
        }
        let client = caller::client(&settings.address, parts, peer);
        settings.address.check(client)?;
        if let Some(limit) = settings.rate_limit {
            let key = rate_limit_key(client, limit);
            let claims = Claims::new(settings, self.webhook.dedupe_lifetime(), journal);
            claims.ask(settings.rate_store.admit(&key, limit)).await?;
        }
        Ok(())
    }

    fn read_event(
        &self,
        parts: &Parts,
        body: &Bytes,
        now: UnixTime,
        key: Option<&[u8]>,
        journal: &mut Journal,
    ) -> Result<Read, Error> {
        let url = self.url(parts);
        let request = Request::new(&parts.headers, body)
            .method(parts.method.as_str())
            .url(&*url)
            .key(key);
        let verified = self.webhook.verify(&request, now)?;
        journal.key_index = Some(verified.key_index());
        let event = verified.event()?;
        journal.event_id = event.id().map(Into::into);
        journal.event_type = event.event_type().map(Into::into);
        journal.event_time = event.timestamp();
        Ok(match event.handshake() {
            Some(reply) => Read::Handshake(reply.clone()),
            None => Read::Event(ReceivedEvent::new(&verified, &event, body)),
        })
    }

    /// The URL that the sender called, as far as it can be told here.
    fn url(&self, parts: &Parts) -> String {
        let uri = called_uri(parts);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        if let Some((scheme, authority)) = &self.settings.origin {
            return format!("{scheme}://{authority}{path}");
        }
        if uri.authority().is_some() {
            return uri.to_string();
        }
        let host = parts.headers.get(HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("http://{host}{path}")
    }
}

/// The URI before routers took off what they matched.
pub(crate) fn called_uri(parts: &Parts) -> &http::Uri {
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return &original.0;
    }
    &parts.uri
}

/// All values of a header as one, so that none is dropped silently.
fn joined(parts: &Parts, name: &HeaderName) -> Option<Vec<u8>> {
    let values = parts.headers.get_all(name).iter();
    let values: Vec<&[u8]> = values.map(http::HeaderValue::as_bytes).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

fn length(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok()?;
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than a number has are more bytes than any limit.
    is_plain.then(|| digits.parse().unwrap_or(u64::MAX))
}
