//! What only the crate itself can do to its database: fill the disk.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use countersign_database::{Kind, Purpose, Statement, Work};

use crate::{DeliveryState, Endpoint, Message, Sender, SenderOptions};

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Receiver, Reply};

const PATIENCE: Duration = Duration::from_secs(60);

async fn pragma(sender: &Sender, text: &'static str) {
    let statement = Statement::new(Kind::Rows, text, []);
    let work = Work::new(Purpose::Read, [statement]);
    sender.run(work).await.unwrap();
}

async fn count(sender: &Sender, state: DeliveryState) -> usize {
    sender.counts().await.unwrap()[&state] as usize
}

async fn until(condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < PATIENCE, "it does not happen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let receiver = Receiver::new(|_, _| Reply::status(200).body(&"a".repeat(4_000))).await;
    let folder = tempfile::tempdir().unwrap();
    let sender = SenderOptions::new()
        .open_sqlite(folder.path().join("outbox.db"))
        .unwrap();
    let endpoint = Endpoint::new("a", receiver.url("a"));
    let endpoint = endpoint.secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let endpoint = endpoint.allow_http().allow_network("127.0.0.1");
    sender.put_endpoint(&endpoint).await.unwrap();
    // SQLite then says that the disk is full.
    pragma(&sender, "PRAGMA max_page_count = 120").await;
    let (mut acknowledged, mut refused) = (BTreeSet::new(), 0);
    for _ in 0..200 {
        let message = Message::with_payload("a", vec![b'a'; 2_000]);
        match sender.send("a", &message).await {
            Ok(sent) => assert!(acknowledged.insert(sent.id)),
            Err(error) => {
                assert_eq!(error.code(), "outbox_unavailable");
                refused += 1;
            }
        }
    }
    assert!(acknowledged.len() > 20 && refused > 20);
    assert_eq!(
        count(&sender, DeliveryState::Waiting).await,
        acknowledged.len()
    );

    // While it is full, as much is delivered as can be noted; the answers need room.
    let dispatcher = sender.start().unwrap();
    until(async || receiver.count() > 0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let delivered = count(&sender, DeliveryState::Delivered).await;
    assert!(delivered < acknowledged.len());
    pragma(&sender, "PRAGMA max_page_count = 1000000").await;
    until(async || count(&sender, DeliveryState::Delivered).await == acknowledged.len()).await;
    let sent = sender
        .send("a", &Message::with_payload("a", "now"))
        .await
        .unwrap();
    acknowledged.insert(sent.id);
    until(async || count(&sender, DeliveryState::Delivered).await == acknowledged.len()).await;
    assert!(dispatcher.stop(PATIENCE).await);

    let came: BTreeSet<String> = receiver.ids().into_iter().collect();
    println!(
        "{} acknowledged, {refused} refused, {} came, {} requests",
        acknowledged.len(),
        came.len(),
        receiver.count()
    );
    assert_eq!(came, acknowledged);
    // Nobody took over what waited to be noted.
    assert_eq!(receiver.count(), acknowledged.len());
    for delivery in sender
        .deliveries(&crate::DeliveryFilter::new(), 1_000)
        .await
        .unwrap()
    {
        assert_eq!(sender.attempts(delivery.number, 10).await.unwrap().len(), 1);
    }
}
