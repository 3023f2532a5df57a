//! There is no room for what is sent, nor for how attempts ended.

use std::collections::BTreeSet;
use std::io::Read;

use countersign_delivery::Sender;

use crate::common::Receiver;
use crate::processes::{FILE, brief, start_again_within};
use crate::support::{Outbox, PATIENCE, counts, endpoint, message, settled};

/// Each file of the process has room for some of the messages.
const BLOCKS: u32 = 3_000;
const REFUSALS: usize = 30;

/// Sends and delivers until it was refused often enough, and says what was acknowledged.
async fn send_until_refused(sender: Sender) {
    let dispatcher = sender.start().unwrap();
    let mut refused = 0;
    while refused < REFUSALS {
        match sender.send("a", &message(1)).await {
            Ok(sent) => println!("\nacknowledged {}", sent.id),
            Err(error) => {
                assert_eq!(error.code(), "outbox_unavailable");
                refused += 1;
            }
        }
    }
    println!("\nfull");
    dispatcher.stop(std::time::Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_arrives_all_the_same() {
    if let Ok(path) = std::env::var(FILE) {
        let sender = brief(500).open_sqlite(path).unwrap();
        return send_until_refused(sender).await;
    }
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(brief(500));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let test = "full_disk::what_was_acknowledged_arrives_all_the_same";
    let mut child = start_again_within(BLOCKS, test, &outbox.path());
    let mut said = String::new();
    let mut output = child.stdout.take().unwrap();
    output.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    assert!(said.contains("\nfull\n"), "{said}");
    let acknowledged: BTreeSet<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("acknowledged "))
        .collect();
    println!(
        "{} acknowledged before the disk was full",
        acknowledged.len()
    );
    assert!(acknowledged.len() > 10, "{said}");

    // There is room again, for another process.
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    assert!(dispatcher.stop(PATIENCE).await);
    let came: BTreeSet<String> = receiver.ids().into_iter().collect();
    let lost = acknowledged.iter().filter(|id| !came.contains(**id));
    assert_eq!(lost.count(), 0);
    // What was refused is not half there.
    assert_eq!(counts(&sender).await, [0, 0, acknowledged.len() as u64, 0]);
    assert_eq!(came.len(), acknowledged.len());
}
