//! A dispatcher that stands still for longer than its leases last, and goes on later.

use std::time::Duration;

use countersign_delivery::DeliveryFilter;

use crate::common::{Receiver, Reply};
use crate::processes::{FILE, Process, brief, start_again};
use crate::support::{
    Outbox, PATIENCE, count_attempts, counts, endpoint, send_all, settled, until,
};

const LEASE: u64 = 3_000;
const TEST: &str = "freezing::what_a_frozen_dispatcher_had_is_taken_over_and_stays_so";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_frozen_dispatcher_had_is_taken_over_and_stays_so() {
    if let Ok(path) = std::env::var(FILE) {
        let sender = brief(LEASE).open_sqlite(path).unwrap();
        let _dispatcher = sender.start().unwrap();
        return std::future::pending().await;
    }
    let receiver = Receiver::new(|_, number| match number {
        0..4 => Reply::status(200).after(Duration::from_millis(1_200)),
        _ => Reply::status(200),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(brief(LEASE));
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    send_all(&sender, "a", 20).await;
    let frozen = Process(start_again(TEST, &outbox.path()));
    until("it is under way", async || receiver.count() == 4).await;
    frozen.signal("-STOP");
    let [_, taken, ..] = counts(&sender).await;
    assert!((4..=8).contains(&taken), "{taken}");

    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 20, 0]);
    // Each by this one, and those four by the other before.
    assert_eq!(receiver.count(), 24);
    let all = DeliveryFilter::new();
    let before = sender.deliveries(&all, 100).await.unwrap();
    let recorded = count_attempts(&sender).await;
    assert_eq!(recorded, 20 + taken as usize);
    assert!(before.iter().all(|it| it.attempts == 1 && !it.is_replay));

    frozen.signal("-CONT");
    // What it heard meanwhile is recorded, and changes nothing; it begins nothing that it had.
    until("it records its attempts", async || {
        count_attempts(&sender).await == recorded + 4
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sender.deliveries(&all, 100).await.unwrap(), before);
    assert_eq!(receiver.count(), 24);
    assert_eq!(count_attempts(&sender).await, recorded + 4);
    println!("{taken} were taken over, 0 lost, 4 results came too late");

    // It is as good as before.
    assert!(dispatcher.stop(PATIENCE).await);
    send_all(&sender, "a", 5).await;
    settled(&sender).await;
    assert_eq!((receiver.count(), counts(&sender).await[2]), (29, 25));
}
