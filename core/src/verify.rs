//! The verdict. Its checks and their order are the same for every scheme:
//!
//! 1. what the caller must pass: method, URL (`missing_context`);
//! 2. headers present (`missing_header`);
//! 3. headers well-formed (`conflicting_header`, `malformed_header`);
//! 4. timestamp well-formed (`malformed_timestamp`);
//! 5. signature decodable (`malformed_signature`, `unsupported_signature`) and right
//!    (`signature_mismatch`); one in the body is first sought there (`missing_signature`), and what it
//!    covers with it (`malformed_signature`);
//! 6. freshness (`timestamp_too_old`, `timestamp_too_new`), only of what is signed; a timestamp in the
//!    body is read here (`malformed_timestamp`).

use core::iter;
use core::time::Duration;

use subtle::Choice;

use crate::call_url::other_form;
use crate::error::{MissingContext, VerificationError};
use crate::event::Event;
use crate::headers::{Headers, Request};
#[cfg(feature = "asymmetric")]
use crate::mac::Key;
use crate::mac::tags_equal;
use crate::received::Received;
use crate::scheme::{Definition, Part};
use crate::signature::{Candidates, Kinds};
use crate::signed_content::{BodyDigests, SignedContent, form_content, is_body_of};
use crate::time::{Tolerance, UnixTime};
use crate::verified::Verified;
use crate::webhook::{SecretKey, Webhook};

impl Webhook {
    /// Decides whether a holder of one of the secrets sent this request, now.
    ///
    /// The work is bounded by one MAC per secret and [`MAX_CANDIDATES`](crate::MAX_CANDIDATES)
    /// comparisons, which take the same time whatever the secrets and signatures are.
    ///
    /// # Errors
    /// The first check that fails; see [`VerificationError`].
    ///
    /// ```
    /// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let webhook = Webhook::new(
    ///     Scheme::STANDARD,
    ///     [Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?],
    /// )?;
    /// let headers = [
    ///     ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
    ///     ("webhook-timestamp", "1614265330"),
    ///     ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    /// ];
    /// let now = UnixTime::from_seconds(1_614_265_331);
    ///
    /// let verified = webhook.verify(&Request::new(&headers, br#"{"test": 2432232314}"#), now)?;
    /// assert_eq!(verified.key_index(), 0);
    /// assert_eq!(verified.id(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
    ///
    /// let error = webhook.verify(&Request::new(&headers, b"{}"), now).unwrap_err();
    /// assert_eq!(error.code(), "signature_mismatch");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn verify<'a, H: Headers + ?Sized>(
        &'a self,
        request: &Request<'a, H>,
        now: UnixTime,
    ) -> Result<Verified<'a>, VerificationError> {
        self.verify_revealing(request, now, bool::from)
    }

    /// [`verify`](Self::verify), with the one step named at which secret data becomes the public
    /// verdict: `reveal` is called once per secret, after all comparisons. For the constant-time
    /// test, which must tell its tool that this is no leak.
    #[doc(hidden)]
    pub fn verify_revealing<'a, H: Headers + ?Sized>(
        &'a self,
        request: &Request<'a, H>,
        now: UnixTime,
        reveal: fn(Choice) -> bool,
    ) -> Result<Verified<'a>, VerificationError> {
        check_context(&self.definition, request.method, request.url)?;
        let received = Received::read(&self.definition, request.headers)?;
        let Request {
            body,
            method,
            url,
            key,
            ..
        } = *request;
        let context = Context {
            body,
            method,
            url,
            key,
            now,
        };
        self.decide(received, &context, reveal)
    }

    // One copy of this is enough, whatever the headers are.
    #[inline(never)]
    fn decide<'a>(
        &'a self,
        received: Received<'a>,
        context: &Context<'a>,
        reveal: fn(Choice) -> bool,
    ) -> Result<Verified<'a>, VerificationError> {
        let definition = &*self.definition;
        let Context {
            body,
            method,
            url,
            now,
            ..
        } = *context;
        #[cfg(feature = "asymmetric")]
        if let Some(form) = &definition.jws {
            let proof = self.prove_jws(&received, context, form)?;
            return self.conclude(received, body, proof.key_index, proof.timestamp, now);
        }
        if let Some(in_body) = &definition.in_body {
            let key_index = self.key_index_in_body(&received, in_body, context, reveal)?;
            return self.conclude(received, body, key_index, None, now);
        }
        let (timestamp_text, timestamp) = received.timestamp(definition)?.unzip();
        let kinds = Kinds::of(definition, &self.keys);
        let mut candidates = Candidates::new();
        let further = &received.further_signatures;
        let name = received.signature_name;
        candidates.read(definition, kinds, name, received.signature, further)?;

        let form = form_content(definition, body, url);
        let digests = BodyDigests::of(definition, body);
        let content = SignedContent {
            definition,
            body,
            form: &form,
            digests: &digests,
            id: received.id,
            timestamp: timestamp_text,
            method,
            url,
            in_body: None,
        };
        let other_url = url.and_then(|url| other_form(definition.url_form, url));
        let other_content = other_url.as_deref().map(|url| SignedContent {
            url: Some(url),
            ..content
        });
        let mut key_index = None;
        #[cfg(feature = "asymmetric")]
        if definition.algorithm.is_asymmetric() {
            key_index = Some(self.prove_content(&received, context, &content, &candidates)?);
        }
        for SecretKey { index, key } in &self.keys {
            #[cfg(feature = "asymmetric")]
            if let Key::Public(key) = key {
                // All of it is public. Those of an asymmetric scheme were tried before.
                key_index =
                    key_index.or_else(|| candidates.fit_public(key, &content).then_some(*index));
                continue;
            }
            let mut fits = Choice::from(0);
            for content in iter::once(&content).chain(&other_content) {
                let tag = key.tag(content.parts(key.secret()));
                for candidate in candidates.iter() {
                    fits |= tags_equal(candidate, &tag);
                }
            }
            // No early exit: every secret is tried before the first that fits is known.
            key_index = key_index.or(reveal(fits).then_some(*index));
        }
        key_index = key_index.filter(|_| is_body_of(definition, url, body));
        let key_index = key_index.ok_or(VerificationError::SignatureMismatch)?;
        self.conclude(received, body, key_index, timestamp, now)
    }

    /// What is left when the signature is right: whether it is fresh.
    fn conclude<'a>(
        &'a self,
        received: Received<'a>,
        body: &'a [u8],
        key_index: usize,
        mut timestamp: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<Verified<'a>, VerificationError> {
        let definition = &*self.definition;
        if definition.timestamp_field.is_some() {
            timestamp = Some(Event::attempt_timestamp(definition, body)?);
        }
        if let Some(timestamp) = timestamp {
            check_freshness(timestamp, now, self.tolerance)?;
        }
        Ok(received.verified(self, body, key_index, timestamp))
    }

    /// Whether [`assume_verified`](Self::assume_verified) needs the body even of those who do not parse
    /// it: its timestamp is there.
    #[cfg(feature = "__assume-verified")]
    #[doc(hidden)]
    pub fn has_timestamp_in_body(&self) -> bool {
        self.definition.timestamp_field.is_some()
    }

    /// Takes the word of the caller that [`verify`](Self::verify) accepted this very request with
    /// this secret. **Nothing is verified here.** For hosts that cannot hold a [`Verified`] from
    /// one call to the next.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify), for headers that it would refuse; `signature_mismatch` if
    /// there is no such secret.
    #[cfg(feature = "__assume-verified")]
    #[doc(hidden)]
    pub fn assume_verified<'a, H: Headers + ?Sized>(
        &'a self,
        request: &Request<'a, H>,
        key_index: usize,
    ) -> Result<Verified<'a>, VerificationError> {
        let definition = &*self.definition;
        let received = Received::read(definition, request.headers)?;
        let timestamp = match definition.timestamp_field {
            Some(_) => Some(Event::attempt_timestamp(definition, request.body)?),
            None => received.timestamp(definition)?.map(|(_, time)| time),
        };
        #[cfg(feature = "asymmetric")]
        let timestamp = match &definition.jws {
            Some(form) => self.claimed_time(&received, form)?,
            None => timestamp,
        };
        // A key that was fetched comes after those of the secrets.
        let fetched = usize::from(definition.key_source.is_some());
        if key_index >= self.secret_count() + fetched {
            return Err(VerificationError::SignatureMismatch);
        }
        Ok(received.verified(self, request.body, key_index, timestamp))
    }
}

/// What a request is judged by besides its headers.
pub(crate) struct Context<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) method: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    /// The key that was fetched.
    #[cfg_attr(
        not(feature = "asymmetric"),
        expect(dead_code, reason = "no scheme fetches one")
    )]
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) now: UnixTime,
}

pub(crate) fn check_context(
    definition: &Definition,
    method: Option<&str>,
    url: Option<&str>,
) -> Result<(), VerificationError> {
    let content = &definition.content;
    let missing = if method.is_none() && content.contains(&Part::Method) {
        MissingContext::Method
    } else if url.is_none() && content.contains(&Part::Url) {
        MissingContext::Url
    } else {
        return Ok(());
    };
    Err(VerificationError::MissingContext(missing))
}

fn check_freshness(
    timestamp: UnixTime,
    now: UnixTime,
    tolerance: Tolerance,
) -> Result<(), VerificationError> {
    let age = now.saturating_since(timestamp);
    let ahead = timestamp.saturating_since(now);
    let exceeds = |distance: Duration, side: Option<u64>| {
        side.filter(|tolerance| distance > Duration::from_secs(*tolerance))
            .map(|tolerance| (seconds_rounded_up(distance), tolerance))
    };
    if let Some((age, tolerance)) = exceeds(age, tolerance.past()) {
        return Err(VerificationError::TimestampTooOld { age, tolerance });
    }
    if let Some((ahead, tolerance)) = exceeds(ahead, tolerance.future()) {
        return Err(VerificationError::TimestampTooNew { ahead, tolerance });
    }
    Ok(())
}

fn seconds_rounded_up(duration: Duration) -> u64 {
    let fraction = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(fraction)
}

#[cfg(all(test, feature = "__assume-verified"))]
mod tests {
    use super::*;
    use crate::{Scheme, Secret};

    #[test]
    fn the_callers_word_is_taken_for_the_signature_alone() {
        let secret = Secret::parse("hush").unwrap();
        let webhook = Webhook::new(Scheme::SHA256, [secret]).unwrap();
        let now = UnixTime::from_seconds(1_700_000_000);
        let headers = webhook.sign("evt_1", now, b"{}").unwrap();
        let request = Request::new(&headers, b"{}");
        let verified = webhook.verify(&request, now).unwrap();
        let assumed = webhook.assume_verified(&request, 0).unwrap();
        assert_eq!(assumed.id(), verified.id());
        assert_eq!(assumed.dedupe_key(), verified.dedupe_key());

        let code = |headers: &[(&str, &str)], key_index| {
            let request = Request::new(headers, b"{}");
            webhook
                .assume_verified(&request, key_index)
                .unwrap_err()
                .code()
        };
        assert_eq!(code(&[], 0), "missing_header");
        assert_eq!(
            code(&[("x-webhook-signature", "?")], 1),
            "signature_mismatch"
        );
    }
}
