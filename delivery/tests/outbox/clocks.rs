//! A clock that is set back and ahead by hours.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use countersign::{HealthPolicy, UnixTime};
use countersign_delivery::transport::Timeouts;
use countersign_delivery::{DeliveryFilter, DeliveryState, SenderOptions};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, counts, delivery_of, endpoint, message, options, retries, send_all, settled,
    system_time, until,
};

const HOUR: i64 = 3_600_000;
/// How long anything takes that does not wait for a clock.
const SOON: Duration = Duration::from_secs(15);

/// A clock that can be set, by milliseconds of difference.
#[derive(Clone, Default)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn now(&self) -> UnixTime {
        let difference = self.0.load(Ordering::Relaxed);
        UnixTime::from_millis(system_time().millis().saturating_add_signed(difference))
    }

    fn set(&self, difference: i64) {
        self.0.store(difference, Ordering::Relaxed);
    }

    fn options(&self) -> SenderOptions {
        let clock = self.clone();
        options().clock(move || clock.now())
    }
}

/// Fails the first requests.
async fn failing_at_first(count: usize, reply: Reply) -> Receiver {
    Receiver::new(move |_, number| match number < count {
        true => reply.clone(),
        false => Reply::status(200),
    })
    .await
}

#[tokio::test]
async fn what_waits_soon_waits_soon_after_the_clock_was_set_back() {
    let clock = Clock::default();
    let receiver = failing_at_first(8, Reply::status(503)).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(clock.options().retry_policy(retries(5, 3_000)));
    let ids = ["a", "b", "c", "d"];
    for id in ids {
        let registered = endpoint(id, &receiver);
        let registered = match id {
            "c" | "d" => registered.fifo(),
            _ => registered.per_second(5.0),
        };
        sender.put_endpoint(&registered).await.unwrap();
    }
    let dispatcher = sender.start().unwrap();
    for id in ids {
        send_all(&sender, id, 2).await;
    }
    // In order one of each waits, of the others both.
    until("they have failed", async || {
        receiver.count() == 6 && counts(&sender).await == [8, 0, 0, 0]
    })
    .await;
    clock.set(-3 * HOUR);
    let start = Instant::now();
    settled(&sender).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert_eq!(counts(&sender).await, [0, 0, 8, 0]);

    // Also if nobody was there when it was set back.
    send_all(&sender, "a", 2).await;
    assert!(dispatcher.stop(PATIENCE).await);
    clock.set(3 * HOUR);
    send_all(&sender, "a", 2).await;
    send_all(&sender, "c", 2).await;
    clock.set(-3 * HOUR);
    let start = Instant::now();
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_waits_for_hours_still_does_after_the_clock_was_set_back() {
    let clock = Clock::default();
    let receiver = Receiver::answering(503).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(clock.options().retry_policy(retries(5, 2 * 3_600_000)));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    sender
        .put_endpoint(&endpoint("b", &receiver).fifo())
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    sender.send("b", &message(1)).await.unwrap();
    let waits = async || receiver.count() == 2 && counts(&sender).await == [2, 0, 0, 0];
    until("they have failed", waits).await;
    clock.set(-HOUR);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(waits().await, "{}", receiver.count());
    let wait = delivery_of(&sender, &sent.id)
        .await
        .due
        .saturating_since(clock.now());
    assert!((7_100..=7_200).contains(&wait.as_secs()), "{wait:?}");
    // Set ahead, all of it is due.
    clock.set(2 * HOUR);
    until("they are tried again", async || receiver.count() == 4).await;
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn no_pause_of_an_endpoint_outlives_a_clock_that_is_set_back() {
    let clock = Clock::default();
    let busy = Reply::status(429).header("retry-after", "5");
    let throttled = failing_at_first(1, busy).await;
    let down = failing_at_first(1, Reply::status(503)).await;
    let outbox = Outbox::new();
    let pause = Duration::from_secs(20);
    let policy = HealthPolicy::new()
        .with_circuit(1)
        .with_circuit_pauses(pause, pause);
    let sender = outbox.open_with(clock.options().health_policy(policy));
    sender
        .put_endpoint(&endpoint("a", &throttled))
        .await
        .unwrap();
    sender.put_endpoint(&endpoint("b", &down)).await.unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 1).await;
    send_all(&sender, "b", 1).await;
    until("they pause", async || {
        throttled.count() + down.count() == 2 && counts(&sender).await == [2, 0, 0, 0]
    })
    .await;
    clock.set(-3 * HOUR);
    let start = Instant::now();
    settled(&sender).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_is_under_way_stays_with_its_dispatcher_when_the_clock_jumps() {
    for difference in [3 * HOUR, -3 * HOUR] {
        let clock = Clock::default();
        let slow = |_: &_, _| Reply::status(200).after(Duration::from_millis(3_200));
        let receiver = Receiver::new(slow).await;
        let outbox = Outbox::new();
        // Leases are looked at every two seconds, and begun again a little later.
        let mut timeouts = Timeouts::default();
        timeouts.total = Duration::from_secs(4);
        let senders = [clock.options(), clock.options()].map(|options| {
            let options = options.timeouts(timeouts).lease(Duration::from_secs(8));
            outbox.open_with(options)
        });
        let sender = &senders[0];
        let registered = endpoint("a", &receiver).concurrency(4);
        sender.put_endpoint(&registered).await.unwrap();
        send_all(sender, "a", 8).await;
        let dispatcher = sender.start().unwrap();
        until("they are under way", async || receiver.count() == 4).await;
        // Which must not be taken for dead by another.
        let other = senders[1].start().unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        clock.set(difference);
        settled(sender).await;
        assert_eq!((receiver.count(), counts(sender).await), (8, [0, 0, 8, 0]));
        dispatcher.stop(PATIENCE).await;
        other.stop(PATIENCE).await;
    }
}

#[tokio::test]
async fn what_a_dead_process_had_is_taken_over_soon_after_the_clock_was_set_back() {
    let clock = Clock::default();
    clock.set(3 * HOUR);
    let hanging = Receiver::new(|_, number| match number {
        0 => Reply::status(200).after(Duration::from_secs(600)),
        _ => Reply::status(200),
    })
    .await;
    let outbox = Outbox::new();
    let brief = || {
        let mut timeouts = Timeouts::default();
        timeouts.total = Duration::from_millis(900);
        clock
            .options()
            .timeouts(timeouts)
            .lease(Duration::from_secs(2))
    };
    let sender = outbox.open_with(brief());
    sender.put_endpoint(&endpoint("a", &hanging)).await.unwrap();
    let first = sender.clone();
    // A runtime that ends is as good as a process that dies.
    let died = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let _dispatcher = first.start().unwrap();
            let sent = first.send("a", &message(1)).await.unwrap();
            until("it is under way", async || {
                delivery_of(&first, &sent.id).await.state == DeliveryState::Running
            })
            .await;
        });
        runtime.shutdown_background();
    });
    died.join().unwrap();
    assert_eq!(counts(&sender).await, [0, 1, 0, 0]);
    clock.set(-3 * HOUR);
    let start = Instant::now();
    let dispatcher = outbox.open_with(brief());
    let dispatcher = dispatcher.start().unwrap();
    settled(&sender).await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn replays_go_on_after_the_clock_was_set_back() {
    let clock = Clock::default();
    let receiver = failing_at_first(30, Reply::status(400)).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(clock.options());
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 30).await;
    until("all are dead", async || {
        counts(&sender).await == [0, 0, 0, 30]
    })
    .await;
    sender.replay_all(&DeliveryFilter::new(), 10).await.unwrap();
    until("some are replayed", async || receiver.count() > 33).await;
    clock.set(-3 * HOUR);
    let start = Instant::now();
    until("all are replayed", async || {
        counts(&sender).await == [0, 0, 30, 0]
    })
    .await;
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_block_that_a_clock_moved_to_before_1970_is_past() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let database = rusqlite::Connection::open(outbox.path()).unwrap();
    let changed = database.execute(
        "UPDATE countersign_endpoint SET blocked_until_ms = -5, paced_until_us = -5",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 3).await;
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 3, 0]);
    assert!(dispatcher.stop(PATIENCE).await);
}
