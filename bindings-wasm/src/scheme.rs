//! Schemes, secrets and tolerances.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use countersign::scheme::ToleranceDescription;
use countersign::{Scheme, Secret, Webhook};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::description::describe;
use crate::exchange::Exchange;
use crate::failure::thrown;
use crate::report::lines;

/// A scheme that was checked.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SchemeHandle(pub(crate) Scheme);

#[wasm_bindgen]
impl SchemeHandle {
    /// Other names of a registered scheme, a line each; empty if there are none.
    pub fn aliases(&self) -> String {
        lines(self.0.aliases().iter().copied())
    }

    /// Whether the description was read at the provider's own.
    pub fn is_confirmed(&self) -> bool {
        self.0.is_confirmed()
    }

    /// A registered scheme.
    ///
    /// # Errors
    /// `unknown_scheme`.
    pub fn named(name: &str) -> Result<Self, JsValue> {
        Scheme::named(name).map(Self).map_err(thrown)
    }

    /// The scheme of a description, given as texts of the exchange: keys and values in turn.
    ///
    /// Lists repeat their key; `headers.signature` begins a header set; `dedupe.none` is
    /// the empty list. The keys and types were checked in TypeScript.
    ///
    /// # Errors
    /// `malformed_scheme`.
    pub fn described(
        exchange: &Exchange,
        entries: usize,
        texts: usize,
        checks_timestamps: bool,
        past: Option<f64>,
        future: Option<f64>,
    ) -> Result<Self, JsValue> {
        let mut description = describe(exchange.input(entries, texts, 0).texts());
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

/// The names of the registered schemes, a line each.
#[wasm_bindgen]
pub fn scheme_names() -> String {
    lines(Scheme::names())
}

/// A secret that stays in linear memory, and is wiped when freed.
#[wasm_bindgen]
pub struct SecretHandle {
    secret: Secret,
    /// As it was given, for the module that has other schemes.
    given: Zeroizing<Vec<u8>>,
    is_text: bool,
}

#[wasm_bindgen]
impl SecretHandle {
    /// A secret as the provider shows it, in UTF-8, or as the bytes of its key.
    ///
    /// # Errors
    /// `empty_secret`, `malformed_secret`.
    #[wasm_bindgen(constructor)]
    pub fn new(given: Vec<u8>, is_text: bool) -> Result<Self, JsValue> {
        let given = Zeroizing::new(given);
        let secret = match is_text {
            true => Secret::parse(core::str::from_utf8(&given).unwrap_or_default()),
            false => Secret::from_bytes(&given),
        };
        let secret = secret.map_err(thrown)?;
        Ok(Self {
            secret,
            given,
            is_text,
        })
    }

    /// As it was given; whoever asks wipes it.
    pub fn given(&self) -> Vec<u8> {
        self.given.to_vec()
    }

    /// Whether that is text.
    pub fn is_text(&self) -> bool {
        self.is_text
    }
}

impl SecretHandle {
    pub(crate) fn secret(&self) -> Secret {
        self.secret.clone()
    }
}

impl core::fmt::Debug for SecretHandle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.secret.fmt(f)
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
        Webhook::new(scheme.0.clone(), vec![secret.secret()]).map_err(thrown)?;
        self.0.push(secret.secret());
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
