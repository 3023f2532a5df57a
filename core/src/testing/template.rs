//! What is sent, with places for what each test may want otherwise.

use alloc::string::String;
use alloc::vec::Vec;

use super::fill::Values;

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A request without its signature, of a provider's sample or made of a description.
pub(super) struct Template {
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: TemplateBody,
}

pub(super) enum TemplateBody {
    Json(String),
    Form(Vec<(String, String)>),
}

impl Template {
    pub(super) fn body(&self, values: &Values<'_>) -> String {
        match &self.body {
            TemplateBody::Json(json) => values.fill_json(json),
            TemplateBody::Form(fields) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    form.append_pair(name, &values.fill_text(value));
                }
                form.finish()
            }
        }
    }

    /// What the provider would say of this payload.
    pub(super) fn content_type_of(&self, payload: &[u8]) -> &'static str {
        let first = payload.trim_ascii_start().first();
        let is_json = matches!(first, Some(b'{' | b'['));
        let is_form = matches!(self.body, TemplateBody::Form(_));
        match (is_json, is_form) {
            (true, false) | (false, true) => self.content_type,
            (true, true) => JSON,
            (false, false) => FORM,
        }
    }
}
