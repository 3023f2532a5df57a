//! Endpoints that ask for a pause, that are down, that are gone, and what people say about them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use countersign::{DisableReason, EndpointHealth, HealthPolicy};
use countersign_delivery::{Sender, SenderOptions};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, counts, delivery_of, endpoint, message, options, reasons, retries, send_all,
    settled, until,
};

async fn health(sender: &Sender, id: &str) -> EndpointHealth {
    sender.endpoint(id).await.unwrap().unwrap().health
}

/// The circuit opens after three failures, for a second at first.
fn cautious() -> SenderOptions {
    let second = Duration::from_secs(1);
    let policy = HealthPolicy::new()
        .with_circuit(3)
        .with_circuit_pauses(second, 20 * second);
    options()
        .health_policy(policy)
        .retry_policy(retries(100, 1))
}

/// A receiver that answers a status that can be changed.
async fn changeable(status: u16) -> (Receiver, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    let answered = status.clone();
    let receiver = Receiver::new(move |_, _| {
        let reply = Reply::status(answered.load(Ordering::Relaxed));
        reply.after(Duration::from_millis(5))
    });
    (receiver.await, status)
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_and_what_waits_is_dead() {
    let receiver = Receiver::new(|_, _| Reply::status(410).after(Duration::from_millis(20))).await;
    let other = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(2))
        .await
        .unwrap();
    sender.put_endpoint(&endpoint("b", &other)).await.unwrap();
    send_all(&sender, "a", 2_500).await;
    send_all(&sender, "b", 3).await;
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 3, 2_500]);
    assert_eq!(reasons(&sender).await, ["disabled"]);
    // Those that were under way with the first, and no more.
    assert!(receiver.count() <= 2, "{}", receiver.count());
    let known = health(&sender, "a").await;
    assert_eq!(known.disabled, Some(DisableReason::Gone));
    // What is sent to it now becomes a dead letter, too.
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    assert_eq!(
        delivery_of(&sender, &sent.id).await.reason.unwrap(),
        "disabled"
    );
    assert!(receiver.count() <= 2);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn one_answer_of_429_throttles_the_whole_endpoint() {
    let busy = Arc::new(AtomicBool::new(true));
    let is_busy = busy.clone();
    let receiver = Receiver::new(move |_, _| match is_busy.load(Ordering::Relaxed) {
        true => Reply::status(429)
            .header("retry-after", "3")
            .after(Duration::from_millis(30)),
        false => Reply::status(204),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    send_all(&sender, "a", 200).await;
    let start = Instant::now();
    let dispatcher = sender.start().unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    busy.store(false, Ordering::Relaxed);
    // Only those that were under way when it asked for a pause.
    assert!(receiver.count() <= 4, "{}", receiver.count());
    let until = health(&sender, "a").await.throttled_until;
    assert!(until.is_some());
    // Nor is a new one sent, nor one that is replayed.
    sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    assert!(start.elapsed() >= Duration::from_secs(3));
    let asked = receiver.all();
    let early = asked
        .iter()
        .filter(|it| it.at < start + Duration::from_millis(2_900))
        .count();
    assert!(early <= 4, "{early}");
    assert_eq!(counts(&sender).await, [0, 0, 201, 0]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_given_a_rest_and_then_probed_singly() {
    let (receiver, status) = changeable(503).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(cautious());
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 100).await;
    until("the circuit opens", async || {
        health(&sender, "a").await.openings > 0
    })
    .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Three failures, and those that were under way with the third.
    let first = receiver.count();
    assert!((3..=3 + 3).contains(&first), "{first}");
    until("it was probed three times", async || {
        health(&sender, "a").await.openings >= 4
    })
    .await;
    assert_eq!(receiver.count(), first + 3);
    let times: Vec<_> = receiver.all().iter().map(|it| it.at).collect();
    let waits: Vec<_> = times[first - 1..]
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    // One, two and four seconds, half of which is spread.
    for (wait, least) in waits.iter().zip([450, 950, 1_950]) {
        assert!(*wait >= Duration::from_millis(least), "{waits:?}");
        assert!(
            *wait < Duration::from_millis(2 * least + 2_000),
            "{waits:?}"
        );
    }
    status.store(200, Ordering::Relaxed);
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 100, 0]);
    // The probe that succeeded was alone: the others came after its answer.
    let all = receiver.all();
    assert!(all[first + 4].at - all[first + 3].at >= Duration::from_millis(5));
    let known = health(&sender, "a").await;
    assert_eq!(
        (known.openings, known.failures, known.circuit_open_until),
        (0, 0, None)
    );
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn failures_among_successes_open_no_circuit() {
    let receiver = Receiver::new(|_, number| match number % 3 {
        0 => Reply::status(503).after(Duration::from_millis(5)),
        _ => Reply::status(200).after(Duration::from_millis(5)),
    })
    .await;
    let outbox = Outbox::new();
    let policy = HealthPolicy::new().with_circuit(20);
    let sender = outbox.open_with(options().health_policy(policy).retry_policy(retries(50, 1)));
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(64))
        .await
        .unwrap();
    send_all(&sender, "a", 1_000).await;
    let start = Instant::now();
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 1_000, 0]);
    // An open circuit would have taken half a minute.
    assert!(
        start.elapsed() < Duration::from_secs(14),
        "{:?}",
        start.elapsed()
    );
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn an_endpoint_that_fails_for_long_is_disabled() {
    let (receiver, _) = changeable(503).await;
    let outbox = Outbox::new();
    let policy = HealthPolicy::new()
        .without_circuit()
        .with_disabling(Duration::from_millis(500), 10);
    let sender = outbox.open_with(
        options()
            .health_policy(policy)
            .retry_policy(retries(1_000, 20)),
    );
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    assert_eq!(
        health(&sender, "a").await.disabled,
        Some(DisableReason::Failing)
    );
    let stored = delivery_of(&sender, &sent.id).await;
    assert_eq!(stored.reason.as_deref(), Some("disabled"));
    assert!(stored.attempts >= 10);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn people_disable_and_enable() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    assert!(sender.disable("a").await.unwrap());
    send_all(&sender, "a", 5).await;
    settled(&sender).await;
    assert_eq!(
        (receiver.count(), reasons(&sender).await),
        (0, vec!["disabled".to_owned()])
    );
    // To register it again says nothing about that.
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    assert_eq!(
        health(&sender, "a").await.disabled,
        Some(DisableReason::Manual)
    );
    assert!(sender.enable("a").await.unwrap());
    assert_eq!(health(&sender, "a").await, EndpointHealth::new());
    send_all(&sender, "a", 2).await;
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 2, 5]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn enabling_ends_every_pause() {
    let (receiver, status) = changeable(503).await;
    let outbox = Outbox::new();
    let hour = Duration::from_secs(3_600);
    let policy = HealthPolicy::new()
        .with_circuit(1)
        .with_circuit_pauses(hour, hour);
    let sender = outbox.open_with(options().health_policy(policy));
    let dispatcher = sender.start().unwrap();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let hourly = countersign::Backoff::fixed([Duration::ZERO, hour]);
    let hourly = countersign::RetryPolicy::new(hourly);
    let in_order = endpoint("b", &receiver).fifo().retry_policy(hourly);
    sender.put_endpoint(&in_order).await.unwrap();
    for id in ["a", "b"] {
        send_all(&sender, id, 3).await;
        until("the circuit opens", async || {
            health(&sender, id).await.openings == 1
        })
        .await;
    }
    status.store(200, Ordering::Relaxed);
    assert!(sender.enable("a").await.unwrap() && sender.enable("b").await.unwrap());
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 6, 0]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_waits_for_a_deleted_endpoint_is_dead() {
    let receiver = Receiver::new(|_, _| Reply::status(503)).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(retries(1_000, 100)));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 1_200).await;
    let dispatcher = sender.start().unwrap();
    until("it is tried", async || receiver.count() >= 5).await;
    assert!(sender.delete_endpoint("a").await.unwrap());
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 0, 1_200]);
    assert_eq!(reasons(&sender).await, ["deleted"]);
    let stored = delivery_of(&sender, &ids[7]).await;
    assert_eq!(stored.endpoint, None);
    assert_eq!(
        sender.send("a", &message(1)).await.unwrap_err().code(),
        "unknown_endpoint"
    );
    // One of the same id is another one.
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    assert_eq!(health(&sender, "a").await, EndpointHealth::new());
    assert!(sender.replay(stored.number).await.unwrap());
    settled(&sender).await;
    assert_eq!(
        delivery_of(&sender, &ids[7]).await.reason.unwrap(),
        "deleted"
    );
    dispatcher.stop(PATIENCE).await;
}
