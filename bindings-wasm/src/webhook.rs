//! Verifying, parsing and signing, on the input of the exchange.

use alloc::borrow::ToOwned;
use alloc::string::String;
use countersign::{Head, Intake, Tolerance, Webhook};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::Exchange;
use crate::failure::thrown;
use crate::report::lines;
use crate::scheme::{SchemeHandle, SecretHandle, SecretList};
use crate::seconds::instant;
use crate::written;

/// A webhook.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebhookHandle(Webhook);

#[wasm_bindgen]
impl WebhookHandle {
    /// A webhook with its scheme's tolerance. The list of secrets is empty afterwards.
    ///
    /// # Errors
    /// `no_secrets`, `empty_secret`, `malformed_secret`.
    #[wasm_bindgen(constructor)]
    pub fn new(scheme: &SchemeHandle, secrets: &mut SecretList) -> Result<Self, JsValue> {
        let secrets = core::mem::take(&mut secrets.0);
        Webhook::new(scheme.0.clone(), secrets)
            .map(Self)
            .map_err(thrown)
    }

    /// Sets the tolerance in seconds; `None` is unchecked.
    pub fn set_tolerance(&mut self, past: Option<f64>, future: Option<f64>) {
        let seconds = |side: Option<f64>| side.map(|seconds| seconds as u64);
        let tolerance = Tolerance::from_sides(seconds(past), seconds(future));
        self.0 = self.0.clone().with_tolerance(tolerance);
    }

    /// Sets the token by which a handshake is known.
    pub fn set_verify_token(&mut self, token: &SecretHandle) {
        self.0 = self.0.clone().with_verify_token(token.secret());
    }

    /// Has every secret sign.
    pub fn set_every_secret_signing(&mut self) {
        self.0 = self.0.clone().with_every_secret_signing();
    }

    /// Whether a request is a handshake without a body, going by its head; else it is a delivery.
    ///
    /// # Errors
    /// `method_not_allowed`, `unsupported_media_type`, `payload_too_large`.
    pub fn check_head(
        &self,
        method: &str,
        content_type: Option<String>,
        content_encoding: Option<String>,
        content_length: Option<f64>,
        body_limit: f64,
    ) -> Result<bool, JsValue> {
        let mut head = Head::new(method);
        head.content_type = content_type.as_deref().map(str::as_bytes);
        head.content_encoding = content_encoding.as_deref().map(str::as_bytes);
        head.content_length = content_length.map(|length| length as u64);
        let intake = self.0.check_head(&head, body_limit as usize);
        intake
            .map(|intake| intake == Intake::Handshake)
            .map_err(thrown)
    }

    /// The value of the header `Allow`.
    pub fn allowed_methods(&self) -> String {
        self.0.allowed_methods().to_owned()
    }

    /// How the provider wants to be answered.
    pub fn answer_form(&self) -> String {
        self.0.answer_form().as_str().to_owned()
    }

    /// Whether deliveries have to be tried as handshakes.
    pub fn has_unsigned_posts(&self) -> bool {
        self.0.has_unsigned_posts()
    }

    /// Reports what answers a handshake that is not signed; 0 if it is none, -1 if it is refused.
    pub fn handshake(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let Some(reply) = self.0.handshake(&input.request())? else {
                return Ok(0);
            };
            output.text.push_str(&written::handshake(&reply));
            Ok(1)
        })
    }

    /// Seconds in the past that are tolerated.
    pub fn past(&self) -> Option<f64> {
        self.0.tolerance().past().map(|seconds| seconds as f64)
    }

    /// Seconds in the future that are tolerated.
    pub fn future(&self) -> Option<f64> {
        self.0.tolerance().future().map(|seconds| seconds as f64)
    }

    /// The scheme's name.
    pub fn scheme_name(&self) -> String {
        self.0.scheme_name().to_owned()
    }

    /// The headers that are read, in lower case, a line each.
    pub fn header_names(&self) -> String {
        lines(self.0.header_names().into_iter())
    }

    /// How long dedupe keys must be remembered, in seconds.
    pub fn dedupe_lifetime(&self) -> f64 {
        self.0.dedupe_lifetime().as_secs_f64()
    }

    /// Verifies, then parses and reports the event, if that is wanted; the index of the secret that
    /// fits, or -1.
    pub fn verify(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
        parse: bool,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let verified = self.0.verify(&input.request(), instant(now))?;
            if parse {
                output.event(&verified.event()?, input.body);
            }
            Ok(verified.key_index())
        })
    }

    /// Whether the body is needed to report what is known of a request.
    pub fn is_described_by_body(&self) -> bool {
        self.0.has_timestamp_in_body()
    }

    /// Reports what the headers say of a request that this secret verified before, or parses it and
    /// reports the event.
    pub fn report(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        key_index: usize,
        parse: bool,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let verified = self.0.assume_verified(&input.request(), key_index)?;
            if parse {
                output.event(&verified.event()?, input.body);
            } else {
                output.verified(&verified);
            }
            Ok(key_index)
        })
    }

    /// Whether the signature is in the body.
    pub fn signs_in_body(&self) -> bool {
        self.0.signs_in_body()
    }

    /// For senders, which sign headers.
    ///
    /// # Errors
    /// `malformed_scheme`.
    pub fn check_signs_headers(&self) -> Result<(), JsValue> {
        self.0.check_signs_headers().map_err(thrown)
    }

    /// Signs, and reports the body with its signature in it.
    pub fn sign_body(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let signed = self.0.sign_body(&input.message(), instant(now))?;
            output
                .text
                .push_str(core::str::from_utf8(&signed).unwrap_or_default());
            Ok(signed.len())
        })
    }

    /// Reports the URL to call with a message.
    pub fn url_to_call(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let url = self.0.url_to_call(&input.message()).unwrap_or_default();
            output.text.push_str(&url);
            Ok(url.len())
        })
    }

    /// Signs, and reports name and value of each header, a line each.
    pub fn sign(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
    ) -> i32 {
        exchange.call(entries, texts, body, |input, output| {
            let headers = self.0.sign_message(&input.message(), instant(now))?;
            for (name, value) in &headers {
                for line in [name, value] {
                    output.text.push_str(line);
                    output.text.push('\n');
                }
            }
            Ok(headers.len())
        })
    }
}
