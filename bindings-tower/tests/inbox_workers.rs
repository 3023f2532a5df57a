//! Workers: what fails, hangs, dies or is stopped.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
#[macro_use]
mod inboxes;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use common::{Count, counted, receiver};
use countersign::RetryPolicy;
use countersign_tower::ReceivedEvent;
use countersign_tower::inbox::{Filter, Inbox, State, Workers};
use inboxes::{
    ATTEMPTS, PATIENCE, Place, Seen, accept, counts, hurried, noting, settled, take, until,
};
use tokio::sync::Notify;

const MINUTE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);
const LEASE: Duration = Duration::from_secs(2);

on_both!(
    a_handler_that_fails_and_then_succeeds,
    a_handler_that_panics,
    an_event_without_a_handler_any_more_is_not_lost,
    a_hanging_handler_takes_nobodys_place,
    a_long_handler_keeps_its_lease,
    a_lease_that_ended_is_taken_over,
    an_event_that_kills_its_workers_becomes_a_dead_letter,
    workers_end_what_they_have_begun,
    workers_share_the_work,
);

async fn dead_errors(inbox: &Inbox) -> Vec<String> {
    let dead = inbox.dead_letters().await.unwrap();
    dead.iter()
        .map(|one| one.error.as_deref().unwrap().to_owned())
        .collect()
}

async fn a_handler_that_fails_and_then_succeeds(place: Place) {
    let inbox = place.open();
    let keys = Seen::default();
    let noted = keys.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            noted.note(event.dedupe_key());
            ready(match noted.all().len() {
                3 => Ok(()),
                _ => Err(std::fmt::Error),
            })
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox).start();
    accept(&service, "evt_1").await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert!(keys.are(&["sha256:evt_1"; 3]));
    let stored = inbox.events(&Filter::new()).await.unwrap().remove(0);
    let how = (stored.state, stored.attempts, stored.error);
    assert_eq!(how, (State::Handled, 3, None));
}

fn panic_in_a_handler() -> Result<(), Infallible> {
    panic!("a handler of the tests");
}

async fn a_handler_that_panics(place: Place) {
    let inbox = place.open();
    let runs = Count::default();
    let counting = runs.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |_| {
            counting.add();
            async { panic_in_a_handler() }
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox).concurrency(1).start();
    accept(&service, "evt_1").await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(runs.get(), ATTEMPTS as usize);
    assert_eq!(dead_errors(&inbox).await, ["panic"]);
}

async fn an_event_without_a_handler_any_more_is_not_lost(place: Place) {
    let inbox = place.open();
    let (before, seen) = noting(&inbox);
    accept(&before, "evt_1").await;
    let after = receiver().inbox(inbox.clone()).into_service();
    let workers = hurried(&after, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(dead_errors(&inbox).await, ["no_handler"]);
    assert_eq!(inbox.replay_all(State::Dead, None).await, Ok(1));
    let workers = hurried(&before, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert!(seen.are(&["evt_1"]));
}

/// Notes what is dropped before its end.
struct Dropped(Seen);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.note(Some("cancelled"));
    }
}

async fn a_hanging_handler_takes_nobodys_place(place: Place) {
    let inbox = place.open();
    let seen = Seen::default();
    let noted = seen.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            let noted = noted.clone();
            async move {
                if event.id() == Some("hangs") {
                    let _dropped = Dropped(noted);
                    pending::<()>().await;
                } else {
                    noted.note(event.id());
                }
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox)
        .concurrency(1)
        .time_limit(SHORT)
        .policy(RetryPolicy::exponential(Duration::from_millis(10), 2))
        .start();
    accept(&service, "hangs").await;
    accept(&service, "other").await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    until(async || seen.all().len() == 3).await;
    let mut all = seen.all();
    all.sort();
    assert_eq!(all, ["cancelled", "cancelled", "other"]);
    assert_eq!(counts(&inbox).await, [0, 0, 1, 1]);
    assert_eq!(dead_errors(&inbox).await, ["handler_timeout"]);
}

async fn a_long_handler_keeps_its_lease(place: Place) {
    let inbox = place.open();
    let runs = Count::default();
    let counting = runs.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |_| {
            counting.add();
            async {
                tokio::time::sleep(LEASE * 2).await;
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    accept(&service, "evt_1").await;
    let workers = [(); 2].map(|()| hurried(&service, &inbox).lease(LEASE).start());
    settled(&inbox).await;
    for workers in workers {
        assert!(workers.stop(PATIENCE).await);
    }
    assert_eq!(runs.get(), 1);
}

async fn a_lease_that_ended_is_taken_over(place: Place) {
    let inbox = place.open();
    let (service, seen) = noting(&inbox);
    accept(&service, "evt_1").await;
    let dead = take(&inbox, 9, LEASE).await.remove(0);
    let workers = hurried(&service, &inbox).start();
    tokio::time::sleep(SHORT / 3).await;
    assert!(seen.are(&[]));
    settled(&inbox).await;
    assert!(seen.are(&["evt_1"]));
    // It comes back, and has nothing to say.
    inbox
        .renew(std::slice::from_ref(&dead), MINUTE)
        .await
        .unwrap();
    assert_eq!(inbox.done(&dead, MINUTE).await, Ok(false));
    let failed = inbox.failed(&dead, "a.Test", Some(Duration::ZERO)).await;
    assert_eq!(failed, Ok(false));
    assert_eq!(counts(&inbox).await, [0, 0, 1, 0]);
    assert!(workers.stop(PATIENCE).await);
}

async fn an_event_that_kills_its_workers_becomes_a_dead_letter(place: Place) {
    let inbox = place.open();
    let (service, seen) = noting(&inbox);
    accept(&service, "evt_1").await;
    for _ in 0..ATTEMPTS {
        until(async || take(&inbox, 1, Duration::from_millis(1)).await.len() == 1).await;
    }
    tokio::time::sleep(Duration::from_millis(10)).await;
    let workers = hurried(&service, &inbox).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(dead_errors(&inbox).await, ["lease_expired"]);
    assert!(seen.are(&[]));
}

async fn workers_end_what_they_have_begun(place: Place) {
    let inbox = place.open();
    let begun = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (beginning, held) = (begun.clone(), go_on.clone());
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            let (beginning, held) = (beginning.clone(), held.clone());
            async move {
                beginning.notify_one();
                if event.id() == Some("first") {
                    held.notified().await;
                }
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    let start = || hurried(&service, &inbox).concurrency(1).start();
    let workers = start();
    accept(&service, "first").await;
    accept(&service, "second").await;
    begun.notified().await;
    let stopping = tokio::spawn(workers.stop(PATIENCE));
    tokio::time::sleep(SHORT).await;
    assert!(!stopping.is_finished());
    go_on.notify_one();
    assert!(stopping.await.unwrap());
    assert_eq!(counts(&inbox).await, [1, 0, 1, 0]);

    // One that does not end is not waited for without end.
    accept(&service, "third").await;
    drop(start());
    let workers = start();
    settled(&inbox).await;
    assert_eq!(inbox.purge(State::Handled, Duration::ZERO).await, Ok(3));
    accept(&service, "first").await;
    until(async || counts(&inbox).await[1] == 1).await;
    assert!(!workers.stop(Duration::from_millis(50)).await);
    go_on.notify_one();
    settled(&inbox).await;
}

async fn workers_share_the_work(place: Place) {
    let inboxes = [(); 3].map(|()| place.open());
    let seen = Seen::default();
    let mut workers = Vec::new();
    for inbox in &inboxes {
        let noted = seen.clone();
        let service = receiver()
            .inbox(inbox.clone())
            .on("*", move |event: ReceivedEvent| {
                let noted = noted.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    noted.note(event.id());
                    Ok::<(), Infallible>(())
                }
            })
            .unwrap()
            .into_service();
        for number in 0..40 {
            accept(&service, &format!("evt_{}_{number}", workers.len())).await;
        }
        workers.push(hurried(&service, inbox).start());
    }
    settled(&inboxes[0]).await;
    for workers in workers {
        assert!(workers.stop(PATIENCE).await);
    }
    let mut all = seen.all();
    all.sort();
    all.dedup();
    // None died, so each was handled once.
    assert_eq!((all.len(), seen.all().len()), (120, 120));
}

#[tokio::test]
async fn workers_wake_at_once_for_what_this_process_inserts() {
    let place = Place::sqlite();
    let inbox = place.open();
    let (service, seen) = noting(&inbox);
    let workers = Workers::new(&service, &inbox).poll(MINUTE * 60).start();
    tokio::time::sleep(Duration::from_millis(100)).await;
    accept(&service, "evt_1").await;
    until(async || seen.are(&["evt_1"])).await;
    assert!(workers.stop(PATIENCE).await);
}

#[tokio::test]
async fn workers_run_until_they_are_told() {
    let place = Place::sqlite();
    let inbox = place.open();
    let (receiver, count) = counted(receiver().inbox(inbox.clone()), "*").unwrap();
    let service = receiver.into_service();
    accept(&service, "evt_1").await;
    assert!(hurried(&service, &inbox).run_until(settled(&inbox)).await);
    assert_eq!(count.get(), 1);
    accept(&service, "evt_2").await;
    tokio::time::sleep(SHORT).await;
    assert_eq!(counts(&inbox).await, [1, 0, 1, 0]);
}
