//! What payloads must be, by event type.

use countersign::{ConfigurationError, PayloadError, Routes};
use jsonschema::{Draft, Validator};
use serde::Deserialize;
use serde_json::Value;

use crate::event::ReceivedEvent;

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
    pub(crate) fn check(&self, event: &ReceivedEvent) -> Result<(), PayloadError> {
        let Some(number) = self.routes.find(event.event_type()) else {
            return Ok(());
        };
        // The core has read the payload. What it takes and this reader does not is a number beyond
        // the range of f64 or half of a surrogate pair, which no schema can say anything of.
        let payload = payload(event).map_err(|_| PayloadError::SchemaMismatch)?;
        match self.validators[number].is_valid(&payload) {
            true => Ok(()),
            false => Err(PayloadError::SchemaMismatch),
        }
    }
}

fn payload(event: &ReceivedEvent) -> serde_json::Result<Value> {
    if event.is_form() {
        let fields = form_urlencoded::parse(event.payload());
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        return Ok(Value::Object(fields.collect()));
    }
    let mut reader = serde_json::Deserializer::from_slice(event.payload());
    // The core has bounded the depth.
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}
