//! What a monitor shows of outboxes and of senders.
#![cfg(feature = "sender")]

mod common;
mod pages;

use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::NOW;
use countersign::GuardError;
use countersign::monitor::{DeadDelivery, OutboxView, is_shown};
use countersign_delivery::{Endpoint, Message, SenderOptions};
use countersign_tower::StoreFuture;
use countersign_tower::monitor::{Monitor, ShownOutbox};
use pages::{BEARER, FORM, ask, page, shown};
use serde_json::{Value, json};

/// An outbox of dead letters.
#[derive(Default)]
struct FakeOutbox {
    letters: Vec<DeadDelivery>,
    replayed: Mutex<Vec<u64>>,
    fails: AtomicBool,
    panics: AtomicBool,
}

impl FakeOutbox {
    fn of(numbers: impl IntoIterator<Item = u64>) -> Arc<Self> {
        let letter = |number| DeadDelivery::new(number, NOW, 7);
        Arc::new(Self {
            letters: numbers.into_iter().map(letter).collect(),
            ..Self::default()
        })
    }

    fn answer<'a, T: Send + 'a>(&self, answer: impl FnOnce() -> T) -> StoreFuture<'a, T> {
        assert!(!self.panics.load(Ordering::SeqCst), "the secret host name");
        let result = match self.fails.load(Ordering::SeqCst) {
            true => Err(GuardError::StoreUnavailable),
            false => Ok(answer()),
        };
        Box::pin(ready(result))
    }
}

struct Shared(Arc<FakeOutbox>);

impl ShownOutbox for Shared {
    fn view(&self, on_page: bool) -> StoreFuture<'_, OutboxView> {
        self.0.answer(|| {
            let mut view = OutboxView::down();
            view.endpoints = Some(Vec::new());
            view.dead_letters = on_page.then(|| self.0.letters.clone());
            view
        })
    }

    fn replay(&self, number: u64) -> StoreFuture<'_, bool> {
        self.0.answer(|| {
            let is_there = is_shown(self.0.letters.iter().map(|it| it.number), number);
            if is_there {
                self.0.replayed.lock().unwrap().push(number);
            }
            is_there
        })
    }
}

#[tokio::test]
async fn deliveries_are_replayed_by_the_page() {
    let outbox = FakeOutbox::of([3, 4]);
    let page = page(Monitor::new().with_outbox(Shared(outbox.clone())));
    let headers = [BEARER, FORM];
    for (number, status) in [(3, 200), (5, 404)] {
        let form = format!("number={number}");
        let answer = ask(&page, "POST", "/replay-delivery", &headers, &form).await;
        assert_eq!(answer.status, status);
    }
    assert_eq!(*outbox.replayed.lock().unwrap(), [3]);
    // There is no inbox, whose dead letters have numbers of their own.
    let answer = ask(&page, "POST", "/replay", &headers, "number=4").await;
    assert_eq!(answer.status, 404);
    let letters = &shown(&page).await["outbox"]["dead_letters"];
    assert_eq!(letters.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_outbox_that_fails_is_shown_as_down() {
    let outbox = FakeOutbox::of([3]);
    let page = page(Monitor::new().with_outbox(Shared(outbox.clone())));
    for fault in [&outbox.fails, &outbox.panics] {
        fault.store(true, Ordering::SeqCst);
        let nothing = json!({
            "endpoints": null, "replays": null, "attempts": null, "dead_letters": null,
        });
        assert_eq!(shown(&page).await["outbox"], nothing);
        let metrics = ask(&page, "GET", "/metrics", &[BEARER], "").await;
        assert!(metrics.text.contains("\ncountersign_outbox_up 0\n"));
        let answer = ask(
            &page,
            "POST",
            "/replay-delivery",
            &[BEARER, FORM],
            "number=3",
        )
        .await;
        assert_eq!(answer.status, 503);
        fault.store(false, Ordering::SeqCst);
    }
    assert!(outbox.replayed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_an_outbox_there_is_nothing_to_replay() {
    let page = page(Monitor::new());
    assert_eq!(shown(&page).await["outbox"], Value::Null);
    let answer = ask(
        &page,
        "POST",
        "/replay-delivery",
        &[BEARER, FORM],
        "number=3",
    )
    .await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_sender_is_shown_and_its_attempts_counted() {
    let folder = tempfile::tempdir().unwrap();
    let sender = SenderOptions::new().open_sqlite(folder.path().join("outbox.db"));
    let sender = sender.unwrap();
    let page = page(Monitor::new().with_sender(&sender));
    // Nobody listens there, and nobody may be asked.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let endpoint = Endpoint::new("a", url).secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let endpoint = endpoint.allow_http().allow_network("127.0.0.1");
    sender.put_endpoint(&endpoint).await.unwrap();
    let dispatcher = sender.start().unwrap();
    let message = Message::new("invoice.paid", &json!({"id": 7})).unwrap();
    let sent = sender.send("a", &message).await.unwrap();
    let mut attempts = Value::Null;
    for _ in 0..1_000 {
        attempts = shown(&page).await["outbox"]["attempts"].clone();
        if attempts != json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(attempts[0]["message_id"], sent.id.as_str());
    assert_eq!(attempts[0]["error"], "connect");
    let endpoint = &shown(&page).await["outbox"]["endpoints"][0];
    assert_eq!(
        (&endpoint["id"], &endpoint["failures"]),
        (&json!("a"), &json!(1))
    );
    assert_eq!(
        (&endpoint["waiting"], &endpoint["attempts"]),
        (&json!(1), &json!(1))
    );
    let metrics = ask(&page, "GET", "/metrics", &[BEARER], "").await.text;
    for line in [
        r#"countersign_attempts_total{endpoint="a",verdict="retry",answer="connect"} 1"#,
        r#"countersign_outbox_deliveries{endpoint="a",state="waiting"} 1"#,
        "countersign_outbox_up 1",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
    dispatcher.stop(Duration::from_secs(5)).await;
}
