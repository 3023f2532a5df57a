//! How dispatchers start and stop.

use std::time::{Duration, Instant};

use countersign_delivery::DeliveryState;

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, attempts_of, count_attempts, counts, delivery_of, endpoint, options,
    send_all, settled, until,
};

async fn slow(millis: u64) -> Receiver {
    Receiver::new(move |_, _| Reply::status(200).after(Duration::from_millis(millis))).await
}

#[tokio::test]
async fn a_stop_waits_for_what_is_under_way_and_gives_back_the_rest() {
    let receiver = slow(400).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    send_all(&sender, "a", 50).await;
    let dispatcher = sender.start().unwrap();
    until("it is under way", async || receiver.count() == 4).await;
    let start = Instant::now();
    assert!(dispatcher.stop(PATIENCE).await);
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(receiver.count(), 4);
    // At once, not when the leases end.
    assert_eq!(counts(&sender).await, [46, 0, 4, 0]);
    assert_eq!(count_attempts(&sender).await, 4);
    assert!(send_all(&sender, "a", 1).await.len() == 1);

    // The next one begins with them at once, on the same sender.
    let dispatcher = sender.start().unwrap();
    until("the next begin", async || receiver.count() == 8).await;
    assert!(dispatcher.stop(PATIENCE).await);
    assert_eq!(counts(&sender).await, [43, 0, 8, 0]);
}

#[tokio::test]
async fn a_stop_without_patience_cuts_off_what_is_under_way() {
    let receiver = Receiver::new(|_, number| match number {
        0..4 => Reply::status(200).after(Duration::from_secs(600)),
        _ => Reply::status(200),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 10).await;
    let dispatcher = sender.start().unwrap();
    until("it is under way", async || receiver.count() == 4).await;
    let start = Instant::now();
    assert!(!dispatcher.stop(Duration::from_millis(50)).await);
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(counts(&sender).await, [10, 0, 0, 0]);
    // It is not known whether those arrived.
    assert_eq!(count_attempts(&sender).await, 4);
    let cut_off = &receiver.ids()[0];
    let attempts = attempts_of(&sender, cut_off).await;
    assert_eq!(attempts[0].error.as_deref(), Some("interrupted"));

    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 10, 0]);
    assert_eq!(receiver.count(), 14);
    assert_eq!(count_attempts(&sender).await, 14);
    assert_eq!(attempts_of(&sender, cut_off).await.len(), 2);
    assert_eq!(
        delivery_of(&sender, &ids[0]).await.state,
        DeliveryState::Delivered
    );
    // There is nothing to wait for.
    assert!(dispatcher.stop(Duration::ZERO).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispatcher_that_is_dropped_ends_and_another_may_begin() {
    let receiver = slow(300).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    send_all(&sender, "a", 30).await;
    for turn in 1..4 {
        let dispatcher = sender.start().unwrap();
        until("it is under way", async || receiver.count() >= turn * 4).await;
        drop(dispatcher);
    }
    // What was under way ends, and what was taken is given back.
    until("all is noted", async || counts(&sender).await[1] == 0).await;
    let [waiting, _, delivered, dead] = counts(&sender).await;
    assert_eq!((waiting + delivered, dead), (30, 0));
    assert_eq!(delivered, receiver.count() as u64);
    assert_eq!(count_attempts(&sender).await, receiver.count());
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(receiver.count(), 30);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_stop_that_nobody_awaits_goes_on() {
    let receiver = slow(300).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(2))
        .await
        .unwrap();
    send_all(&sender, "a", 10).await;
    let dispatcher = sender.start().unwrap();
    until("it is under way", async || receiver.count() == 2).await;
    let stopping = dispatcher.stop(PATIENCE);
    assert!(
        tokio::time::timeout(Duration::from_millis(20), stopping)
            .await
            .is_err()
    );
    until("it has stopped", async || {
        counts(&sender).await == [8, 0, 2, 0]
    })
    .await;
    // And so does the longest patience.
    until("it has gone", async || match sender.start() {
        Ok(dispatcher) => {
            settled(&sender).await;
            dispatcher.stop(Duration::MAX).await
        }
        Err(_) => false,
    })
    .await;
    assert_eq!(counts(&sender).await, [0, 0, 10, 0]);
}

#[tokio::test]
async fn a_sender_has_one_dispatcher() {
    let outbox = Outbox::new();
    let sender = outbox.open();
    let dispatcher = sender.start().unwrap();
    assert_eq!(sender.start().unwrap_err().code(), "outbox_unavailable");
    assert_eq!(
        sender.clone().start().unwrap_err().code(),
        "outbox_unavailable"
    );
    // Another sender of the same file has its own.
    let other = outbox.open();
    other.start().unwrap().stop(PATIENCE).await;
    dispatcher.stop(PATIENCE).await;
    sender.start().unwrap().stop(PATIENCE).await;
}

#[tokio::test]
async fn after_a_restart_it_goes_on_at_once() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    drop(sender);
    let mut times = Vec::new();
    for before in [0, 100, 200] {
        send_all(&outbox.open(), "a", 100).await;
        let start = Instant::now();
        let sender = outbox.open();
        let dispatcher = sender.start().unwrap();
        until("it begins", async || receiver.count() > before).await;
        times.push(start.elapsed());
        settled(&sender).await;
        assert_eq!(receiver.count(), before + 100);
        assert!(dispatcher.stop(PATIENCE).await);
    }
    // The machine may stall now and then.
    let shortest = times.iter().min().unwrap();
    assert!(*shortest < Duration::from_millis(900), "{times:?}");
}

#[tokio::test]
async fn in_memory_all_is_the_same_but_for_the_end() {
    let receiver = Receiver::new(|_, number| match number {
        0..10 => Reply::status(503),
        _ => Reply::status(200),
    })
    .await;
    let sender = options().open_sqlite(":memory:").unwrap();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 20).await;
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 20, 0]);
    assert_eq!(count_attempts(&sender).await, receiver.count());
    dispatcher.stop(PATIENCE).await;
}
