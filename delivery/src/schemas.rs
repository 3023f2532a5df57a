//! What the payloads that are sent must be, by event type.

use countersign::{ConfigurationError, PayloadError, Routes};
use jsonschema::{Draft, Validator};
use serde::Deserialize;
use serde_json::Value;

/// JSON Schemas 2020-12 by pattern of event types.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    routes: Routes,
    /// By the numbers of `routes`.
    validators: Vec<Validator>,
}

impl Schemas {
    pub(crate) fn add(&mut self, pattern: &str, schema: &Value) -> Result<(), ConfigurationError> {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            // In 2020-12 a format is a note to the reader.
            .should_validate_formats(false)
            .offline()
            .build(schema)
            .map_err(|_| ConfigurationError::MalformedSchema)?;
        self.routes.add(pattern)?;
        self.validators.push(validator);
        Ok(())
    }

    /// # Errors
    /// `schema_mismatch`.
    pub(crate) fn check(&self, event_type: &str, payload: &[u8]) -> Result<(), PayloadError> {
        let Some(number) = self.routes.find(Some(event_type)) else {
            return Ok(());
        };
        let mut reader = serde_json::Deserializer::from_slice(payload);
        let payload = Value::deserialize(&mut reader).and_then(|value| {
            reader.end()?;
            Ok(value)
        });
        match payload {
            Ok(payload) if self.validators[number].is_valid(&payload) => Ok(()),
            // What is no JSON fits no schema.
            _ => Err(PayloadError::SchemaMismatch),
        }
    }
}
