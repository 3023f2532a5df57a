//! What people find in an inbox, and ask of it.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
#[macro_use]
mod inboxes;

use std::future::ready;
use std::time::Duration;

use common::{counted, deliver, event, is, receiver};
use countersign_tower::inbox::{Filter, Inbox, State};
use countersign_tower::{ReceivedEvent, ReceiverService};
use inboxes::{Clock, PATIENCE, Place, Seen, counts, hurried, settled};

const MINUTE: Duration = Duration::from_secs(60);

on_both!(what_people_find_and_ask_for);

fn accepting(inbox: &Inbox) -> ReceiverService {
    counted(receiver().inbox(inbox.clone()), "*")
        .unwrap()
        .0
        .into_service()
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
