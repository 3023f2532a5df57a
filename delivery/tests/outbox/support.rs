//! Senders for the tests, and what they wait for.
#![allow(dead_code, reason = "each of the tests needs some of it")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use countersign::{Backoff, RetryPolicy, Scheme, Secret, UnixTime, Webhook};
use countersign_delivery::{
    Attempted, DeliveryFilter, DeliveryState, Endpoint, Message, Sender, SenderOptions,
    StoredDelivery,
};
use tempfile::TempDir;

use crate::common::{Received, Receiver};

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const OTHER_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// After how long a test that waits for something has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A file that senders share, one after another or at the same time.
pub(crate) struct Outbox {
    folder: TempDir,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("outbox.db")
    }

    pub(crate) fn open(&self) -> Sender {
        self.open_with(options())
    }

    pub(crate) fn open_with(&self, options: SenderOptions) -> Sender {
        options.open_sqlite(self.path()).unwrap()
    }
}

/// A sender that tries five times in quick succession.
pub(crate) fn options() -> SenderOptions {
    let options = SenderOptions::new().without_synchronisation();
    options.retry_policy(retries(5, 20))
}

/// So many attempts, so many milliseconds apart.
pub(crate) fn retries(attempts: usize, pause: u64) -> RetryPolicy {
    RetryPolicy::new(Backoff::fixed(vec![Duration::from_millis(pause); attempts]))
}

/// An endpoint of this id, at the path of the same name.
pub(crate) fn endpoint(id: &str, receiver: &Receiver) -> Endpoint {
    let endpoint = Endpoint::new(id, receiver.url(id)).secret(SECRET);
    endpoint.allow_http().allow_network("127.0.0.1")
}

pub(crate) fn message(number: usize) -> Message {
    Message::new("invoice.paid", &serde_json::json!({ "number": number })).unwrap()
}

/// Sends so many messages, and gives their ids in order.
pub(crate) async fn send_all(sender: &Sender, to: &str, count: usize) -> Vec<String> {
    let messages: Vec<Message> = (0..count).map(message).collect();
    let sent = sender
        .send_many(messages.iter().map(|message| (to, message)))
        .await
        .unwrap();
    sent.into_iter().map(|sent| sent.unwrap().id).collect()
}

/// What a receiver with these secrets makes of a request.
pub(crate) fn verify(secrets: &[&str], received: &Received) -> Result<usize, &'static str> {
    let secrets = secrets.iter().map(|secret| Secret::parse(secret).unwrap());
    let webhook = Webhook::new(Scheme::STANDARD, secrets).unwrap();
    let request = countersign::Request::new(&received.headers, &received.body);
    let verified = webhook.verify(&request, system_time());
    verified
        .map(|verified| verified.key_index())
        .map_err(|error| error.code())
}

pub(crate) fn system_time() -> UnixTime {
    UnixTime::from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap())
}

pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < PATIENCE, "it does not happen: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until nothing waits and nothing is under way.
pub(crate) async fn settled(sender: &Sender) {
    until("all is settled", async || {
        let [waiting, running, ..] = counts(sender).await;
        waiting + running == 0
    })
    .await;
}

/// How many wait, are running, are delivered, are dead.
pub(crate) async fn counts(sender: &Sender) -> [u64; 4] {
    let counts = sender.counts().await.unwrap();
    [
        DeliveryState::Waiting,
        DeliveryState::Running,
        DeliveryState::Delivered,
        DeliveryState::Dead,
    ]
    .map(|state| counts[&state])
}

/// The only delivery of a message.
pub(crate) async fn delivery_of(sender: &Sender, id: &str) -> StoredDelivery {
    let mut deliveries = sender.deliveries_of(id).await.unwrap();
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0)
}

/// The attempts at the only delivery of a message, the first one first.
pub(crate) async fn attempts_of(sender: &Sender, id: &str) -> Vec<Attempted> {
    let number = delivery_of(sender, id).await.number;
    let mut attempts = sender.attempts(number, 1_000).await.unwrap();
    attempts.reverse();
    attempts
}

/// How many attempts are recorded of all deliveries.
pub(crate) async fn count_attempts(sender: &Sender) -> usize {
    let mut count = 0;
    let deliveries = sender
        .deliveries(&DeliveryFilter::new(), 100_000)
        .await
        .unwrap();
    for delivery in deliveries {
        count += sender.attempts(delivery.number, 1_000).await.unwrap().len();
    }
    count
}

/// Why each dead letter is dead, each reason once and in order.
pub(crate) async fn reasons(sender: &Sender) -> Vec<String> {
    let dead = sender
        .dead_letters(&DeliveryFilter::new(), 100_000)
        .await
        .unwrap();
    let mut reasons: Vec<String> = dead.into_iter().filter_map(|it| it.reason).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}
