//! The page on how to describe a scheme names every key and word that core has, and no others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::ConfigurationError;
use countersign::Scheme;
use countersign::error::SchemeDefect;
use countersign::scheme::Description;
use serde_json::{Value, json};

/// What each key's row says.
fn rows() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/describe-your-own-scheme.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, keys) = page.split_once("## The keys").unwrap();
    let rows = keys.lines().filter_map(|line| {
        let (key, rest) = line.strip_prefix("| `")?.split_once('`')?;
        Some((key.to_owned(), rest.to_owned()))
    });
    rows.collect()
}

/// The keys, as the error about another names them, without their forms in JavaScript.
fn keys() -> Vec<String> {
    let error = serde_json::from_str::<Description>(r#"{"?": 1}"#).unwrap_err();
    let message = error.to_string();
    let (_, expected) = message.split_once("expected one of ").unwrap();
    expected
        .split('`')
        .filter(|word| {
            !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'))
        })
        .map(str::to_owned)
        .collect()
}

/// The words of a key that has a fixed set of them.
fn words(key: &str) -> Option<&'static str> {
    let value = match key {
        "required" => json!(["?"]),
        _ => json!("?"),
    };
    let mut description = json!({ "name": "a", "headers": { "signature": "x-a" } });
    description[key] = value;
    let description: Description = serde_json::from_value(description).ok()?;
    match Scheme::try_from(&description) {
        Err(ConfigurationError::MalformedScheme(SchemeDefect::Word { words, .. })) => Some(words),
        _ => None,
    }
}

#[test]
fn every_key_and_word_is_on_the_page_and_no_other_key() {
    let rows = rows();
    let keys = keys();
    assert!(keys.len() > 20, "{keys:?}");
    let mut with_words = 0;
    for key in &keys {
        let row = rows.get(key).unwrap_or_else(|| panic!("{key} has no row"));
        let Some(words) = words(key) else { continue };
        with_words += 1;
        for word in words.split(", ") {
            assert!(
                row.contains(&format!("`{word}`")),
                "{key} does not tell of {word}"
            );
        }
    }
    assert!(with_words >= 9, "{with_words}");
    for key in rows.keys() {
        assert!(keys.contains(key), "there is no key {key}");
    }
}

#[test]
fn the_default_words_are_those_of_core() {
    let rows = rows();
    for (key, default) in [
        ("algorithm", "hmac-sha256"),
        ("encoding", "hex"),
        ("key", "text"),
        ("content", "{body}"),
        ("url_form", "as-given"),
        ("timestamp_format", "seconds"),
        ("payload", "json"),
        ("event_time_format", "seconds"),
    ] {
        assert!(rows[key].ends_with(&format!("| `{default}` |")), "{key}");
        // One that says so signs as one that says nothing.
        let plain = json!({ "name": "a", "headers": { "signature": "x-a" } });
        let mut said = plain.clone();
        said[key] = Value::from(default);
        assert_eq!(signed(plain), signed(said), "{key}");
    }
}

fn signed(description: Value) -> Vec<(String, String)> {
    let description: Description = serde_json::from_value(description).unwrap();
    let scheme = Scheme::try_from(&description).unwrap();
    let secret = countersign::Secret::parse("hush").unwrap();
    let webhook = countersign::Webhook::new(scheme, [secret]).unwrap();
    let now = countersign::UnixTime::from_seconds(0);
    webhook.sign(None, now, b"{}").unwrap()
}
