//! Endpoints that want their messages one by one and in order.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use countersign_delivery::DeliveryState;

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, counts, delivery_of, endpoint, message, options, retries, send_all, settled,
    until,
};

/// The ids in the order in which each came first.
fn firsts(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(id.clone()))
        .collect()
}

/// Fails each message so many times.
async fn stubborn(failures: usize) -> Receiver {
    let seen: Mutex<HashMap<String, usize>> = Mutex::default();
    Receiver::new(move |request, _| {
        let mut seen = seen.lock().unwrap();
        let count = seen.entry(request.id().to_owned()).or_default();
        *count += 1;
        Reply::status(if *count <= failures { 503 } else { 200 })
    })
    .await
}

#[tokio::test]
async fn failures_hold_up_those_behind() {
    let receiver = stubborn(2).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(retries(5, 5)));
    let policy = countersign::HealthPolicy::new().without_circuit();
    drop(sender);
    let sender = outbox.open_with(options().retry_policy(retries(5, 5)).health_policy(policy));
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let ids = send_all(&sender, "a", 40).await;
    settled(&sender).await;
    let expected: Vec<_> = ids
        .iter()
        .flat_map(|id| [id.clone(), id.clone(), id.clone()])
        .collect();
    assert_eq!(receiver.ids(), expected);
    assert_eq!(receiver.most_under_way("a"), 1);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_dead_letter_lets_the_next_pass() {
    let receiver = Receiver::new(|_, number| Reply::status([400, 200][number % 2])).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 20).await;
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(receiver.ids(), ids);
    assert_eq!(counts(&sender).await, [0, 0, 10, 10]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn dispatchers_that_come_and_go_keep_the_order() {
    let receiver = Receiver::new(|_, number| {
        let reply = Reply::status(if number % 7 == 3 { 503 } else { 200 });
        reply.after(Duration::from_millis(3))
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(retries(20, 10)));
    let other = outbox.open_with(options().retry_policy(retries(20, 10)));
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let mut ids = Vec::new();
    let mut second = None;
    for turn in 0..8 {
        ids.extend(send_all(&sender, "a", 25).await);
        let dispatcher = sender.start().unwrap();
        if turn == 3 {
            // From now on there is another one all the time.
            second = Some(other.start().unwrap());
        }
        until("some arrive", async || receiver.count() >= ids.len() - 15).await;
        let patience = [Duration::ZERO, Duration::from_secs(5)][turn % 2];
        dispatcher.stop(patience).await;
    }
    settled(&other).await;
    assert_eq!(counts(&sender).await, [0, 0, 200, 0]);
    assert_eq!(firsts(receiver.ids()), ids);
    second.unwrap().stop(PATIENCE).await;
}

#[tokio::test]
async fn the_order_can_be_turned_on_and_off() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 30).await;
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(receiver.ids(), ids);
    dispatcher.stop(PATIENCE).await;
    send_all(&sender, "a", 30).await;
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(receiver.count(), 60);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn to_register_an_endpoint_again_hurries_nothing() {
    let receiver = Receiver::answering(503).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(retries(5, 3_600_000)));
    let dispatcher = sender.start().unwrap();
    for is_fifo in [false, true] {
        let id = if is_fifo { "b" } else { "a" };
        let registered = match is_fifo {
            true => endpoint(id, &receiver).fifo(),
            false => endpoint(id, &receiver),
        };
        let before = receiver.count();
        sender.put_endpoint(&registered).await.unwrap();
        let sent = sender.send(id, &message(1)).await.unwrap();
        until("it has failed once", async || {
            let stored = delivery_of(&sender, &sent.id).await;
            stored.attempts == 1 && stored.state == DeliveryState::Waiting
        })
        .await;
        // As programs do whenever they start.
        for _ in 0..5 {
            sender.put_endpoint(&registered).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(receiver.count(), before + 1, "{id}");
    }
    dispatcher.stop(PATIENCE).await;
}
