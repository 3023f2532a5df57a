//! A database that somebody else keeps locked for seconds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, count_attempts, counts, endpoint, message, send_all, settled, until,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_all_goes_on() {
    let receiver = Receiver::new(|_, _| Reply::status(200).after(Duration::from_millis(20))).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(4))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let mut acknowledged: BTreeSet<String> = send_all(&sender, "a", 60).await.into_iter().collect();
    until("some are under way", async || receiver.count() > 10).await;

    let path = outbox.path();
    let locking = std::thread::spawn(move || {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::thread::sleep(Duration::from_secs(6));
        connection.execute_batch("ROLLBACK").unwrap();
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (start, mut refused) = (Instant::now(), 0);
    while !locking.is_finished() {
        match sender.send("a", &message(1)).await {
            Ok(sent) => assert!(acknowledged.insert(sent.id)),
            Err(error) => {
                assert_eq!(error.code(), "outbox_unavailable");
                refused += 1;
            }
        }
        // Who only looks is answered all the time.
        assert_eq!(
            counts(&sender).await.iter().sum::<u64>() as usize,
            acknowledged.len()
        );
    }
    assert!((1..10).contains(&refused), "{refused}");
    let unlocked = start.elapsed();
    settled(&sender).await;
    assert!(
        start.elapsed() < unlocked + Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    let came: BTreeSet<String> = receiver.ids().into_iter().collect();
    println!(
        "{} acknowledged, {refused} refused, {} came",
        acknowledged.len(),
        came.len()
    );
    assert_eq!(came, acknowledged);
    // The leases are longer than that: nothing was delivered twice, and all is recorded.
    assert_eq!(receiver.count(), acknowledged.len());
    assert_eq!(count_attempts(&sender).await, acknowledged.len());
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_it() {
    let receiver = Receiver::new(|_, _| Reply::status(200).after(Duration::from_millis(100))).await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 3).await;
    until("they are under way", async || receiver.count() == 3).await;
    let connection = rusqlite::Connection::open(outbox.path()).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    assert!(!dispatcher.stop(Duration::from_millis(500)).await);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    connection.execute_batch("ROLLBACK").unwrap();
}
