//! Many dead letters are replayed: paced, durably, and outside the health of their endpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use countersign::HealthPolicy;
use countersign_delivery::{DeliveryFilter, Message, ReplayState, Sender};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, counts, delivery_of, endpoint, message, options, retries, send_all, settled,
    until,
};

async fn changeable(status: u16) -> (Receiver, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    let answered = status.clone();
    let answer = move |_: &_, _| Reply::status(answered.load(Ordering::Relaxed));
    (Receiver::new(answer).await, status)
}

async fn progress(sender: &Sender) -> (ReplayState, u64) {
    let latest = &sender.replays(1).await.unwrap()[0];
    (latest.state, latest.replayed)
}

#[tokio::test]
async fn they_are_paced_and_go_on_after_a_restart() {
    let (receiver, status) = changeable(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 120).await;
    settled(&sender).await;
    status.store(200, Ordering::Relaxed);
    let start = Instant::now();
    let replay = sender.replay_all(&DeliveryFilter::new(), 40).await.unwrap();
    assert_eq!((replay.total, replay.replayed), (120, 0));
    assert_eq!(
        (replay.state, replay.per_second),
        (ReplayState::Running, 40)
    );
    until("some are replayed", async || receiver.count() >= 140).await;
    assert!(dispatcher.stop(PATIENCE).await);
    let [waiting, _, delivered, dead] = counts(&sender).await;
    assert_eq!(waiting + delivered + dead, 120);
    assert!(dead > 50, "{dead}");
    drop(sender);

    let sender = outbox.open();
    let paused = start.elapsed();
    let dispatcher = sender.start().unwrap();
    until("all are replayed", async || {
        counts(&sender).await == [0, 0, 120, 0]
    })
    .await;
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(2_600), "{took:?}");
    assert!(took < paused + Duration::from_secs(8), "{took:?}");
    until("it is done", async || {
        progress(&sender).await == (ReplayState::Done, 120)
    })
    .await;
    assert_eq!(receiver.count(), 240);
    // Never much more than its rate.
    let times: Vec<_> = receiver.all()[120..].iter().map(|it| it.at).collect();
    for (index, at) in times.iter().enumerate() {
        let within = times[index..]
            .iter()
            .take_while(|it| **it - *at < Duration::from_secs(1));
        assert!(within.count() <= 40 + 12);
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn only_what_is_meant_is_replayed_and_each_once() {
    let (receiver, _) = changeable(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    let dispatcher = sender.start().unwrap();
    for id in ["a", "b", "disabled", "deleted"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
        for number in 0..10 {
            let event_type = ["invoice.paid", "other"][number % 2];
            sender
                .send(id, &Message::new(event_type, &number).unwrap())
                .await
                .unwrap();
        }
    }
    settled(&sender).await;
    let before = receiver.count();
    sender.disable("disabled").await.unwrap();
    sender.delete_endpoint("deleted").await.unwrap();
    let paid = DeliveryFilter::new()
        .event_type("invoice.paid")
        .endpoint("a")
        .reason("rejected");
    let replay = sender.replay_all(&paid, 1_000).await.unwrap();
    assert_eq!(replay.total, 5);
    until("it is done", async || {
        progress(&sender).await == (ReplayState::Done, 5)
    })
    .await;
    settled(&sender).await;
    // They are dead again, and not replayed once more.
    assert_eq!(receiver.count(), before + 5);
    let late = sender.replay_all(&DeliveryFilter::new(), 0).await.unwrap();
    assert_eq!((late.total, late.per_second), (40, 1));
    assert!(sender.cancel_replay(late.number).await.unwrap());
    assert!(!sender.cancel_replay(late.number).await.unwrap());
    assert_eq!(progress(&sender).await.0, ReplayState::Cancelled);
    settled(&sender).await;
    let before = receiver.count();
    let all = sender
        .replay_all(&DeliveryFilter::new(), 1_000)
        .await
        .unwrap();
    until("it is done", async || {
        progress(&sender).await == (ReplayState::Done, 20)
    })
    .await;
    settled(&sender).await;
    assert_eq!(receiver.count(), before + 20);
    let shown = sender.replays(10).await.unwrap();
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[0].number, all.number);
    assert!(sender.replays(0).await.unwrap().is_empty());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_is_cancelled_stops() {
    let (receiver, status) = changeable(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 50).await;
    settled(&sender).await;
    status.store(200, Ordering::Relaxed);
    let replay = sender.replay_all(&DeliveryFilter::new(), 10).await.unwrap();
    until("some are replayed", async || receiver.count() > 55).await;
    assert!(sender.cancel_replay(replay.number).await.unwrap());
    settled(&sender).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let (state, replayed) = progress(&sender).await;
    assert_eq!(state, ReplayState::Cancelled);
    assert!((5..40).contains(&replayed), "{replayed}");
    assert_eq!(counts(&sender).await, [0, 0, replayed, 50 - replayed]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn they_are_outside_the_health_of_the_endpoint() {
    let (receiver, status) = changeable(400).await;
    let outbox = Outbox::new();
    let hour = Duration::from_secs(3_600);
    let policy = HealthPolicy::new()
        .with_circuit(3)
        .with_circuit_pauses(hour, hour);
    let sender = outbox.open_with(options().health_policy(policy).retry_policy(retries(2, 20)));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let health = async || sender.endpoint("a").await.unwrap().unwrap().health;
    let ids = send_all(&sender, "a", 8).await;
    settled(&sender).await;
    sender.enable("a").await.unwrap();

    // Their failures count for nothing.
    status.store(503, Ordering::Relaxed);
    for id in &ids {
        assert!(
            sender
                .replay(delivery_of(&sender, id).await.number)
                .await
                .unwrap()
        );
    }
    settled(&sender).await;
    assert_eq!(health().await, countersign::EndpointHealth::new());
    assert_eq!(receiver.count(), 8 + 16);

    // The endpoint is down, and much waits for it.
    send_all(&sender, "a", 300).await;
    until("the circuit opens", async || {
        health().await.openings == 1 && counts(&sender).await[1] == 0
    })
    .await;
    let before = receiver.count();
    // Who asks for it has it tried.
    let number = delivery_of(&sender, &ids[0]).await.number;
    assert!(sender.replay(number).await.unwrap());
    until("it is tried", async || receiver.count() > before).await;
    assert_eq!(receiver.all()[before].id(), ids[0]);
    assert_eq!(health().await.openings, 1);
    // And if it arrives, the endpoint is well.
    status.store(200, Ordering::Relaxed);
    sender
        .replay_all(&DeliveryFilter::new(), 100)
        .await
        .unwrap();
    settled(&sender).await;
    assert_eq!(health().await, countersign::EndpointHealth::new());
    until("all arrived", async || {
        counts(&sender).await == [0, 0, 308, 0]
    })
    .await;
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn they_go_before_what_waits() {
    let (receiver, status) = changeable(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(1))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    dispatcher.stop(PATIENCE).await;
    status.store(200, Ordering::Relaxed);
    send_all(&sender, "a", 30).await;
    assert!(
        sender
            .replay(delivery_of(&sender, &sent.id).await.number)
            .await
            .unwrap()
    );
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(receiver.ids()[1], sent.id);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn one_that_cannot_be_read_holds_up_no_other() {
    let (receiver, status) = changeable(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 5).await;
    settled(&sender).await;
    status.store(200, Ordering::Relaxed);
    // As somebody else may have written it.
    let database = rusqlite::Connection::open(outbox.path()).unwrap();
    let broken = "INSERT INTO countersign_replay (endpoint, per_second, position, last, total, \
                  replayed, state, created_ms, next_ms) VALUES (x'ff', 5, 0, 9, 9, 0, 'running', 1, 1)";
    database.execute(broken, []).unwrap();
    sender.replay_all(&DeliveryFilter::new(), 50).await.unwrap();
    until("all are replayed", async || {
        counts(&sender).await == [0, 0, 5, 0]
    })
    .await;
    assert!(dispatcher.stop(PATIENCE).await);
}
