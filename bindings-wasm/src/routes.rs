//! What belongs to patterns of event types.

use alloc::string::String;

use countersign::Routes;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::thrown;

/// Patterns of event types.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct RoutesHandle(Routes);

#[wasm_bindgen]
impl RoutesHandle {
    /// No patterns.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The pattern's number.
    ///
    /// # Errors
    /// `malformed_pattern`, `duplicate_handler`.
    pub fn add(&mut self, pattern: &str) -> Result<usize, JsValue> {
        self.0.add(pattern).map_err(thrown)
    }

    /// The number of the pattern that fits best.
    pub fn find(&self, event_type: Option<String>) -> Option<usize> {
        self.0.find(event_type.as_deref())
    }
}
