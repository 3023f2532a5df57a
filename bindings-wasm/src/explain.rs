//! Why a request is refused, and which schemes its headers fit.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::{Error, Request, Scheme, Secret, Tolerance, Webhook};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::description::describe;
use crate::failure::thrown;
use crate::seconds::instant;

/// A webhook and a request, part by part. What a report is about is small and rare, so that its
/// parts cross one by one.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct ExplainHandle {
    name: Option<String>,
    /// Keys and values in turn.
    description: Vec<String>,
    secrets: Vec<SecretText>,
    tolerance: Option<Tolerance>,
    headers: Vec<(String, String)>,
    method: Option<String>,
    url: Option<String>,
    key: Option<String>,
}

enum SecretText {
    Text(Zeroizing<String>),
    Key(Zeroizing<Vec<u8>>),
}

impl core::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretText(..)")
    }
}

#[wasm_bindgen]
impl ExplainHandle {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A registered scheme.
    pub fn set_name(&mut self, name: String) {
        self.name = Some(name);
    }

    /// A key of a description and its value.
    pub fn add_field(&mut self, key: String, value: String) {
        self.description.extend([key, value]);
    }

    /// A secret as text.
    pub fn add_secret(&mut self, text: String) {
        self.secrets.push(SecretText::Text(text.into()));
    }

    /// A secret as the bytes of its key.
    pub fn add_key(&mut self, key: Vec<u8>) {
        self.secrets.push(SecretText::Key(key.into()));
    }

    /// Seconds; `None` is unchecked.
    pub fn set_tolerance(&mut self, past: Option<f64>, future: Option<f64>) {
        let seconds = |side: Option<f64>| side.map(|seconds| seconds as u64);
        self.tolerance = Some(Tolerance::from_sides(seconds(past), seconds(future)));
    }

    /// A header of the request.
    pub fn add_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// What the request has besides headers and body, and the key that was fetched for it.
    pub fn set_context(
        &mut self,
        method: Option<String>,
        url: Option<String>,
        key: Option<String>,
    ) {
        (self.method, self.url, self.key) = (method, url, key);
    }

    /// The report as JSON.
    ///
    /// # Errors
    /// As of a webhook: the scheme's, then that of the first secret that has one.
    pub fn explain(&self, body: &[u8], now: f64) -> Result<String, JsValue> {
        let webhook = self.webhook().map_err(thrown)?;
        let request = Request::new(&self.headers, body)
            .method(self.method.as_deref())
            .url(self.url.as_deref())
            .key(self.key.as_deref().map(str::as_bytes));
        Ok(webhook.explain(&request, instant(now)).to_json())
    }

    fn webhook(&self) -> Result<Webhook, Error> {
        let scheme = match &self.name {
            Some(name) => Scheme::named(name)?,
            None => {
                let texts = self.description.iter().map(|text| &**text);
                Scheme::try_from(&describe(texts))?
            }
        };
        let mut secrets = Vec::new();
        for text in &self.secrets {
            let secret = match text {
                SecretText::Text(text) => Secret::parse(text)?,
                SecretText::Key(key) => Secret::from_bytes(key)?,
            };
            Webhook::new(scheme.clone(), [secret.clone()])?;
            secrets.push(secret);
        }
        let webhook = Webhook::new(scheme, secrets)?;
        Ok(match self.tolerance {
            Some(tolerance) => webhook.with_tolerance(tolerance),
            None => webhook,
        })
    }
}

/// The names of the schemes that the headers of this fit, a line each.
#[wasm_bindgen]
pub fn detect_schemes(request: &ExplainHandle) -> String {
    countersign::explain::detect(&request.headers).join("\n")
}
