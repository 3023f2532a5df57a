//! A process that sends and delivers is killed at random points, again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign_delivery::{DeliveryFilter, Sender};

use crate::common::{Receiver, Reply};
use crate::processes::{FILE, brief, start_again};
use crate::support::{Outbox, PATIENCE, counts, endpoint, message, settled, until};

const KILLS: usize = 200;
/// At each endpoint of the process.
const CONCURRENCY: usize = 4;
const ENDPOINTS: [&str; 2] = ["a", "b"];

/// Sends and delivers until it is killed, and says the id of each message that was acknowledged.
async fn send_for_ever(sender: Sender) {
    let _dispatcher = sender.start().unwrap();
    let senders = ENDPOINTS.map(|to| {
        let sender = sender.clone();
        tokio::spawn(async move {
            loop {
                let sent = sender.send(to, &message(1)).await.unwrap();
                // As a whole: a line that is cut off was not acknowledged.
                let line = format!("acknowledged {}\n", sent.id);
                std::io::stdout().write_all(line.as_bytes()).unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
    });
    let [first, second] = senders;
    // One that cannot send ends the process, which the test notices.
    tokio::select! {
        ended = first => ended.unwrap(),
        ended = second => ended.unwrap(),
    }
}

/// What the process said until it was killed.
fn listen(
    child: &mut Child,
    acknowledged: Arc<AtomicUsize>,
) -> std::thread::JoinHandle<Vec<String>> {
    let output = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let mut ids = Vec::new();
        for line in output.split(b'\n') {
            let line = String::from_utf8(line.unwrap()).unwrap();
            // What the test harness writes may be before it on the line.
            if let Some((_, id)) = line.split_once("acknowledged ")
                && id.len() == 36
            {
                ids.push(id.to_owned());
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }
        ids
    })
}

/// What came at a receiver that is asked by several runtimes.
#[derive(Default)]
struct Log {
    /// The requests of each id, with their payloads.
    came: Mutex<BTreeMap<String, Vec<Vec<u8>>>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_points_it_loses_nothing() {
    if let Ok(path) = std::env::var(FILE) {
        let sender = brief(500).open_sqlite(path).unwrap();
        return send_for_ever(sender).await;
    }
    let log = Arc::new(Log::default());
    let noting = log.clone();
    let receiver = Receiver::new(move |request, number| {
        let mut came = noting.came.lock().unwrap();
        let bodies = came.entry(request.id().to_owned()).or_default();
        bodies.push(request.body.clone());
        let status = if number % 17 == 3 { 503 } else { 200 };
        // So that some are always under way.
        Reply::status(status).after(Duration::from_millis(number as u64 % 4 * 3))
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(brief(500));
    for id in ENDPOINTS {
        let endpoint = endpoint(id, &receiver).concurrency(CONCURRENCY as u32);
        sender.put_endpoint(&endpoint).await.unwrap();
    }
    let start = Instant::now();
    let mut acknowledged = BTreeSet::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let path = outbox.path();
    for turn in 0..KILLS {
        let test = "kills::killed_at_random_points_it_loses_nothing";
        let mut child = start_again(test, &path);
        let count = Arc::new(AtomicUsize::new(0));
        let listening = listen(&mut child, count.clone());
        if turn % 10 > 0 {
            // Some are killed while they start.
            until("it sends", async || count.load(Ordering::Relaxed) > 0).await;
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        tokio::time::sleep(Duration::from_micros(random % 120_000)).await;
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        acknowledged.extend(listening.join().unwrap());
    }
    let killing = start.elapsed();

    // Somebody else delivers what is left.
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert!(dispatcher.stop(PATIENCE).await);

    let came = log.came.lock().unwrap().clone();
    let lost = acknowledged
        .iter()
        .filter(|id| !came.contains_key(*id))
        .count();
    let requests: usize = came.values().map(Vec::len).sum();
    let unstable = came
        .values()
        .filter(|bodies| bodies.iter().any(|it| *it != bodies[0]));
    // Every message is there once, also one of which the process did not live to say so.
    let deliveries = sender
        .deliveries(&DeliveryFilter::new(), u32::MAX)
        .await
        .unwrap();
    let ids: BTreeSet<&str> = deliveries.iter().map(|it| it.message_id.as_str()).collect();
    let mut interrupted = 0;
    let mut recorded = 0;
    let mut late = 0;
    let mut duplicates = 0;
    let mut unexplained = 0;
    for delivery in &deliveries {
        let attempts = sender.attempts(delivery.number, u32::MAX).await.unwrap();
        let cut = attempts
            .iter()
            .filter(|it| it.error.as_deref() == Some("interrupted"))
            .count();
        interrupted += cut;
        recorded += attempts.len();
        // Of a machine that stalls an answer may come too late.
        let timed_out = attempts
            .iter()
            .filter(|it| it.error.as_deref() == Some("timeout"))
            .count();
        late += timed_out;
        let failed = attempts.iter().filter(|it| it.status == Some(503)).count() + timed_out;
        // Once, and once more for each failure and for each attempt that a kill cut off.
        let again = came[&delivery.message_id].len().saturating_sub(1 + failed);
        duplicates += again;
        unexplained += again.saturating_sub(cut);
    }
    println!(
        "{KILLS} kills in {killing:.1?}: {} acknowledged, {} stored, {lost} lost, {requests} \
         requests, {recorded} attempts recorded of which {interrupted} cut off and {late} late, \
         {duplicates} duplicates, {unexplained} of them without a kill",
        acknowledged.len(),
        deliveries.len(),
    );
    assert!(acknowledged.len() > KILLS);
    assert_eq!((lost, unexplained, unstable.count()), (0, 0, 0));
    assert_eq!(ids.len(), deliveries.len());
    assert!(acknowledged.iter().all(|id| ids.contains(id.as_str())));
    assert!(came.keys().all(|id| ids.contains(id.as_str())));
    assert_eq!(counts(&sender).await, [0, 0, deliveries.len() as u64, 0]);
    // No more than a process has taken at a time: what it attempts, and as many that are next.
    let most = KILLS * ENDPOINTS.len() * CONCURRENCY * 2;
    assert!(interrupted > 0 && interrupted <= most, "{interrupted}");
    assert!(requests <= recorded, "{requests} {recorded}");
}
