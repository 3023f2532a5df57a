//! Keys that a provider publishes: a message of Amazon SNS, out of the corpus.
#![cfg(feature = "asymmetric")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use common::{counted, send};
use countersign::{GuardError, KeyNeeded, Scheme, Secret, UnixTime, Webhook};
use countersign_tower::{KeyFuture, KeySource, Receiver, ReceiverService};
use http::Request;
use http_body_util::Full;
use serde_json::Value;

/// Answers with one key, or fails, and counts.
struct Provider {
    key: Option<Bytes>,
    asked: Arc<AtomicUsize>,
}

impl KeySource for Provider {
    fn key<'a>(&'a self, needed: &'a KeyNeeded) -> KeyFuture<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        assert!(needed.url().unwrap().starts_with("https://sns."));
        Box::pin(async { self.key.clone().ok_or(GuardError::KeyUnavailable) })
    }
}

fn case() -> Value {
    let corpus = include_str!("../../tests/vectors/public-keys-in-body.json");
    let corpus: Value = serde_json::from_str(corpus).unwrap();
    let mut cases = corpus["cases"].as_array().unwrap().iter();
    cases
        .find(|case| case["id"] == "sns-valid")
        .unwrap()
        .clone()
}

fn receiver(case: &Value) -> Receiver {
    let topic = case["secrets"][0].as_str().unwrap();
    let now = UnixTime::from_seconds(case["now"].as_u64().unwrap());
    let webhook = Webhook::new(Scheme::SNS, [Secret::parse(topic).unwrap()]).unwrap();
    Receiver::new(webhook).clock(move || now)
}

fn service(receiver: Receiver) -> ReceiverService {
    counted(receiver, "*").unwrap().0.into_service()
}

fn request(case: &Value) -> Request<Full<Bytes>> {
    let body = BASE64_STANDARD.decode(case["body_b64"].as_str().unwrap());
    Request::post("/webhooks")
        .header("content-type", "text/plain; charset=UTF-8")
        .body(Full::from(body.unwrap()))
        .unwrap()
}

#[tokio::test]
async fn a_key_that_a_request_needs_is_fetched() {
    let case = case();
    let asked = Arc::new(AtomicUsize::new(0));
    let key = case["key"].as_str().unwrap().to_owned();
    let provider = Provider {
        key: Some(key.into()),
        asked: asked.clone(),
    };
    let service = service(receiver(&case).keys(provider));
    let answer = send(&service, request(&case)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn without_a_key_the_provider_is_to_come_back() {
    let case = case();
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = Provider { key: None, asked };
    let unavailable = service(receiver(&case).keys(provider));
    let answer = send(&unavailable, request(&case)).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("key_unavailable"));

    let answer = send(&service(receiver(&case)), request(&case)).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("key_needed"));
}
