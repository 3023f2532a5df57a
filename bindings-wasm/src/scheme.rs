//! Schemes, secrets and tolerances.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use countersign::scheme::{Description, HeaderSetDescription, OneOrMany, ToleranceDescription};
use countersign::{Scheme, Secret, Webhook};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::failure::thrown;

/// A scheme that was checked.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SchemeHandle(pub(crate) Scheme);

#[wasm_bindgen]
impl SchemeHandle {
    /// A registered scheme.
    ///
    /// # Errors
    /// `unknown_scheme`.
    pub fn named(name: &str) -> Result<Self, JsValue> {
        Scheme::named(name).map(Self).map_err(thrown)
    }

    /// The scheme of a description, given as keys and values in turn.
    ///
    /// Lists repeat their key; `headers.signature` begins a header set; `dedupe.none` is
    /// the empty list. The keys and types were checked in TypeScript.
    ///
    /// # Errors
    /// `malformed_scheme`.
    pub fn described(
        texts: Vec<String>,
        checks_timestamps: bool,
        past: Option<f64>,
        future: Option<f64>,
    ) -> Result<Self, JsValue> {
        let mut description = describe(texts);
        if checks_timestamps {
            let mut tolerance = ToleranceDescription::default();
            tolerance.past = past.map(|seconds| seconds as u64);
            tolerance.future = future.map(|seconds| seconds as u64);
            description.tolerance = Some(tolerance);
        }
        Scheme::try_from(&description).map(Self).map_err(thrown)
    }

    /// The scheme's name.
    pub fn name(&self) -> String {
        self.0.name().to_owned()
    }
}

fn describe(texts: Vec<String>) -> Description {
    let mut description = Description::default();
    let mut sets: Vec<HeaderSetDescription> = Vec::new();
    let mut texts = texts.into_iter();
    while let (Some(key), Some(value)) = (texts.next(), texts.next()) {
        match (key.as_str(), sets.last_mut()) {
            ("name", _) => description.name = value,
            ("headers.signature", _) => {
                let mut set = HeaderSetDescription::default();
                set.signature = value;
                sets.push(set);
            }
            ("headers.id", Some(set)) => set.id = Some(value),
            ("headers.timestamp", Some(set)) => set.timestamp = Some(value),
            ("prefix", _) => description.prefix = value,
            ("separator", _) => description.separator = Some(value),
            ("timestamp_label", _) => description.timestamp_label = Some(value),
            ("algorithm", _) => description.algorithm = Some(value),
            ("encoding", _) => description.encoding = Some(value),
            ("key", _) => description.key = Some(value),
            ("secret_prefix", _) => description.secret_prefix = value,
            ("content", _) => description.content = Some(value),
            ("timestamp_format", _) => description.timestamp_format = Some(value),
            ("payload", _) => description.payload = Some(value),
            ("event_id", _) => append(&mut description.event_id, value),
            ("event_type", _) => append(&mut description.event_type, value),
            ("event_time", _) => append(&mut description.event_time, value),
            ("dedupe.none", _) => description.dedupe = Some(OneOrMany::default()),
            ("dedupe", _) => append(description.dedupe.get_or_insert_default(), value),
            ("event_time_format", _) => description.event_time_format = Some(value),
            ("required", _) => description.required.push(value),
            ("data", _) => description.data = Some(value),
            _ => {}
        }
    }
    description.headers = OneOrMany::Many(sets);
    description
}

fn append(list: &mut OneOrMany<String>, value: String) {
    if let OneOrMany::Many(values) = list {
        values.push(value);
    }
}

/// The names of the registered schemes.
#[wasm_bindgen]
pub fn scheme_names() -> Vec<String> {
    Scheme::names().map(str::to_owned).collect()
}

/// A secret that stays in linear memory, and is wiped when freed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SecretHandle(Secret);

#[wasm_bindgen]
impl SecretHandle {
    /// # Errors
    /// `empty_secret`, `malformed_secret`.
    pub fn parse(text: String) -> Result<Self, JsValue> {
        let text = Zeroizing::new(text);
        Secret::parse(&text).map(Self).map_err(thrown)
    }

    /// # Errors
    /// `empty_secret`.
    pub fn from_bytes(key: Vec<u8>) -> Result<Self, JsValue> {
        let key = Zeroizing::new(key);
        Secret::from_bytes(&key).map(Self).map_err(thrown)
    }
}

/// Secrets in order, before they are a webhook's.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct SecretList(pub(crate) Vec<Secret>);

#[wasm_bindgen]
impl SecretList {
    /// An empty list.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a copy of the secret, if it is of the form that the scheme's keys have.
    ///
    /// # Errors
    /// `malformed_secret`, `empty_secret`.
    pub fn push(&mut self, secret: &SecretHandle, scheme: &SchemeHandle) -> Result<(), JsValue> {
        Webhook::new(scheme.0.clone(), [secret.0.clone()]).map_err(thrown)?;
        self.0.push(secret.0.clone());
        Ok(())
    }
}

/// The text of a new secret, from 32 bytes of entropy; `None` if there are not as many.
#[wasm_bindgen]
pub fn generate_secret(entropy: Vec<u8>) -> Option<String> {
    let entropy = Zeroizing::new(entropy);
    let entropy = entropy.as_slice().try_into().ok()?;
    Some(Secret::generate(entropy).to_string())
}
