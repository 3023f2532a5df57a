//! The template of a scheme that a program describes: what its description reads, where it reads it.
//! `bindings-wasm/js/sample-described.ts` does the same.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::template::{FORM, JSON, Template, TemplateBody};
use crate::payload::push_string;
use crate::scheme::{Definition, Part, PayloadForm, Source, TimestampFormat};

const ID: &str = r#""{{id}}""#;
const TYPE: &str = r#""{{type}}""#;
const TIME: &str = r#""{{time}}.{{thousandths}}Z""#;
const TEXT: &str = r#""Example""#;
const DATA: &str = r#"{"name":"Example"}"#;

pub(super) fn template(definition: &Definition) -> Template {
    let mut made = Made::new(definition);
    // What comes first keeps its place: what is signed or read, before what is only usual.
    if let Some(in_body) = &definition.in_body {
        made.field(&in_body.paths[0].text, "\"\"");
    }
    if let Some(path) = definition.timestamp_field {
        let time = time(definition.timestamp_format);
        made.field(&definition.paths[path].text, time);
    }
    let (id, event_type) = (first(&definition.event_id), first(&definition.event_type));
    // Joined texts are no time.
    let event_time = first(&definition.event_time);
    let event_time = event_time.filter(|source| !matches!(source, Source::Joined(_)));
    made.source(id, ID);
    made.source(first(&definition.dedupe), ID);
    made.source(event_type, TYPE);
    made.source(event_time, time(definition.event_time_format));
    let signed = definition.in_body.iter().flat_map(|it| &it.paths[1..]);
    signed.for_each(|path| made.field(&path.text, TEXT));

    for (name, source, json) in [
        ("id", id, ID),
        ("type", event_type, TYPE),
        ("timestamp", event_time, TIME),
    ] {
        if !matches!(source, Some(Source::Body(_) | Source::Joined(_))) {
            made.field(name, json);
        }
    }
    if !made.is_form {
        let path = definition.data.map(|path| &*definition.paths[path].text);
        made.field(path.unwrap_or("data"), DATA);
    }
    made.template()
}

/// The source to fill. Several fields that are joined cannot give a text that was chosen, so that they
/// are left out where there is another source.
fn first(sources: &[Source]) -> Option<Source> {
    let mut single = sources
        .iter()
        .filter(|source| !matches!(source, Source::Joined(_)));
    single.next().or(sources.first()).copied()
}

fn time(format: TimestampFormat) -> &'static str {
    match format {
        TimestampFormat::Seconds | TimestampFormat::SecondsOrRfc3339 => "{{seconds}}",
        TimestampFormat::Milliseconds => "{{milliseconds}}",
        TimestampFormat::Rfc3339 => TIME,
    }
}

/// What a template of JSON is as text.
fn unquoted(json: &str) -> String {
    json.trim_matches('"').to_owned()
}

/// Names with their values, in order.
type Object<'d> = Vec<(&'d str, Node<'d>)>;

enum Node<'d> {
    Json(String),
    Object(Object<'d>),
}

struct Made<'d> {
    definition: &'d Definition,
    is_form: bool,
    headers: Vec<(String, String)>,
    fields: Object<'d>,
}

impl<'d> Made<'d> {
    fn new(definition: &'d Definition) -> Self {
        let is_form = match definition.payload {
            PayloadForm::Form => true,
            PayloadForm::JsonOrForm => definition.content.contains(&Part::Form),
            PayloadForm::Json | PayloadForm::JsonBatch => false,
        };
        Self {
            definition,
            is_form,
            headers: Vec::new(),
            fields: Vec::new(),
        }
    }

    fn source(&mut self, source: Option<Source>, json: &str) {
        let definition = self.definition;
        match source {
            Some(Source::Body(path)) => self.field(&definition.paths[path].text, json),
            Some(Source::Joined(paths)) => {
                for path in &definition.joined[paths] {
                    self.field(&definition.paths[*path].text, json);
                }
            }
            Some(Source::Header(index)) => {
                let name = definition.header_name(definition.event_headers[index]);
                self.headers.push((name.as_str().into(), unquoted(json)));
            }
            // Signing writes the header of the id.
            Some(Source::Id) | None => {}
        }
    }

    fn field(&mut self, path: &'d str, json: &str) {
        // In a form a path is one name, dots included.
        let names = match self.is_form {
            true => vec![path],
            false => path.split('.').collect(),
        };
        put(&mut self.fields, &names, json.into());
    }

    fn template(self) -> Template {
        let (content_type, body) = match self.is_form {
            true => (FORM, TemplateBody::Form(form(self.fields))),
            false => {
                let mut json = String::new();
                push_object(&mut json, &self.fields);
                // The paths that were filled begin at an item.
                if let Some(items) = self.definition.items() {
                    let names: Vec<&str> = items.text.split('.').collect();
                    let mut fields = Vec::new();
                    put(&mut fields, &names, format!("[{json}]"));
                    json.clear();
                    push_object(&mut json, &fields);
                }
                (JSON, TemplateBody::Json(json))
            }
        };
        Template {
            content_type,
            headers: self.headers,
            body,
        }
    }
}

/// Adds the field at these names, unless something is there or on the way.
fn put<'d>(object: &mut Object<'d>, names: &[&'d str], json: String) {
    let [name, inner @ ..] = names else {
        return;
    };
    match object.iter_mut().find(|(known, _)| known == name) {
        Some((_, Node::Object(object))) => put(object, inner, json),
        Some((_, Node::Json(_))) => {}
        None if inner.is_empty() => object.push((name, Node::Json(json))),
        None => {
            let mut fields = Vec::new();
            put(&mut fields, inner, json);
            object.push((name, Node::Object(fields)));
        }
    }
}

fn push_object(json: &mut String, object: &Object<'_>) {
    json.push('{');
    for (index, (name, node)) in object.iter().enumerate() {
        json.push_str(if index > 0 { "," } else { "" });
        push_string(json, name);
        json.push(':');
        match node {
            Node::Json(value) => json.push_str(value),
            Node::Object(inner) => push_object(json, inner),
        }
    }
    json.push('}');
}

fn form(fields: Object<'_>) -> Vec<(String, String)> {
    let fields = fields.into_iter();
    let fields = fields.filter_map(|(name, node)| match node {
        Node::Json(json) => Some((name.into(), unquoted(&json))),
        Node::Object(_) => None,
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::{Request, SignedHeaders};
    use crate::scheme::{HeaderNames, Required, SchemeBuilder};
    use crate::secret::Secret;
    use crate::testing::{SampleRequest, SignedRequest};
    use crate::time::UnixTime;
    use crate::webhook::Webhook;

    const NOW: UnixTime = UnixTime::from_millis(1_764_450_000_123);
    const SIGNATURE: &[HeaderNames<'_>] = &[HeaderNames::new("x-signature")];

    fn in_header() -> SchemeBuilder<'static> {
        SchemeBuilder::new("acme").headers(SIGNATURE)
    }

    /// The request with the id `I1` and the type `T1`, whose event has the latter, which every
    /// description here reads, and this id, dedupe key and time.
    fn made(
        description: SchemeBuilder<'_>,
        id: Option<&str>,
        time: Option<UnixTime>,
    ) -> SignedRequest {
        let scheme = description.build().unwrap();
        let webhook = Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap();
        let request = SampleRequest::new(&webhook).id("I1").event_type("T1");
        let made = request.sign(NOW).unwrap();
        let received = Request::new(&made.headers, &made.body).url(&*made.url);
        let verified = webhook.verify(&received, NOW).unwrap();
        let event = verified.event().unwrap();
        assert_eq!(event.event_type(), Some("T1"));
        assert_eq!(event.id(), id);
        let key = id.map(|id| format!("acme:{id}"));
        assert_eq!(event.dedupe_key(), key.as_deref());
        assert_eq!(event.timestamp(), time);
        made
    }

    fn body(made: &SignedRequest) -> &str {
        core::str::from_utf8(&made.body).unwrap()
    }

    fn has(headers: &SignedHeaders, name: &str, value: &str) -> bool {
        headers.contains(&(name.into(), value.into()))
    }

    #[test]
    fn the_usual_fields_are_where_no_source_says_otherwise() {
        let description = in_header().event_type(&["body:type"]);
        let made = made(description, None, None);
        let usual = r#"{"type":"T1","id":"I1","timestamp":"2025-11-29T21:00:00.123Z","data":{"name":"Example"}}"#;
        assert_eq!(body(&made), usual);
        assert!(has(&made.headers, "content-type", "application/json"));
    }

    #[test]
    fn the_attempt_timestamp_is_in_the_body() {
        for (format, written) in [
            (TimestampFormat::Seconds, r#"{"ts":1764450000,"#),
            (TimestampFormat::Milliseconds, r#"{"ts":1764450000123,"#),
            (
                TimestampFormat::Rfc3339,
                r#"{"ts":"2025-11-29T21:00:00.123Z","#,
            ),
        ] {
            let description = in_header().timestamp_field("ts").timestamp_format(format);
            let made = made(description.event_type(&["body:type"]), None, None);
            assert!(body(&made).starts_with(written));
        }
    }

    #[test]
    fn a_form_is_a_form() {
        let seconds = UnixTime::from_seconds(NOW.seconds());
        for description in [
            in_header().payload(PayloadForm::Form),
            in_header()
                .payload(PayloadForm::JsonOrForm)
                .content("{url}{form}"),
        ] {
            let description = description
                .event_id(&["body:event.id"])
                .event_type(&["body:event.name"])
                .event_time(&["body:at"], TimestampFormat::Seconds);
            let made = made(description, Some("I1"), Some(seconds));
            assert_eq!(body(&made), "event.id=I1&event.name=T1&at=1764450000");
            let form = "application/x-www-form-urlencoded";
            assert!(has(&made.headers, "content-type", form));
        }
        let either = in_header().payload(PayloadForm::JsonOrForm);
        let made = made(either.event_type(&["body:type"]), None, None);
        assert!(body(&made).starts_with('{'));
    }

    #[test]
    fn headers_that_are_sources_are_sent() {
        let description = in_header()
            .event_id(&["header:x-id", "body:id"])
            .event_type(&["header:x-type"])
            .event_time(&["header:x-time"], TimestampFormat::Milliseconds)
            .dedupe(&["header:x-delivery"]);
        let made = made(description, Some("I1"), Some(NOW));
        for (name, value) in [
            ("x-id", "I1"),
            ("x-type", "T1"),
            ("x-time", "1764450000123"),
            ("x-delivery", "I1"),
        ] {
            assert!(has(&made.headers, name, value), "{name}");
        }
    }

    #[test]
    fn headers_that_are_sources_are_sent_with_a_payload_too() {
        let scheme = in_header().event_type(&["header:x-type"]).build().unwrap();
        let webhook = Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap();
        let request = SampleRequest::new(&webhook).event_type("T1");
        let made = request.payload(b"{}").sign(NOW).unwrap();
        assert_eq!(made.body, b"{}");
        assert!(has(&made.headers, "x-type", "T1"));
    }

    #[test]
    fn fields_are_at_the_paths_of_their_sources() {
        let description = in_header()
            .event_id(&["body:event.id", "body:id"])
            .event_type(&["body:event.name"])
            .event_time(&["body:event.at"], TimestampFormat::Rfc3339)
            .data("event.data")
            .required(&[Required::Id, Required::Type]);
        let made = made(description, Some("I1"), Some(NOW));
        let nested = r#"{"event":{"id":"I1","name":"T1","at":"2025-11-29T21:00:00.123Z","data":{"name":"Example"}}}"#;
        assert_eq!(body(&made), nested);
    }

    #[test]
    fn what_is_read_is_not_displaced_by_what_is_usual() {
        let id = HeaderNames::new("x-signature").id("x-id");
        let description = in_header()
            .headers(core::slice::from_ref(&id))
            .event_id(&["id"])
            .event_type(&["body:id"])
            .event_time(
                &["joined:a,b", "body:timestamp.at"],
                TimestampFormat::Milliseconds,
            )
            .data("id.deeper");
        let made = made(description, Some("I1"), Some(NOW));
        let written = r#"{"id":"T1","timestamp":{"at":1764450000123}}"#;
        assert_eq!(body(&made), written);
    }

    #[test]
    fn joined_fields_are_there_where_there_is_no_other_source() {
        let description = in_header()
            .event_id(&["joined:a,b"])
            .event_type(&["joined:c,d", "body:e"])
            .event_time(&["joined:f,g"], TimestampFormat::Seconds);
        let made = made(description, Some("I1:I1"), None);
        assert!(body(&made).starts_with(r#"{"a":"I1","b":"I1","e":"T1","timestamp":"#));
    }

    #[test]
    fn a_signature_in_the_body_covers_fields_that_are_there() {
        let description = SchemeBuilder::new("acme")
            .signature_field("proof.hash")
            .content("{field:proof.at}{field:event.id}{field:data}")
            .timestamp_field("proof.at")
            .event_id(&["body:event.id"])
            .event_type(&["body:event.name"]);
        let made = made(description, Some("I1"), None);
        let fields = r#","at":"1764450000"},"event":{"id":"I1","name":"T1"},"data":"Example","#;
        assert!(body(&made).contains(fields), "{}", body(&made));
    }

    #[test]
    fn one_item_is_signed() {
        let description = SchemeBuilder::new("acme")
            .signature_items("all.items")
            .signature_field("hash")
            .content("{field:order}")
            .event_id(&["body:event.id"])
            .event_type(&["body:event.name"]);
        let made = made(description, Some("I1"), None);
        assert!(body(&made).starts_with(r#"{"all":{"items":[{"hash":""#));
        assert!(body(&made).contains(r#","order":"Example","#));
    }
}
