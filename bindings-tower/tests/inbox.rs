//! What a receiver puts into an inbox.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
#[macro_use]
mod inboxes;

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use common::{counted, deliver, delivery_of, event, is, receiver, send, webhook};
use countersign::{GuardError, Scheme};
use countersign_tower::inbox::{Completion, EventStore, Filter, Inbox};
use countersign_tower::{
    ReceivedEvent, Receiver, ReceiverService, ReplayStore, StoreFuture, WhenStoreFails,
};
use inboxes::{PATIENCE, Place, Seen, counts, hurried, settled, until};
use tokio::sync::Notify;

on_both!(
    an_event_is_accepted_once,
    a_delivery_that_comes_often_is_stored_once,
    an_answer_can_wait_for_the_handler,
    an_event_comes_out_as_it_went_in,
    one_scheme_does_not_take_what_is_of_another,
);

/// A store that nobody may ask.
struct Unasked;

impl ReplayStore for Unasked {
    fn claim<'a>(&'a self, _: &'a str, _: Duration) -> StoreFuture<'a, String> {
        panic!("the replay store was asked");
    }

    fn complete<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> StoreFuture<'a, ()> {
        panic!("the replay store was asked");
    }

    fn release<'a>(&'a self, _: &'a str, _: &'a str) -> StoreFuture<'a, ()> {
        panic!("the replay store was asked");
    }
}

fn accepting(inbox: &Inbox) -> ReceiverService {
    counted(receiver().inbox(inbox.clone()), "*")
        .unwrap()
        .0
        .into_service()
}

async fn an_event_is_accepted_once(place: Place) {
    let inbox = place.open();
    let receiver = receiver().inbox(inbox.clone()).replay_store(Unasked);
    let (receiver, count) = counted(receiver, "invoice.paid").unwrap();
    let service = receiver.into_service();
    let invoice = event("evt_1", "invoice.paid");
    let answer = send(&service, common::delivery(&invoice)).await;
    assert_eq!(
        (answer.status, &*answer.text),
        (
            200,
            r#"{"status":"accepted","id":"evt_1","type":"invoice.paid"}"#
        )
    );
    assert!(is(&deliver(&service, &invoice).await, 200, "duplicate"));
    let other = deliver(&service, &event("evt_2", "other")).await;
    assert!(is(&other, 200, "ignored"));
    assert_eq!(counts(&inbox).await, [1, 0, 0, 0]);
    assert_eq!(count.get(), 0);

    let workers = hurried(&service, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(counts(&inbox).await, [0, 0, 1, 0]);
    assert_eq!(count.get(), 1);
    assert!(is(&deliver(&service, &invoice).await, 200, "duplicate"));
}

async fn a_delivery_that_comes_often_is_stored_once(place: Place) {
    let inbox = place.open();
    let service = accepting(&inbox);
    let deliveries = (0..64).map(|number| {
        let service = service.clone();
        let body = event(&format!("evt_{}", number % 4), "a");
        tokio::spawn(async move { deliver(&service, &body).await.1 })
    });
    let mut words = HashMap::new();
    for delivery in deliveries.collect::<Vec<_>>() {
        *words.entry(delivery.await.unwrap()).or_insert(0) += 1;
    }
    let wanted = [("accepted".to_owned(), 4), ("duplicate".to_owned(), 60)];
    assert_eq!(words, HashMap::from(wanted));
    assert_eq!(counts(&inbox).await, [4, 0, 0, 0]);
}

async fn an_answer_can_wait_for_the_handler(place: Place) {
    let inbox = place.open();
    let go_on = Arc::new(Notify::new());
    let held = go_on.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .wait(Duration::from_millis(600))
        .on("*", move |event: ReceivedEvent| {
            let held = held.clone();
            async move {
                match event.id() {
                    Some("slow") => held.notified().await,
                    Some("fails") => return Err("no"),
                    _ => {}
                }
                Ok(())
            }
        })
        .unwrap()
        .into_service();
    let without_workers = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&without_workers, 202, "pending"));
    let workers = hurried(&service, &inbox).start();
    settled(&inbox).await;
    let quick = deliver(&service, &event("quick", "a")).await;
    assert!(is(&quick, 200, "handled"));
    let slow = send(&service, common::delivery(&event("slow", "a"))).await;
    assert_eq!(
        (slow.status, &*slow.text),
        (202, r#"{"status":"pending","id":"slow","type":"a"}"#)
    );
    let fails = deliver(&service, &event("fails", "a")).await;
    assert!(is(&fails, 202, "pending"));
    let again = deliver(&service, &event("slow", "a")).await;
    assert!(is(&again, 200, "duplicate"));
    go_on.notify_one();
    assert!(workers.stop(PATIENCE).await);
}

async fn an_event_comes_out_as_it_went_in(place: Place) {
    let inbox = place.open();
    let long = "ü".repeat(5_000);
    for (index, body) in [
        r#"{"id":"\u0000\\0","type":"a","data":null}"#.to_owned(),
        " \n{\"id\":\"ü€😀\\u0000\\\\\",\"type\":\"a\",\"data\":{\"text\":\"ü\"}} ".to_owned(),
        format!(r#"{{"id":"{long}","type":"a"}}"#),
    ]
    .iter()
    .enumerate()
    {
        let (verified, seen) = (Seen::default(), Seen::default());
        let (direct, deferred) = (verified.clone(), seen.clone());
        let handler = |seen: Seen| {
            move |event: ReceivedEvent| {
                let parts = (event.payload(), event.data(), event.raw(), event.is_form());
                seen.note(Some(&format!("{event:?} {parts:?}")));
                ready(Ok::<(), Infallible>(()))
            }
        };
        let receivers = [
            receiver().on("*", handler(direct)).unwrap(),
            receiver()
                .inbox(inbox.clone())
                .on("*", handler(deferred))
                .unwrap(),
        ];
        let [direct, deferred] = receivers.map(Receiver::into_service);
        assert!(is(&deliver(&direct, body).await, 200, "handled"));
        assert!(is(&deliver(&deferred, body).await, 200, "accepted"));
        assert!(is(&deliver(&deferred, body).await, 200, "duplicate"));
        let workers = hurried(&deferred, &inbox).start();
        settled(&inbox).await;
        assert!(workers.stop(PATIENCE).await);
        assert_eq!(seen.all(), verified.all());
        let listed = inbox.events(&Filter::new()).await.unwrap();
        assert_eq!(listed.len(), index + 1);
        assert_eq!(listed[0].event.raw(), body.as_bytes());
        assert_eq!(&*listed[0].scheme, "sha256");
    }
}

async fn one_scheme_does_not_take_what_is_of_another(place: Place) {
    let inbox = place.open();
    let seen = Seen::default();
    let [plain, stripe] = [Scheme::SHA256, Scheme::STRIPE].map(|scheme| {
        let noted = seen.clone();
        Receiver::new(webhook(scheme))
            .clock(|| common::NOW)
            .inbox(inbox.clone())
            .on("*", move |event: ReceivedEvent| {
                noted.note(event.dedupe_key());
                ready(Ok::<(), Infallible>(()))
            })
            .unwrap()
            .into_service()
    });
    let body = event("evt_1", "a");
    assert!(is(&deliver(&plain, &body).await, 200, "accepted"));
    let delivery = delivery_of(webhook(Scheme::STRIPE), &body);
    assert!(is(
        &send(&stripe, delivery).await.verdict(),
        200,
        "accepted"
    ));
    let workers = hurried(&stripe, &inbox).start();
    until(async || !seen.all().is_empty()).await;
    assert!(workers.stop(PATIENCE).await);
    assert!(seen.are(&["stripe:evt_1"]));
    assert_eq!(counts(&inbox).await, [1, 0, 1, 0]);
}

#[tokio::test]
async fn an_inbox_admits_nothing_that_it_did_not_store() {
    let place = Place::sqlite();
    let inbox = countersign_tower::inbox::SqliteInbox::new(place.path())
        .timeout(Duration::from_millis(50))
        .open()
        .unwrap();
    let receiver = receiver().when_store_fails(WhenStoreFails::Admit);
    let receiver = counted(receiver.inbox(inbox), "*").unwrap().0;
    let service = receiver.into_service();
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&refused, 503, "store_unavailable"));
    other.execute_batch("ROLLBACK").unwrap();
    let stored = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&stored, 200, "accepted"));
}

/// A store of the program's own, which refuses with something else.
struct Own;

impl EventStore for Own {
    fn insert<'a>(
        &'a self,
        event: &'a ReceivedEvent,
        _scheme: &'a str,
        completion: Option<Completion>,
    ) -> StoreFuture<'a, Option<i64>> {
        Box::pin(async move {
            match event.id() {
                Some("evt_1") => Err(GuardError::DuplicateEvent),
                Some("evt_2") => Ok(None),
                _ => {
                    if let Some(completion) = completion {
                        completion.tell(true);
                    }
                    Ok(Some(7))
                }
            }
        })
    }
}

#[tokio::test]
async fn programs_bring_their_own_store() {
    let receiver = receiver().inbox(Arc::new(Own)).wait(PATIENCE);
    let service = counted(receiver, "*").unwrap().0.into_service();
    for (id, status, word) in [
        ("evt_1", 503, "store_unavailable"),
        ("evt_2", 200, "duplicate"),
        ("evt_3", 200, "handled"),
    ] {
        assert!(is(&deliver(&service, &event(id, "a")).await, status, word));
    }
}
