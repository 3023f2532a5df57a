//! What a provider sends, as a template.

use alloc::string::String;

use super::samples::{FAMILIES, OF_NO_PROVIDER};
use super::template::{FORM, JSON, Template, TemplateBody};

/// A request of a provider without its signature: headers and body with places for what each test may
/// want otherwise.
///
/// Places are `{{id}}`, `{{delivery_id}}`, `{{type}}`, and of the time `{{seconds}}`,
/// `{{milliseconds}}`, `{{time}}` (as `2026-11-29T12:00:00`) and `{{thousandths}}` of its second. In
/// JSON they stand within strings and are escaped for it, but `{{id_value}}`, which is a number if the
/// id is one and else a string.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Sample {
    /// The name of the scheme.
    pub scheme: &'static str,
    /// Types that begin with this choose the sample; of the scheme's first sample it is empty.
    pub for_types: &'static str,
    /// The type of the event, empty if the provider has none.
    pub event_type: &'static str,
    /// The id of the event, or of the delivery where events have none; empty if there is neither.
    pub id: &'static str,
    /// The id of the delivery, where it is another; else empty.
    pub delivery_id: &'static str,
    /// The header `content-type`.
    pub content_type: &'static str,
    /// The other headers that are not of the signature, names in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body.
    pub body: SampleBody,
}

/// The body of a [`Sample`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SampleBody {
    /// JSON that is sent without the white space between its parts.
    Compact(&'static str),
    /// JSON that is sent as it is written.
    Written(&'static str),
    /// The names and values of a form.
    Form(&'static [(&'static str, &'static str)]),
}

/// All samples, those of a scheme beside each other.
pub fn samples() -> impl Iterator<Item = &'static Sample> {
    FAMILIES.iter().copied().flatten()
}

impl Sample {
    pub(super) const fn new(scheme: &'static str, event_type: &'static str) -> Self {
        Self {
            scheme,
            for_types: "",
            event_type,
            id: "",
            delivery_id: "",
            content_type: JSON,
            headers: &[],
            body: SampleBody::Compact("{}"),
        }
    }

    pub(super) const fn for_types(mut self, prefix: &'static str) -> Self {
        self.for_types = prefix;
        self
    }

    pub(super) const fn id(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    pub(super) const fn delivery_id(mut self, id: &'static str) -> Self {
        self.delivery_id = id;
        self
    }

    pub(super) const fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }

    pub(super) const fn headers(
        mut self,
        headers: &'static [(&'static str, &'static str)],
    ) -> Self {
        self.headers = headers;
        self
    }

    pub(super) const fn json(mut self, body: &'static str) -> Self {
        self.body = SampleBody::Compact(body);
        self
    }

    pub(super) const fn json_as_written(mut self, body: &'static str) -> Self {
        self.body = SampleBody::Written(body);
        self
    }

    pub(super) const fn form(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.content_type = FORM;
        self.body = SampleBody::Form(fields);
        self
    }

    /// The scheme's sample for this type.
    pub(super) fn select(scheme: &str, event_type: Option<&str>) -> &'static Self {
        let event_type = event_type.unwrap_or_default();
        let chosen = samples().find(|sample| {
            sample.scheme == scheme
                && !sample.for_types.is_empty()
                && event_type.starts_with(sample.for_types)
        });
        chosen
            .or_else(|| samples().find(|sample| sample.scheme == scheme))
            .unwrap_or(&OF_NO_PROVIDER)
    }

    /// Whether the body is a form.
    pub fn is_form(&self) -> bool {
        matches!(self.body, SampleBody::Form(_))
    }

    /// The template of a JSON body, as it is sent; `None` for a form.
    pub fn json_template(&self) -> Option<String> {
        match self.body {
            SampleBody::Compact(json) => Some(compact(json)),
            SampleBody::Written(json) => Some(json.into()),
            SampleBody::Form(_) => None,
        }
    }

    pub(super) fn template(&self) -> Template {
        let texts = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect()
        };
        let body = match self.body {
            SampleBody::Form(fields) => TemplateBody::Form(texts(fields)),
            SampleBody::Compact(json) => TemplateBody::Json(compact(json)),
            SampleBody::Written(json) => TemplateBody::Json(json.into()),
        };
        Template {
            content_type: self.content_type,
            headers: texts(self.headers),
            body,
        }
    }
}

/// JSON without white space between its parts.
fn compact(json: &str) -> String {
    let mut within_text = false;
    let mut escaped = false;
    let is_kept = |character: &char| {
        let kept = within_text || !character.is_ascii_whitespace();
        if escaped {
            escaped = false;
        } else if *character == '"' {
            within_text = !within_text;
        } else {
            escaped = within_text && *character == '\\';
        }
        kept
    };
    json.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Scheme;

    #[test]
    fn every_scheme_has_a_sample_and_every_sample_a_scheme() {
        for name in Scheme::names() {
            let mut of_scheme = samples().filter(|sample| sample.scheme == name);
            let first = of_scheme
                .next()
                .unwrap_or_else(|| panic!("{name} has no sample in core/src/testing/samples"));
            assert_eq!(first.for_types, "", "{name}");
            assert!(
                of_scheme.all(|sample| sample.event_type.starts_with(sample.for_types)
                    && !sample.for_types.is_empty()),
                "{name}"
            );
        }
        for sample in samples() {
            assert_eq!(Scheme::named(sample.scheme).unwrap().name(), sample.scheme);
            for (name, _) in sample.headers {
                assert_eq!(*name, name.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn texts_keep_their_white_space() {
        assert_eq!(
            compact("{ \"a b\" : [1,\n \"\\\" \\\\\" ] }"),
            "{\"a b\":[1,\"\\\" \\\\\"]}"
        );
    }
}
