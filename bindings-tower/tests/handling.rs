//! Handlers and claims: what becomes of an authentic event.

mod common;

use std::convert::Infallible;
use std::time::Duration;

use common::{Count, counted, deliver, event, is, receiver};
use countersign_tower::{MemoryReplayStore, ReceivedEvent, ReplayStore};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Notify;

type Anything = Result<(), Infallible>;

#[tokio::test]
async fn each_event_is_handled_once() {
    let (receiver, payments) = counted(receiver(), "payment.*").unwrap();
    let service = receiver.into_service();
    let payment = event("evt_1", "payment.succeeded");
    let answer = common::send(&service, common::delivery(&payment)).await;
    assert_eq!(
        answer.text,
        r#"{"status":"handled","id":"evt_1","type":"payment.succeeded"}"#
    );
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(is(&deliver(&service, &payment).await, 200, "duplicate"));
    assert_eq!(payments.get(), 1);
}

#[tokio::test]
async fn what_nobody_handles_claims_nothing() {
    let store = Arc::new(MemoryReplayStore::default());
    let order = event("evt_1", "order.created");
    let without = receiver().replay_store(store.clone()).into_service();
    assert!(is(&deliver(&without, &order).await, 200, "ignored"));
    let (with, orders) = counted(receiver().replay_store(store), "order.created").unwrap();
    assert!(is(
        &deliver(&with.into_service(), &order).await,
        200,
        "handled"
    ));
    assert_eq!(orders.get(), 1);
}

#[tokio::test]
async fn the_most_specific_handler_takes_the_event() {
    let (receiver, all) = counted(receiver(), "*").unwrap();
    let (receiver, payments) = counted(receiver, "payment.*").unwrap();
    let (receiver, failures) = counted(receiver, "payment.failed").unwrap();
    let service = receiver.into_service();
    for (id, event_type) in [("1", "payment.failed"), ("2", "payment.sent"), ("3", "a")] {
        assert!(is(
            &deliver(&service, &event(id, event_type)).await,
            200,
            "handled"
        ));
    }
    assert_eq!([all.get(), payments.get(), failures.get()], [1, 1, 1]);
}

#[tokio::test]
async fn patterns_are_checked() {
    let code = |pattern: &str| {
        let (receiver, _) = counted(receiver(), "payment.*").unwrap();
        counted(receiver, pattern).err().unwrap().code()
    };
    assert_eq!(code("payment.*"), "duplicate_handler");
    assert_eq!(code("pay*"), "malformed_pattern");
    assert_eq!(code(""), "malformed_pattern");
}

#[tokio::test]
async fn a_failure_is_delivered_again() {
    let runs = Count::default();
    let counting = runs.clone();
    let service = receiver()
        .on("*", move |_: ReceivedEvent| {
            let run = counting.add();
            async move {
                match run {
                    0 => Err("of private particulars"),
                    1 => panic!("a mistake in the handler"),
                    _ => Ok(()),
                }
            }
        })
        .unwrap()
        .into_service();
    let body = event("evt_1", "order.created");
    for (status, word) in [
        (500, "handler_failed"),
        (500, "handler_failed"),
        (200, "handled"),
        (200, "duplicate"),
    ] {
        assert!(is(&deliver(&service, &body).await, status, word));
    }
    assert_eq!(runs.get(), 3);
}

#[tokio::test]
async fn a_handler_that_panics_before_it_awaits_has_failed() {
    let service = receiver()
        .on("*", |event| {
            assert!(event.id().is_none(), "a mistake in the handler");
            async { Anything::Ok(()) }
        })
        .unwrap()
        .into_service();
    let verdict = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&verdict, 500, "handler_failed"));
}

#[tokio::test]
async fn past_the_deadline_a_handler_runs_on_and_keeps_its_claim() {
    let gate = Arc::new(Notify::new());
    let opened = gate.clone();
    let service = receiver()
        .deadline(Duration::from_millis(50))
        .on("*", move |_| {
            let opened = opened.clone();
            async move {
                opened.notified().await;
                Anything::Ok(())
            }
        })
        .unwrap()
        .into_service();
    let body = event("evt_1", "order.created");
    assert!(is(&deliver(&service, &body).await, 500, "handler_timeout"));
    let answer = common::send(&service, common::delivery(&body)).await;
    assert!(is(&answer.verdict(), 409, "event_in_progress"));
    assert_eq!(answer.headers["retry-after"], "10");
    gate.notify_one();
    wait_until(async || is(&deliver(&service, &body).await, 200, "duplicate")).await;
}

#[tokio::test]
async fn a_sender_that_hangs_up_stops_no_handler() {
    let (started, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (starting, opened) = (started.clone(), gate.clone());
    let service = receiver()
        .on("*", move |_| {
            let (starting, opened) = (starting.clone(), opened.clone());
            async move {
                starting.notify_one();
                opened.notified().await;
                Anything::Ok(())
            }
        })
        .unwrap()
        .into_service();
    let body = event("evt_1", "order.created");
    tokio::select! {
        _ = deliver(&service, &body) => panic!("answered before the handler was done"),
        () = started.notified() => {}
    }
    assert!(is(
        &deliver(&service, &body).await,
        409,
        "event_in_progress"
    ));
    gate.notify_one();
    wait_until(async || is(&deliver(&service, &body).await, 200, "duplicate")).await;
}

async fn wait_until(condition: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never happened");
}

#[tokio::test]
async fn a_lease_that_ends_lets_the_next_attempt_in() {
    let store = Arc::new(MemoryReplayStore::default());
    let lost = store.claim("sha256:evt_1", Duration::from_millis(20)).await;
    assert!(lost.is_ok());
    let (receiver, count) = counted(receiver().replay_store(store), "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "order.created");
    wait_until(async || is(&deliver(&service, &body).await, 200, "handled")).await;
    assert_eq!(count.get(), 1);
}

#[tokio::test]
async fn without_a_store_or_a_key_events_are_handled_each_time() {
    let (without_store, by_store) = counted(receiver().without_replay_store(), "*").unwrap();
    let (with_store, by_key) = counted(receiver(), "*").unwrap();
    let (without_store, with_store) = (without_store.into_service(), with_store.into_service());
    for _ in 0..2 {
        let body = event("evt_1", "a");
        assert!(is(&deliver(&without_store, &body).await, 200, "handled"));
        assert!(is(
            &deliver(&with_store, r#"{"type":"a"}"#).await,
            200,
            "handled"
        ));
    }
    assert_eq!([by_store.get(), by_key.get()], [2, 2]);
}

#[tokio::test]
async fn handlers_get_the_whole_event() {
    let service = receiver()
        .on("*", async |event: ReceivedEvent| {
            assert_eq!(event.id(), Some("evt_1"));
            assert_eq!(event.event_type(), Some("payment.succeeded"));
            assert_eq!(event.dedupe_key(), Some("sha256:evt_1"));
            assert_eq!(event.timestamp().unwrap().seconds(), 1_700_000_000);
            assert_eq!(event.key_index(), 0);
            assert!(!event.is_form());
            assert_eq!(
                event.data_json::<serde_json::Value>()?,
                json!({"amount": 5})
            );
            assert_eq!(event.json::<serde_json::Value>()?["data"]["amount"], 5);
            assert!(event.raw().starts_with(b" {") && event.payload().starts_with(b"{"));
            assert!(!format!("{event:?}").contains("amount"));
            serde_json::Result::Ok(())
        })
        .unwrap()
        .into_service();
    let body =
        r#" {"id":"evt_1","type":"payment.succeeded","timestamp":1700000000,"data":{"amount":5}}"#;
    let answer = deliver(&service, body).await;
    assert!(is(&answer, 200, "handled"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_attempts_at_once_one_is_handled() {
    let (receiver, count) = counted(receiver(), "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "a");
    let attempts: Vec<_> = (0..64)
        .map(|_| {
            let (service, body) = (service.clone(), body.clone());
            tokio::spawn(async move { deliver(&service, &body).await })
        })
        .collect();
    let mut handled = 0;
    for attempt in attempts {
        let (status, word) = attempt.await.unwrap();
        assert!(matches!(
            (status, &*word),
            (200, "handled" | "duplicate") | (409, "event_in_progress")
        ));
        handled += usize::from(word == "handled");
    }
    assert_eq!([handled, count.get()], [1, 1]);
}
