//! Signed requests as the providers send them, to test handlers with. Feature `testing`.
//!
//! Each registered scheme has a sample: the headers that its provider sends beside the signature, and
//! a payload of the shape that it has, with invented values.

mod described;
mod fill;
mod sample;
mod samples;
mod template;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use sample::{Sample, SampleBody, samples};

use crate::error::VerificationError;
use crate::headers::SignedHeaders;
use crate::sign::Message;
use crate::time::UnixTime;
use crate::webhook::Webhook;
use fill::Values;

/// The URL of requests for which none was said.
pub const DEFAULT_URL: &str = "https://example.com/webhooks";

/// A request as a provider makes it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedRequest {
    /// The method, in upper case.
    pub method: String,
    /// The URL that is called, and that the scheme signs if it signs one. With the digest of a JSON
    /// payload in its query, where the provider has it there (Twilio).
    pub url: String,
    /// The headers: names in lower case, each once.
    pub headers: SignedHeaders,
    /// The body, which must be sent to the byte.
    pub body: Vec<u8>,
}

/// A request that is to be signed: the provider's sample, with what a test wants otherwise.
///
/// ```
/// use countersign::testing::SampleRequest;
/// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
///
/// let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
/// let now = UnixTime::from_seconds(1_764_450_000);
/// let request = SampleRequest::new(&webhook).event_type("invoice.voided").sign(now)?;
///
/// let verified = webhook.verify(&Request::new(&request.headers, &request.body), now)?;
/// let event = verified.event()?;
/// assert_eq!(event.event_type(), Some("invoice.voided"));
/// assert_eq!(event.timestamp(), Some(now));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SampleRequest<'a> {
    webhook: &'a Webhook,
    payload: Option<&'a [u8]>,
    id: Option<&'a str>,
    event_type: Option<&'a str>,
    method: &'a str,
    url: &'a str,
    headers: Vec<(&'a str, &'a str)>,
}

impl<'a> SampleRequest<'a> {
    /// The sample of the webhook's scheme. The webhook's first secret signs.
    ///
    /// For a scheme of a name that is not registered it is made of the description: a small object, or
    /// a form, with the id, type and time where the first of their sources is, and else as `id`, `type`
    /// and `timestamp`; with its `data`, with headers for sources that are some, and with one item where
    /// items are signed. A description may leave no room for that: of fields that are one source
    /// together each has the whole id or type, of two paths of which one leads through the other the
    /// first is made, and a time that [`Webhook::sign_body`] writes is text, which is no event time in
    /// seconds or milliseconds.
    pub fn new(webhook: &'a Webhook) -> Self {
        Self {
            webhook,
            payload: None,
            id: None,
            event_type: None,
            method: "POST",
            url: DEFAULT_URL,
            headers: Vec::new(),
        }
    }

    /// Another body, sent as it is. Its id, type and time are its own; those of headers stay the
    /// sample's.
    pub fn payload(mut self, payload: &'a [u8]) -> Self {
        self.payload = Some(payload);
        self
    }

    /// Another id of the event, and of the delivery. The sample's is always the same.
    pub fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// Another type of the event. Where the provider has several samples it also chooses among them.
    pub fn event_type(mut self, event_type: &'a str) -> Self {
        self.event_type = Some(event_type);
        self
    }

    /// Another method than `POST`, in upper case.
    pub fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// Another URL than [`DEFAULT_URL`]. Where the scheme has the digest of a JSON body in the URL, it
    /// is added: see [`SignedRequest::url`].
    pub fn url(mut self, url: &'a str) -> Self {
        self.url = url;
        self
    }

    /// A further header, or another value than the sample's. What is signed stays as it is.
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The request, made at this time.
    ///
    /// # Errors
    /// As for [`Webhook::sign`].
    pub fn sign(&self, now: UnixTime) -> Result<SignedRequest, VerificationError> {
        let sample = Sample::select(self.webhook.scheme_name(), self.event_type);
        let values = Values::new(sample, self.id, self.event_type, now);
        let template = match sample.scheme {
            "" => described::template(&self.webhook.definition),
            _ => sample.template(),
        };
        let body = match self.payload {
            Some(payload) => payload.to_vec(),
            None => template.body(&values).into_bytes(),
        };
        let message = Message::new(&body)
            .id(values.delivery_id)
            .method(self.method)
            .url(self.url);
        let url = self.webhook.url_to_call(&message).unwrap_or_default();
        let message = message.url(&*url);
        // Where the signature is in a header, the body stays as it is.
        let signed = match self.webhook.signs_in_body() {
            true => SignedHeaders::new(),
            false => self.webhook.sign_message(&message, now)?,
        };
        let body = self.webhook.sign_body(&message, now)?;

        let mut headers = SignedHeaders::new();
        let content_type = match self.payload {
            Some(payload) => template.content_type_of(payload),
            None => template.content_type,
        };
        set(&mut headers, "content-type", content_type.into());
        for (name, value) in &template.headers {
            set(&mut headers, name, values.fill_text(value));
        }
        for (name, value) in &self.headers {
            set(&mut headers, name, (*value).into());
        }
        for (name, value) in signed {
            set(&mut headers, &name, value);
        }
        Ok(SignedRequest {
            method: self.method.to_string(),
            url: url.into_owned(),
            headers,
            body,
        })
    }
}

/// Adds a header, or replaces the one of this name.
fn set(headers: &mut SignedHeaders, name: &str, value: String) {
    let name = name.to_ascii_lowercase();
    match headers.iter_mut().find(|(known, _)| *known == name) {
        Some(header) => header.1 = value,
        None => headers.push((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Request;
    use crate::scheme::{KeyForm, Scheme, Source};
    use crate::secret::Secret;

    const NOW: UnixTime = UnixTime::from_millis(1_764_450_000_123);

    /// With a secret that signs; `None` for schemes whose private keys are the providers' alone.
    fn signing(name: &str) -> Option<Webhook> {
        let scheme = Scheme::named(name).unwrap();
        let definition = scheme.definition().unwrap();
        if definition.algorithm.is_asymmetric() {
            return None;
        }
        let secret = match definition.key {
            KeyForm::Hex => "00ff",
            _ => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        };
        Some(Webhook::new(scheme, [Secret::parse(secret).unwrap()]).unwrap())
    }

    fn webhook(name: &str) -> Webhook {
        signing(name).unwrap()
    }

    fn event_of<R>(
        webhook: &Webhook,
        request: &SignedRequest,
        read: impl FnOnce(&crate::Event<'_>) -> R,
    ) -> R {
        let received = Request::new(&request.headers, &request.body)
            .method(&*request.method)
            .url(&*request.url);
        let verified = webhook.verify(&received, NOW).unwrap();
        read(&verified.event().unwrap())
    }

    #[test]
    fn every_sample_verifies_and_has_the_event_that_its_scheme_reads() {
        for sample in samples() {
            let Some(webhook) = signing(sample.scheme) else {
                continue;
            };
            let definition = webhook.definition.clone();
            let mut request = SampleRequest::new(&webhook);
            if !sample.for_types.is_empty() {
                request = request.event_type(sample.event_type);
            }
            let made = request.sign(NOW).unwrap();
            event_of(&webhook, &made, |event| {
                let name = sample.scheme;
                assert_eq!(event.is_form(), sample.is_form(), "{name}");
                let is_array = event.payload().starts_with('[');
                let has = |sources: &[_]| !sources.is_empty() && !is_array;
                // Of the interactive payload of Slack no field is read.
                let is_read = sample.for_types != "block_actions";
                if has(&definition.event_id) && is_read {
                    assert_eq!(event.id(), Some(sample.id), "{name}");
                }
                if has(&definition.event_type) && is_read {
                    assert_eq!(event.event_type(), Some(sample.event_type), "{name}");
                }
                if has(&definition.event_time) && !sample.is_form() {
                    let time = event.timestamp().map(UnixTime::seconds);
                    assert_eq!(time, Some(NOW.seconds()), "{name}");
                }
                if has(&definition.dedupe) && is_read {
                    assert!(event.dedupe_key().is_some(), "{name}");
                }
            });
        }
    }

    #[test]
    fn bodies_have_the_fields_that_their_schemes_read() {
        for sample in samples() {
            let values = Values::new(sample, None, None, NOW);
            let Some(template) = sample.json_template() else {
                continue;
            };
            let body: serde_json::Value = serde_json::from_str(&values.fill_json(&template))
                .unwrap_or_else(|error| panic!("{}: {error}", sample.scheme));
            let definition = Scheme::named(sample.scheme).unwrap().definition().unwrap();
            let body = match definition.items() {
                Some(items) => body[&*items.text][0].clone(),
                None => body,
            };
            let has = |sources: &[Source], value: &str| {
                let mut paths = sources.iter().filter_map(|source| match source {
                    Source::Body(path) => Some(&definition.paths[*path]),
                    _ => None,
                });
                paths.any(|path| {
                    let pointer = alloc::format!("/{}", path.text.replace('.', "/"));
                    body.pointer(&pointer).is_some_and(|found| match found {
                        serde_json::Value::String(text) => text == value,
                        other => other.as_u64().is_some_and(|it| value.parse() == Ok(it)),
                    })
                })
            };
            let in_body = |sources: &[Source]| {
                body.is_object() && matches!(sources.first(), Some(Source::Body(_)))
            };
            if in_body(&definition.event_id) && !sample.id.is_empty() {
                assert!(has(&definition.event_id, sample.id), "{}", sample.scheme);
            }
            if in_body(&definition.event_type) {
                assert!(
                    has(&definition.event_type, sample.event_type),
                    "{}",
                    sample.scheme
                );
            }
        }
    }

    #[test]
    fn ids_and_types_can_be_chosen() {
        for name in Scheme::names() {
            let Some(webhook) = signing(name) else {
                continue;
            };
            let definition = webhook.definition.clone();
            let request = SampleRequest::new(&webhook).id("42").event_type("own.type");
            event_of(&webhook, &request.sign(NOW).unwrap(), |event| {
                if event.payload().starts_with('[') {
                    return;
                }
                if !definition.event_id.is_empty() {
                    assert_eq!(event.id(), Some("42"), "{name}");
                }
                if !definition.event_type.is_empty() {
                    assert_eq!(event.event_type(), Some("own.type"), "{name}");
                }
                if let Some(key) = event.dedupe_key() {
                    assert!(
                        key.contains(":42") || definition.dedupe.is_empty(),
                        "{name}"
                    );
                }
            });
        }
    }

    #[test]
    fn payloads_url_method_and_headers_can_be_chosen() {
        let webhook = webhook("hubspot-v3");
        let request = SampleRequest::new(&webhook)
            .payload(b" [{}]")
            .method("PUT")
            .url("https://example.org/a?b=c")
            .header("X-Own", "1")
            .header("X-HubSpot-Signature-v3", "forged")
            .sign(NOW)
            .unwrap();
        assert_eq!(request.body, b" [{}]");
        assert_eq!(request.method, "PUT");
        assert_eq!(request.url, "https://example.org/a?b=c");
        assert!(request.headers.contains(&("x-own".into(), "1".into())));
        let content_type = "application/json;charset=utf-8";
        assert!(
            request
                .headers
                .contains(&("content-type".into(), content_type.into()))
        );
        event_of(&webhook, &request, |event| {
            assert_eq!(event.payload(), "[{}]");
        });

        let form = SampleRequest::new(&webhook)
            .payload(b"a=1")
            .sign(NOW)
            .unwrap();
        let content_type = "application/x-www-form-urlencoded";
        assert_eq!(
            form.headers[0],
            ("content-type".into(), content_type.into())
        );
    }

    #[test]
    fn the_digest_of_json_is_in_the_url() {
        for name in ["twilio", "twilio-shared-key"] {
            let webhook = webhook(name);
            let url = "https://example.org/a?b=c";
            let request = SampleRequest::new(&webhook).url(url);
            let made = request.clone().payload(br#"{"a":1}"#).sign(NOW).unwrap();
            let digest = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
            assert_eq!(made.url, [url, "&bodySHA256=", digest].concat());
            let json = ("content-type".into(), "application/json".into());
            assert!(made.headers.contains(&json));
            event_of(&webhook, &made, |event| {
                assert_eq!(event.payload(), r#"{"a":1}"#);
            });
            // A signature of the URL alone would not do.
            let other = Request::new(&made.headers, b"{}").url(&*made.url);
            assert!(webhook.verify(&other, NOW).is_err());

            let form = request.clone().payload(b"a=1").sign(NOW).unwrap();
            assert_eq!(form.url, url);
            assert_eq!(request.sign(NOW).unwrap().url, url);
        }
    }
}
