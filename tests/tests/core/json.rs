//! The core's reading of JSON agrees with serde_json, which has no code in common with it.

use std::fmt;

use countersign::{Request, Scheme, Secret, Webhook};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use serde_json::value::RawValue;

use crate::support::{NOW, config, described};

const PATHS: [&str; 4] = ["a", "a.b", "a.b.c", "a.b.c.a"];

/// An object as its members, repeated names included. A name may hold half a surrogate pair, so it
/// is bytes.
struct Members<'a>(Vec<(Vec<u8>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

struct Name(Vec<u8>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(Name(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// What the judge finds: the value's text unless it is null, or the path at which a name is repeated.
fn judge<'a>(json: &'a RawValue, path: &str) -> Result<Option<&'a str>, String> {
    let mut value = json;
    let mut walked = String::new();
    for name in path.split('.') {
        walked = format!("{walked}.{name}")
            .trim_start_matches('.')
            .to_owned();
        if !value.get().starts_with('{') {
            return Ok(None);
        }
        let Members(members) = serde_json::from_str(value.get()).unwrap();
        let mut found = members
            .into_iter()
            .filter(|(key, _)| key == name.as_bytes());
        value = match (found.next(), found.next()) {
            (None, _) => return Ok(None),
            (Some((_, value)), None) => value,
            (Some(_), Some(_)) => return Err(walked),
        };
    }
    Ok(Some(value.get()).filter(|value| *value != "null"))
}

/// How many brackets are open at once, at most, strings aside.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' if !in_string => open += 1,
            '}' | ']' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn webhook(path: &str) -> Webhook {
    let scheme: Scheme = described(&json!({
        "name": "paths", "headers": {"signature": "x-signature"}, "data": path,
    }));
    Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap()
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let judged = serde_json::from_str::<&RawValue>(text);
    for path in PATHS {
        let webhook = webhook(path);
        let headers = webhook.sign(None, NOW, text.as_bytes()).unwrap();
        let request = Request::new(&headers, text.as_bytes());
        let verified = webhook.verify(&request, NOW).unwrap();
        let event = verified.event();
        let code = event.as_ref().err().map(countersign::PayloadError::code);
        let Ok(json) = judged else {
            let too_deep = depth(text) > 128 && code == Some("payload_too_deep");
            prop_assert!(
                too_deep || code == Some("payload_not_json"),
                "{:?} {:?}",
                text,
                event
            );
            continue;
        };
        if depth(text) > 128 {
            prop_assert_eq!(code, Some("payload_too_deep"));
        } else if !json.get().starts_with('{') {
            prop_assert_eq!(code, Some("payload_not_object"));
        } else {
            match judge(json, path) {
                Ok(found) => {
                    prop_assert!(event.is_ok(), "{:?} {:?}", text, event);
                    let event = event.unwrap();
                    prop_assert_eq!(event.data(), found, "{} of {}", path, text);
                    prop_assert_eq!(event.payload(), json.get());
                }
                Err(walked) => {
                    let message = format!("the field {walked} appears more than once");
                    prop_assert_eq!(event.unwrap_err().to_string(), message, "{}", text);
                }
            }
        }
    }
    Ok(())
}

/// Names that are on the paths, some of them written with escapes.
fn key() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "b",
        "c",
        "\\u0061",
        "\\u0062",
        "",
        "d",
        "a.b",
        "\\\"",
        "é",
        "\\ud83d\\ude00",
    ])
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1.5",
            "-1e-5",
            "2E+3",
            "1e400",
            "\"\"",
            "\"a\"",
            "\"\\\\\"",
            "\"}\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud800\"",
            "\"\\n\\/\"",
            "\"\u{7f}é\"",
        ])
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("JSON has no other numbers", |number| number.is_finite())
            .prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let space = || select(vec!["", "", "", " ", "\n\t", "\r"]);
    scalar().prop_recursive(6, 60, 6, move |inner| {
        let member = (space(), key(), space(), space(), inner.clone(), space())
            .prop_map(|(a, key, b, c, value, d)| format!("{a}\"{key}\"{b}:{c}{value}{d}"));
        let element = (space(), inner, space()).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        prop_oneof![
            3 => prop::collection::vec(member, 0..5)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
            1 => prop::collection::vec(element, 0..4)
                .prop_map(|elements| format!("[{}]", elements.join(","))),
        ]
    })
}

/// A JSON text with a character removed, inserted or replaced.
fn damaged() -> impl Strategy<Value = String> {
    let characters = select(
        "{}[]:,\"\\/0123456789.eE+-tfnu \n\t\r\u{0}\u{1f}\u{7f}\u{a0}é"
            .chars()
            .collect::<Vec<_>>(),
    );
    (value(), any::<Index>(), 0..3, characters).prop_map(|(text, at, kind, character)| {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        match kind {
            0 => drop(characters.remove(at)),
            1 => characters.insert(at, character),
            _ => characters[at] = character,
        }
        characters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn valid_texts(text in value()) {
        check(&text)?;
    }

    #[test]
    fn damaged_texts(text in damaged()) {
        check(&text)?;
    }

    #[test]
    fn tokens_in_any_order(tokens in prop::collection::vec(select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "01", "-", "1.", ".5", "1e", "1e+5",
        "true", "tru", "null", " ", "\u{b}", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"", "'a'", "//",
        "NaN", "Infinity", "\u{feff}", "{}", "[]",
    ]), 0..12)) {
        check(&tokens.concat())?;
    }

    #[test]
    fn nesting(depth in 120..136_usize, objects in any::<u128>(), closed in any::<bool>()) {
        let mut opening = String::from("{\"a\":");
        let mut closing = String::from("}");
        for level in 1..depth {
            let (open, close) = match objects >> (level % 128) & 1 {
                1 => ("{\"a\":", '}'),
                _ => ("[", ']'),
            };
            opening.push_str(open);
            closing.insert(0, close);
        }
        let end = if closed { closing.as_str() } else { "" };
        check(&format!("{opening}1{end}"))?;
    }

    #[test]
    fn bytes_that_are_no_text(
        valid in "[a-zé☃]{0,20}",
        invalid in select(vec![&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x98"]),
    ) {
        let body = [b"{\"a\":\"", valid.as_bytes(), invalid, b"\"}"].concat();
        let webhook = webhook("a");
        let headers = webhook.sign(None, NOW, &body).unwrap();
        let request = Request::new(&headers, &body);
        let error = webhook.verify(&request, NOW).unwrap().event().unwrap_err();
        let at = 6 + valid.len();
        let message = format!("the payload is not UTF-8: byte {at} begins no character");
        prop_assert_eq!(error.to_string(), message);
    }
}

#[test]
fn numbers_have_at_most_640_characters() {
    let webhook = webhook("a");
    for (length, accepted) in [(640, true), (641, false)] {
        let body = format!("{{\"a\":{}}}", "7".repeat(length));
        let headers = webhook.sign(None, NOW, body.as_bytes()).unwrap();
        let request = Request::new(&headers, body.as_bytes());
        let verified = webhook.verify(&request, NOW).unwrap();
        assert_eq!(verified.event().is_ok(), accepted, "{length}");
    }
}
