//! Verifying, parsing and signing, on the input of the exchange.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use countersign::{Message, Request, Tolerance, VerificationError, Verified, Webhook};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::exchange::{Exchange, Input, Lengths, NamedHeaders, instant};
use crate::failure::thrown;
use crate::scheme::{SchemeHandle, SecretList};

/// A webhook, and the names of the headers that it reads, which the entries of the input count by.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebhookHandle {
    webhook: Webhook,
    header_names: Vec<String>,
}

#[wasm_bindgen]
impl WebhookHandle {
    /// A webhook with its scheme's tolerance. The list of secrets is empty afterwards.
    ///
    /// # Errors
    /// `no_secrets`, `empty_secret`, `malformed_secret`.
    #[wasm_bindgen(constructor)]
    pub fn new(scheme: &SchemeHandle, secrets: &mut SecretList) -> Result<Self, JsValue> {
        let secrets = core::mem::take(&mut secrets.0);
        let webhook = Webhook::new(scheme.0.clone(), secrets).map_err(thrown)?;
        let names = webhook.header_names();
        Ok(Self {
            header_names: names.into_iter().map(str::to_owned).collect(),
            webhook,
        })
    }

    /// Sets the tolerance in seconds; `None` is unchecked.
    pub fn set_tolerance(&mut self, past: Option<f64>, future: Option<f64>) {
        let seconds = |side: Option<f64>| side.map(|seconds| seconds as u64);
        let tolerance = Tolerance::from_sides(seconds(past), seconds(future));
        self.webhook = self.webhook.clone().with_tolerance(tolerance);
    }

    /// Seconds in the past that are tolerated.
    pub fn past(&self) -> Option<f64> {
        self.webhook
            .tolerance()
            .past()
            .map(|seconds| seconds as f64)
    }

    /// Seconds in the future that are tolerated.
    pub fn future(&self) -> Option<f64> {
        let future = self.webhook.tolerance().future();
        future.map(|seconds| seconds as f64)
    }

    /// The scheme's name.
    pub fn scheme_name(&self) -> String {
        self.webhook.scheme_name().to_owned()
    }

    /// The headers that are read, in lower case.
    pub fn header_names(&self) -> Vec<String> {
        self.header_names.clone()
    }

    /// How long dedupe keys must be remembered, in seconds.
    pub fn dedupe_lifetime(&self) -> f64 {
        self.webhook.dedupe_lifetime().as_secs_f64()
    }

    /// Verifies; the index of the secret that fits, or -1.
    pub fn verify(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
    ) -> i32 {
        let lengths = Lengths {
            entries,
            texts,
            body,
        };
        exchange.call(lengths, |input, _| {
            self.verified(input, now, |verified| {
                Ok::<_, VerificationError>(verified.key_index())
            })
        })
    }

    /// Verifies, and reports what the headers say of the request.
    pub fn describe(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
    ) -> i32 {
        let lengths = Lengths {
            entries,
            texts,
            body,
        };
        exchange.call(lengths, |input, output| {
            self.verified(input, now, |verified| {
                output.verified(verified);
                Ok::<_, VerificationError>(verified.key_index())
            })
        })
    }

    /// Verifies and parses, and reports the event.
    pub fn unwrap(
        &self,
        exchange: &mut Exchange,
        entries: usize,
        texts: usize,
        body: usize,
        now: f64,
    ) -> i32 {
        let lengths = Lengths {
            entries,
            texts,
            body,
        };
        exchange.call(lengths, |input, output| {
            self.verified(input, now, |verified| {
                let event = verified.event()?;
                output.event(&event, input.body);
                Ok::<_, countersign::Error>(verified.key_index())
            })
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
        let lengths = Lengths {
            entries,
            texts,
            body,
        };
        exchange.call(lengths, |input, output| {
            let message = Message::new(input.body)
                .id(input.id())
                .method(input.method())
                .url(input.url());
            let headers = self.webhook.sign_message(&message, instant(now))?;
            for (name, value) in &headers {
                for line in [name, value] {
                    output.text.push_str(line);
                    output.text.push('\n');
                }
            }
            Ok::<_, VerificationError>(headers.len())
        })
    }

    fn verified<T, E: From<VerificationError>>(
        &self,
        input: &Input<'_>,
        now: f64,
        then: impl FnOnce(&Verified<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let headers = NamedHeaders {
            names: &self.header_names,
            input,
        };
        let request = Request::new(&headers, input.body)
            .method(input.method())
            .url(input.url());
        then(&self.webhook.verify(&request, instant(now))?)
    }
}
