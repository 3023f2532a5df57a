//! What only the inbox itself can do to its database: fill the disk, and look how it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign::{Scheme, Secret, UnixTime, Webhook};
use countersign_database::{Done, Kind, Purpose, Statement, Work};
use http::Request;
use http_body_util::{BodyExt, Full};
use tempfile::TempDir;
use tower::ServiceExt;

use super::event_store::Completion;
use super::signals::Signals;
use super::{Inbox, SqliteInbox, State, Workers};
use crate::{Receiver, ReceiverService};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const PATIENCE: Duration = Duration::from_secs(60);

fn webhook() -> Webhook {
    Webhook::new(
        Scheme::SHA256,
        [Secret::parse("a secret of the tests").unwrap()],
    )
    .unwrap()
}

fn open() -> (TempDir, Inbox) {
    let folder = tempfile::tempdir().unwrap();
    let inbox = SqliteInbox::new(folder.path().join("inbox.db"));
    (folder, inbox.open().unwrap())
}

/// A receiver, and the ids of the events that it has handled.
fn noting(inbox: &Inbox) -> (ReceiverService, Arc<Mutex<Vec<String>>>) {
    let ids: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = ids.clone();
    let receiver = Receiver::new(webhook()).clock(|| NOW).inbox(inbox.clone());
    let receiver = receiver.on("*", move |event| {
        noted.lock().unwrap().push(event.id().unwrap().to_owned());
        ready(Ok::<(), Infallible>(()))
    });
    (receiver.unwrap().into_service(), ids)
}

/// The word for what became of it.
async fn deliver(service: &ReceiverService, id: &str, padding: usize) -> String {
    let data = "a".repeat(padding);
    let body = format!(r#"{{"id":"{id}","type":"a","data":"{data}"}}"#);
    let mut request = Request::post("/").header("content-type", "application/json");
    for (name, value) in webhook().sign(None, NOW, body.as_bytes()).unwrap() {
        request = request.header(name, value);
    }
    let request = request.body(Full::<Bytes>::from(body)).unwrap();
    let answer = service.clone().oneshot(request).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let word = body.get("status").or(body.get("error")).unwrap();
    word.as_str().unwrap().to_owned()
}

async fn until(condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < PATIENCE, "it does not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn is_settled(inbox: &Inbox) -> bool {
    let counts = inbox.counts().await.unwrap();
    counts[&State::Waiting] + counts[&State::Running] == 0
}

async fn pragma(inbox: &Inbox, text: &'static str) -> i64 {
    let statement = Statement::new(Kind::Rows, text, []);
    let done = inbox.run(Work::new(Purpose::Read, vec![statement])).await;
    first_integer(&done.unwrap())
}

fn first_integer(done: &Done) -> i64 {
    done.answers[0].rows[0].integer(0).unwrap()
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let (_folder, inbox) = open();
    let (service, handled) = noting(&inbox);
    // SQLite then says that the disk is full.
    pragma(&inbox, "PRAGMA max_page_count = 60").await;
    let mut words = BTreeMap::new();
    for number in 0..150 {
        let id = number.to_string();
        let word = deliver(&service, &id, 2_000).await;
        words.insert(id, word);
    }
    let of_word = |wanted: &str| {
        let ids = words.iter().filter(|(_, word)| *word == wanted);
        ids.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
    };
    let accepted = of_word("accepted");
    let refused = of_word("store_unavailable");
    assert!(!accepted.is_empty() && !refused.is_empty());
    assert_eq!(accepted.len() + refused.len(), 150);
    let ids = || {
        handled
            .lock()
            .unwrap()
            .iter()
            .cloned()
            .collect::<BTreeSet<_>>()
    };

    // While it is full, workers go on as far as they can, and note the rest when there is room.
    let workers = Workers::new(&service, &inbox)
        .poll(Duration::from_millis(50))
        .start();
    until(async || ids() == accepted).await;
    pragma(&inbox, "PRAGMA max_page_count = 1000000").await;
    until(async || is_settled(&inbox).await).await;
    for id in words.keys() {
        let word = deliver(&service, id, 0).await;
        assert_eq!(word == "duplicate", accepted.contains(id), "{id}");
    }
    until(async || is_settled(&inbox).await).await;
    assert!(workers.stop(PATIENCE).await);
    let mut all = handled.lock().unwrap().clone();
    all.sort();
    // Each once.
    assert_eq!(all, words.keys().cloned().collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_acknowledged_is_synchronised() {
    const LEVEL: &str = "PRAGMA synchronous";
    let (_folder, inbox) = open();
    let (service, _) = noting(&inbox);
    let level = async || pragma(&inbox, LEVEL).await;
    let (full, normal) = (2, 1);
    assert_eq!(level().await, full);
    assert_eq!(deliver(&service, "evt_1", 0).await, "accepted");
    assert_eq!(level().await, full);
    // What workers note may be undone by a power cut: the event is then handled again.
    let taken = inbox
        .take("sha256", 1, PATIENCE, &[])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(level().await, normal);
    assert_eq!(inbox.done(&taken, PATIENCE).await, Ok(true));
    assert_eq!(level().await, normal);
    assert_eq!(deliver(&service, "evt_2", 0).await, "accepted");
    assert_eq!(level().await, full);
}

#[test]
fn nobody_is_remembered_who_waits_no_more() {
    let signals = Signals::default();
    for number in 0..100 {
        signals.expect(number, Completion::new().0);
    }
    assert_eq!(signals.expected_count(), 1);
    let (completion, mut completed) = Completion::new();
    signals.expect(7, completion);
    signals.tell(8, true);
    signals.tell(7, false);
    assert_eq!(completed.try_recv(), Ok(false));
}
