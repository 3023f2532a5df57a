//! What a receiver puts into an inbox, and what people find there.
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
use countersign_tower::inbox::{Completion, EventStore, Filter, Inbox, PostgresInbox, State};
use countersign_tower::{
    ReceivedEvent, Receiver, ReceiverService, ReplayStore, StoreFuture, WhenStoreFails,
};
use inboxes::postgres_server::PostgresServer;
use inboxes::{Clock, PATIENCE, Place, Seen, counts, hurried, settled, until};
use tokio::sync::Notify;

const MINUTE: Duration = Duration::from_secs(60);

on_both!(
    an_event_is_accepted_once,
    a_delivery_that_comes_often_is_stored_once,
    an_answer_can_wait_for_the_handler,
    an_event_comes_out_as_it_went_in,
    what_people_find_and_ask_for,
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

async fn what_people_find_and_ask_for(place: Place) {
    let inbox = place.open();
    let runs = Seen::default();
    let noted = runs.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            noted.note(event.id());
            let id = event.id().unwrap().to_owned();
            let runs = noted.all().iter().filter(|run| **run == id).count();
            ready(match event.event_type() == Some("bad") && runs <= 5 {
                true => Err(std::fmt::Error),
                false => Ok(()),
            })
        })
        .unwrap()
        .into_service();
    for number in 0..4 {
        let event_type = if number % 2 == 1 { "bad" } else { "good" };
        deliver(&service, &event(&format!("evt_{number}"), event_type)).await;
    }
    let workers = hurried(&service, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(counts(&inbox).await, [0, 0, 2, 2]);

    let list = async |filter: Filter| inbox.events(&filter).await.unwrap();
    let ids = async |filter: Filter| {
        let events = list(filter).await;
        let ids = events.iter().map(|one| one.event.id().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let all = list(Filter::new()).await;
    assert_eq!(
        ids(Filter::new()).await,
        ["evt_3", "evt_2", "evt_1", "evt_0"]
    );
    assert_eq!(ids(Filter::new().limit(1)).await, ["evt_3"]);
    let older = Filter::new().limit(2).before(all[1].number);
    assert_eq!(ids(older).await, ["evt_1", "evt_0"]);
    let good = Filter::new().state(State::Handled).event_type("good");
    assert_eq!(ids(good).await, ["evt_2", "evt_0"]);
    let none = Filter::new().state(State::Handled).event_type("bad");
    assert!(ids(none).await.is_empty());
    let dead = inbox.dead_letters().await.unwrap();
    let errors = dead.iter().map(|one| (one.attempts, one.error.as_deref()));
    let name = Some(std::any::type_name::<std::fmt::Error>());
    assert_eq!(errors.collect::<Vec<_>>(), [(5, name), (5, name)]);
    let found = inbox.event(all[0].number).await.unwrap().unwrap();
    assert_eq!(found.event.id(), Some("evt_3"));
    assert!(inbox.event(1_000_000_000).await.unwrap().is_none());

    assert_eq!(inbox.replay_all(State::Dead, Some("good")).await, Ok(0));
    assert_eq!(inbox.replay_all(State::Running, None).await, Ok(0));
    assert_eq!(inbox.replay(dead[0].number).await, Ok(true));
    let once_more = inbox.event(dead[0].number).await.unwrap().unwrap();
    let state = (once_more.state, once_more.attempts, once_more.error);
    assert_eq!(state, (State::Waiting, 0, None));
    assert_eq!(inbox.replay_all(State::Dead, Some("bad")).await, Ok(1));
    let taken = inbox
        .take("sha256", 1, MINUTE, &[])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(inbox.replay(taken.stored.number).await, Ok(false));
    assert_eq!(inbox.purge(State::Running, Duration::ZERO).await, Ok(0));
    assert_eq!(counts(&inbox).await, [1, 1, 2, 0]);
    let failed = inbox.failed(&taken, "a.Test", Some(Duration::ZERO)).await;
    assert_eq!(failed, Ok(true));
    let workers = hurried(&service, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(counts(&inbox).await, [0, 0, 4, 0]);
    assert_eq!(inbox.purge(State::Handled, MINUTE * 60).await, Ok(0));
    assert_eq!(inbox.purge(State::Handled, Duration::ZERO).await, Ok(4));
    assert_eq!(counts(&inbox).await, [0, 0, 0, 0]);
    let as_new = deliver(&service, &event("evt_0", "good")).await;
    assert!(is(&as_new, 200, "accepted"));
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

#[tokio::test]
async fn a_handled_delivery_is_refused_as_long_as_it_can_come_again() {
    let (place, clock) = (Place::sqlite(), Clock::new());
    let inbox = clock.inbox(&place);
    let service = accepting(&inbox);
    let body = event("evt_1", "a");
    assert!(is(&deliver(&service, &body).await, 200, "accepted"));
    let taken = inbox
        .take("sha256", 1, MINUTE, &[])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(inbox.done(&taken, MINUTE).await, Ok(true));
    clock.pass(59);
    assert!(is(&deliver(&service, &body).await, 200, "duplicate"));
    assert_eq!(inbox.forget().await, Ok(false));
    assert_eq!(counts(&inbox).await, [0, 0, 1, 0]);
    clock.pass(1);
    assert!(is(&deliver(&service, &body).await, 200, "accepted"));
    assert_eq!(counts(&inbox).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn many_are_purged_in_batches() {
    let place = Place::sqlite();
    let inbox = place.open();
    let service = accepting(&inbox);
    for first in (0..1_100).step_by(100) {
        let deliveries = (first..first + 100).map(|number| {
            let service = service.clone();
            let body = event(&format!("evt_{number}"), "a");
            tokio::spawn(async move { deliver(&service, &body).await.1 })
        });
        for delivery in deliveries.collect::<Vec<_>>() {
            assert_eq!(delivery.await.unwrap(), "accepted");
        }
    }
    for taken in inbox.take("sha256", 1_050, MINUTE, &[]).await.unwrap() {
        assert_eq!(inbox.done(&taken, Duration::ZERO).await, Ok(true));
    }
    for is_more in [true, true, false] {
        assert_eq!(inbox.forget().await, Ok(is_more));
    }
    assert_eq!(counts(&inbox).await, [50, 0, 0, 0]);
    assert_eq!(inbox.purge(State::Waiting, Duration::ZERO).await, Ok(50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_postgres_that_restarts() {
    let server = PostgresServer::new();
    let inbox = PostgresInbox::new(server.create_database()).open().unwrap();
    let seen = Seen::default();
    let noted = seen.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            noted.note(event.id());
            ready(Ok::<(), Infallible>(()))
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox).start();
    let before = deliver(&service, &event("before", "a")).await;
    assert!(is(&before, 200, "accepted"));
    until(async || seen.are(&["before"])).await;
    server.stop();
    let during = deliver(&service, &event("during", "a")).await;
    assert!(is(&during, 503, "store_unavailable"));
    server.start();
    let during = deliver(&service, &event("during", "a")).await;
    assert!(is(&during, 200, "accepted"));
    until(async || seen.all().len() == 2).await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert!(seen.are(&["before", "during"]));
}
