//! The id, type and time of an event, whatever JSON stands in their place.

use countersign::{Error, PayloadError, Request, Secret, Webhook};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{NOW, config, described};

fn webhook(time_format: &str) -> Webhook {
    let scheme = described(&json!({
        "name": "fields",
        "headers": {"signature": "x-signature"},
        "event_id": ["body:first_id", "header:x-id", "body:last_id"],
        "event_type": "body:kind",
        "event_time": "body:at",
        "event_time_format": time_format,
    }));
    Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap()
}

fn field() -> impl Strategy<Value = Option<Value>> {
    prop::option::of(prop_oneof![
        any::<String>().prop_map(Value::from),
        select(vec![
            "",
            "evt_1",
            "2023-11-14T22:13:20Z",
            "1970-01-01T00:00:00.25+00:00",
            "0"
        ])
        .prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(json!(1.5)),
        Just(Value::Null),
        Just(json!([])),
        Just(json!({"kind": "nested"})),
    ])
}

fn present(field: &Option<Value>) -> Option<&Value> {
    field.as_ref().filter(|value| !value.is_null())
}

/// What an id must be, by the rules: a string that is not empty, or an integer as written.
fn expected_id(value: &Value, name: &str) -> Result<String, String> {
    match value {
        Value::String(text) if text.is_empty() => Err(format!("the field {name} is empty")),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        _ => Err(format!("the field {name} is not a string or integer")),
    }
}

fn expected_type(value: &Value) -> Result<String, String> {
    match value.as_str() {
        Some("") => Err("the field kind is empty".to_owned()),
        Some(text) => Ok(text.to_owned()),
        None => Err("the field kind is not a string".to_owned()),
    }
}

/// Only integers of at most 19 digits are Unix times.
fn expected_seconds(value: &Value) -> Result<u64, String> {
    let seconds = value.as_u64().filter(|seconds| *seconds < 10_u64.pow(19));
    seconds.ok_or_else(|| "the field at is not a Unix time in whole seconds".to_owned())
}

type Expected = (Option<String>, Option<String>, Option<u64>);

fn expected(
    ids: [&Option<Value>; 2],
    header: Option<&str>,
    kind: &Option<Value>,
    at: &Option<Value>,
) -> Result<Expected, String> {
    let id = match (present(ids[0]), header, present(ids[1])) {
        (Some(value), _, _) => Some(expected_id(value, "first_id")?),
        (None, Some(header), _) => Some(header.to_owned()),
        (None, None, Some(value)) => Some(expected_id(value, "last_id")?),
        (None, None, None) => None,
    };
    let kind = present(kind).map(expected_type).transpose()?;
    let at = present(at).map(expected_seconds).transpose()?;
    Ok((id, kind, at))
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn the_first_source_that_is_there_counts(
        first_id in field(),
        header in prop::option::of("[!-~]{1,20}"),
        last_id in field(),
        kind in field(),
        at in field(),
    ) {
        let mut payload = json!({});
        let members = [("first_id", &first_id), ("last_id", &last_id), ("kind", &kind), ("at", &at)];
        for (name, value) in members {
            if let Some(value) = value {
                payload[name] = value.clone();
            }
        }
        let body = payload.to_string();
        let webhook = webhook("seconds");
        let mut headers = webhook.sign(None, NOW, body.as_bytes()).unwrap();
        headers.extend(header.clone().map(|id| ("X-Id".to_owned(), id)));
        let request = Request::new(&headers, body.as_bytes());
        let verified = webhook.verify(&request, NOW).unwrap();
        prop_assert_eq!(verified.id(), header.as_deref());

        let actual = verified.event().map(|event| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            (text(event.id()), text(event.event_type()), event.timestamp().map(countersign::UnixTime::seconds))
        });
        let expected = expected([&first_id, &last_id], header.as_deref(), &kind, &at);
        prop_assert_eq!(actual.map_err(|error: PayloadError| error.to_string()), expected);
    }
}

/// No two errors share a code, of whatever class they are.
#[test]
fn codes_are_unique() {
    let mut codes: Vec<_> = Error::codes().map(|(code, _)| code).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}
