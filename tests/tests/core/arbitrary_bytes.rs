//! Nothing that a request or a configuration holds makes the core panic.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::Engine as _;
use base64::{alphabet, engine::general_purpose::STANDARD_NO_PAD};
use countersign::scheme::Description;
use countersign::{KeyForm, Request, Scheme, Secret, Tolerance, UnixTime, Webhook};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::{NOW, config, description, plain_scheme, sent, sign_body, subject};

/// Bytes of any kind, more often those that mean something in a header.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        select(vec![
            "v1,",
            "v1=",
            "sha256=",
            "t=",
            "=",
            ",",
            ";",
            " ",
            "1700000000",
            "1700000000000",
            "0",
            "2023-11-14T22:13:20",
            ".5",
            "Z",
            "+00:00",
            "a1B2",
            "AAAA",
            "\t",
            "v2,",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        "[0-9a-f]{40}|[0-9A-F]{64}|[0-9a-f]{128}|[A-Za-z0-9+/]{43}=".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(fragment, 0..8).prop_map(|fragments| fragments.concat())
}

/// Any JSON under the keys of a description.
fn any_description() -> impl Strategy<Value = Value> {
    let word = select(vec![
        "",
        "x-a",
        "v1,",
        "=",
        "t",
        " ",
        ",",
        "id",
        "header:x-a",
        "body:a.b",
        "body:",
        "header:",
        "{body}",
        "{id}{body}",
        "{{{body}",
        "}",
        "hex",
        "base64",
        "text",
        "seconds",
        "form",
        "é=",
        "hmac-sha1",
        "type",
        "\u{feff}",
        "a.b.c.d.e",
    ])
    .prop_map(Value::from);
    let value = prop_oneof![
        4 => word.clone(),
        1 => ".{0,20}".prop_map(Value::from),
        1 => Just(Value::Null),
        2 => prop::collection::vec(word.clone(), 0..6).prop_map(Value::from),
        1 => (prop::option::of(any::<u64>()), prop::option::of(any::<u64>()))
            .prop_map(|(past, future)| json!({"past": past, "future": future})),
        2 => (word.clone(), word.clone(), word)
            .prop_map(|(signature, id, timestamp)| json!({"signature": signature, "id": id,
                "timestamp": timestamp})),
    ];
    let keys = select(vec![
        "name",
        "headers",
        "prefix",
        "separator",
        "timestamp_label",
        "algorithm",
        "encoding",
        "key",
        "secret_prefix",
        "content",
        "timestamp_format",
        "tolerance",
        "payload",
        "event_id",
        "event_type",
        "event_time",
        "dedupe",
        "event_time_format",
        "required",
        "data",
    ]);
    (description(), prop::collection::vec((keys, value), 1..4)).prop_map(|(mut base, changes)| {
        for (key, value) in changes {
            base[key] = value;
        }
        base
    })
}

fn check_secret(form: KeyForm, text: &str, expected_key: Option<Vec<u8>>) {
    let scheme = plain_scheme().key(form).build().unwrap();
    let parsed = Secret::parse(text).and_then(|secret| Webhook::new(scheme, [secret]));
    match (parsed, expected_key) {
        (Ok(webhook), Some(key)) => {
            let scheme = plain_scheme().build().unwrap();
            let same_key = Secret::from_bytes(&key).unwrap();
            let same = Webhook::new(scheme, [same_key]).unwrap();
            assert_eq!(
                sign_body(&webhook, b"x"),
                sign_body(&same, b"x"),
                "{text:?}"
            );
        }
        (Ok(_), None) => panic!("{text:?} is accepted as {form:?}"),
        (Err(error), Some(_)) => panic!("{text:?} is refused as {form:?}: {error}"),
        (Err(error), None) => {
            assert!(matches!(error.code(), "empty_secret" | "malformed_secret"));
            assert!(text.len() < 4 || !error.to_string().contains(text));
        }
    }
}

fn base64_key(text: &str) -> Option<Vec<u8>> {
    let padded = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
    );
    let engine = if text.ends_with('=') {
        padded
    } else {
        STANDARD_NO_PAD
    };
    engine.decode(text).ok().filter(|key| !key.is_empty())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn requests(
        subject in subject(2),
        values in prop::collection::vec((any::<prop::sample::Index>(), header_value()), 0..8),
        body in prop::collection::vec(any::<u8>(), 0..200),
        now in any::<u64>(),
        sides in any::<(Option<u64>, Option<u64>)>(),
    ) {
        let webhook = subject.webhook().with_tolerance(Tolerance::from_sides(sides.0, sides.1));
        let names: Vec<String> = webhook.header_names().into_iter().map(str::to_owned).collect();
        let headers: Vec<_> = values
            .into_iter()
            .map(|(name, value)| (name.get(&names).clone(), value))
            .collect();
        let request = Request::new(&headers, &body).method("POST").url("/");
        let now = UnixTime::from_seconds(now);
        let error = webhook.verify(&request, now).expect_err("garbage was accepted");
        prop_assert!(!error.to_string().is_empty());
    }

    #[test]
    fn authentic_bodies(
        subject in subject(1),
        sent in sent(),
        fragments in prop::collection::vec(select(vec![
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d800", "\"type\"", "\"id\"",
            "\"data\"", "null", "1", "-", "1e5", " ", "\u{feff}", "a=b", "&", "%", "+", "\n", "é",
        ]), 0..40),
    ) {
        let mut sent = sent;
        sent.body = fragments.concat().into_bytes();
        let webhook = subject.webhook();
        let headers = sent.sign(&webhook);
        let verified = sent.verify(&webhook, &headers).unwrap();
        if let Err(error) = verified.event() {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn messages_to_sign(
        subject in subject(1),
        id in prop::option::of(".{0,20}"),
        now in any::<u64>(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let webhook = subject.webhook();
        let now = UnixTime::from_seconds(now);
        let message = countersign::Message::new(&body).id(id.as_deref()).method("PUT").url("/x");
        if let Ok(headers) = webhook.sign_message(&message, now) {
            let request = Request::new(&headers, &body).method("PUT").url("/x");
            prop_assert!(webhook.verify(&request, now).is_ok(), "signed and then refused");
        }
    }

    #[test]
    fn secrets(text in prop_oneof![
        "[A-Za-z0-9+/]{0,12}={0,3}",
        "[0-9a-fA-F]{0,12}",
        "\\PC{0,12}",
        "[ \t\r\n\u{feff}\u{a0}]?[a-z]{0,4}[ \t\r\n\u{feff}\u{a0}]?",
    ]) {
        let is_space = |character: char| character.is_whitespace() || character == '\u{feff}';
        let trimmed = text.trim_matches(is_space) == text && !text.is_empty();
        let allowed = |key: Option<Vec<u8>>| key.filter(|_| trimmed);
        check_secret(KeyForm::Text, &text, allowed(Some(text.clone().into_bytes())));
        check_secret(KeyForm::Base64, &text, allowed(base64_key(&text)));
        check_secret(KeyForm::Hex, &text, allowed(hex::decode(&text).ok()));
    }

    #[test]
    fn descriptions(description in any_description()) {
        let Ok(description) = serde_json::from_value::<Description>(description) else {
            return Ok(());
        };
        match Scheme::try_from(&description) {
            Err(error) => prop_assert_eq!(error.code(), "malformed_scheme"),
            Ok(scheme) => {
                let secret = Secret::from_bytes(b"key").unwrap();
                let webhook = Webhook::new(scheme, [secret]).unwrap();
                let message = countersign::Message::new(b"{}").id("x").method("PUT").url("/x");
                let headers = webhook.sign_message(&message, NOW).unwrap();
                let request = Request::new(&headers, b"{}").method("PUT").url("/x");
                let verified = webhook.verify(&request, NOW).unwrap();
                if let Err(error) = verified.event() {
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn contents(content in "[{}]{0,3}[a-z{}]{0,10}(\\{body\\})?[{}é]{0,4}") {
        let built = plain_scheme().content(&content).build();
        if let Err(error) = &built {
            prop_assert_eq!(error.code(), "malformed_scheme");
        }
        prop_assert_eq!(built.is_ok(), is_valid_content(&content), "{}", content);
    }
}

/// Independently of core: after removing doubled braces from the left, only `{body}` has braces.
fn is_valid_content(content: &str) -> bool {
    let mut rest = content;
    let mut bodies = 0;
    while let Some(at) = rest.find(['{', '}']) {
        rest = &rest[at..];
        let taken = ["{{", "}}", "{body}"]
            .into_iter()
            .find(|token| rest.starts_with(token));
        let Some(token) = taken else { return false };
        bodies += usize::from(token == "{body}");
        rest = &rest[token.len()..];
    }
    bodies > 0
}
