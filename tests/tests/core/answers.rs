//! Answers are HTTP and JSON whatever they are about.

use std::time::Duration;

use countersign::{
    Answer, ConfigurationError, DeliveryError, Error, GuardError, Handling, PayloadError,
    VerificationError,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::config;

const HANDLINGS: [(&str, u16); 5] = [
    ("handled", 200),
    ("ignored", 200),
    ("duplicate", 200),
    ("accepted", 200),
    ("pending", 202),
];

/// The headers as a server takes them.
fn headers(answer: &Answer) -> HeaderMap {
    let pairs = answer.headers().iter().map(|(name, value)| {
        assert_eq!(*name, name.to_ascii_lowercase());
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
    });
    let headers: HeaderMap = pairs.collect();
    assert_eq!(
        headers.len(),
        answer.headers().len(),
        "a header is there twice"
    );
    headers
}

fn json_of(answer: &Answer) -> Value {
    assert!(
        answer
            .body()
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~'))
    );
    assert_eq!(headers(answer)["content-type"], "application/json");
    assert_eq!(headers(answer)["cache-control"], "no-store");
    serde_json::from_str(answer.body()).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\u{0}-\u{7f}\u{2028}\u{1f600}]{0,20}"]
}

fn wait() -> impl Strategy<Value = Duration> {
    let seconds = prop_oneof![0..100_u64, any::<u64>(), Just(u64::MAX)];
    let nanos = prop_oneof![Just(0), Just(999_999_999), 0..1_000_000_000_u32];
    (seconds, nanos).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn of_events(
        (word, status) in select(HANDLINGS.to_vec()),
        id in prop::option::of(text()),
        event_type in prop::option::of(text()),
    ) {
        let handling = Handling::named(word).unwrap();
        let answer = Answer::event(handling, id.as_deref(), event_type.as_deref());
        prop_assert_eq!(answer.status(), status);
        prop_assert_eq!(json_of(&answer), json!({"status": word, "id": id, "type": event_type}));
    }

    #[test]
    fn of_codes_and_messages(
        code in prop_oneof![
            select(Error::codes().map(|(code, _)| code.to_owned()).collect::<Vec<_>>()),
            text(),
        ],
        message in text(),
        retry_after in prop::option::of(wait()),
    ) {
        let answer = Answer::refusal(&code, &message, retry_after, "GET, POST");
        prop_assert_eq!(json_of(&answer), json!({"error": code, "message": message}));
        StatusCode::from_u16(answer.status()).unwrap();
        let headers = headers(&answer);
        let allow = headers.get("allow").map(HeaderValue::as_bytes);
        prop_assert_eq!(allow, (answer.status() == 405).then_some(&b"GET, POST"[..]));
        // Whole seconds, never fewer than what is asked for.
        let seconds = headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
        prop_assert_eq!(seconds, retry_after.map(|wait| {
            let seconds = u128::from(wait.as_secs()) + u128::from(wait.subsec_nanos().div_ceil(1_000_000_000));
            u64::try_from(seconds).unwrap_or(u64::MAX)
        }));
    }

    #[test]
    fn of_errors(retry_after in wait(), limit in any::<usize>()) {
        let errors: [Error; 7] = [
            GuardError::RateLimited { retry_after }.into(),
            GuardError::EventInProgress { retry_after }.into(),
            GuardError::MethodNotAllowed { handshake: Some("GET") }.into(),
            PayloadError::TooLarge { limit }.into(),
            ConfigurationError::NoSecrets.into(),
            VerificationError::SignatureMismatch.into(),
            DeliveryError::InsecureUrl.into(),
        ];
        for error in errors {
            let answer = Answer::error(&error, "POST");
            let expected = json!({"error": error.code(), "message": error.to_string()});
            prop_assert_eq!(json_of(&answer), expected);
            prop_assert_eq!(answer.status(), error.status());
        }
    }
}
