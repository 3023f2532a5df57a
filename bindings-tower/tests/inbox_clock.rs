//! Workers and the clock, which may be set.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
mod inboxes;

use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::receiver;
use countersign::RetryPolicy;
use countersign_tower::ReceivedEvent;
use countersign_tower::inbox::Workers;
use inboxes::{
    Clock, PATIENCE, Place, Seen, accept, counts, hurried, noting, settled, take, until,
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn retries_wait_as_the_policy_says() {
    let (place, clock) = (Place::sqlite(), Clock::new());
    let inbox = clock.inbox(&place);
    let times = Arc::new(Mutex::new(Vec::new()));
    let (noted, at) = (times.clone(), clock.clone());
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |_| {
            noted.lock().unwrap().push(at.now().seconds());
            ready(Err::<(), _>("no"))
        })
        .unwrap()
        .into_service();
    let workers = Workers::new(&service, &inbox)
        .policy(RetryPolicy::exponential(Duration::from_secs(10), 4))
        .poll(Duration::from_millis(5))
        .start();
    accept(&service, "evt_1").await;
    while counts(&inbox).await[3] == 0 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        clock.pass(1);
    }
    assert!(workers.stop(PATIENCE).await);
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 4);
    for (pair, wanted) in times.windows(2).zip([10, 20, 40]) {
        // It is never too early; how late depends on the machine.
        assert!(pair[1] - pair[0] >= wanted, "{times:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_stops_nobody() {
    let (place, clock) = (Place::sqlite(), Clock::new());
    let inbox = clock.inbox(&place);
    let (service, seen) = noting(&inbox);
    for id in ["of a dead worker", "to be tried again", "waiting"] {
        accept(&service, id).await;
    }
    let failing = take(&inbox, 2, MINUTE).await.remove(1);
    let failed = inbox.failed(&failing, "a.Test", Some(MINUTE / 2)).await;
    assert_eq!(failed, Ok(true));
    let workers = hurried(&service, &inbox).start();
    until(async || seen.are(&["waiting"])).await;
    clock.set_back(86_400);
    accept(&service, "after it").await;
    until(async || seen.all()[1..] == ["after it"]).await;
    clock.pass(31);
    until(async || seen.all()[2..] == ["to be tried again"]).await;
    // Its lease begins again: it may live, and be about to renew it.
    clock.pass(30);
    until(async || seen.all()[3..] == ["of a dead worker"]).await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
}

#[tokio::test]
async fn a_clock_that_is_set_forward_loses_nothing() {
    let (place, clock) = (Place::sqlite(), Clock::new());
    let inbox = clock.inbox(&place);
    let seen = Seen::default();
    let (noted, forward) = (seen.clone(), clock.clone());
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            let (noted, forward) = (noted.clone(), forward.clone());
            async move {
                forward.pass(86_400);
                tokio::time::sleep(Duration::from_millis(300)).await;
                noted.note(event.id());
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox).lease(MINUTE / 2).start();
    for id in ["0", "1", "2"] {
        accept(&service, id).await;
    }
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    let mut all = seen.all();
    all.sort();
    // Nobody takes his own events for those of a dead worker.
    assert_eq!(all, ["0", "1", "2"]);
}
