//! What was acknowledged is handled, whoever is killed.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
#[macro_use]
mod inboxes;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::{deliver, event, receiver};
use countersign::RetryPolicy;
use countersign_tower::ReceivedEvent;
use countersign_tower::inbox::Workers;
use inboxes::{PATIENCE, Place, counts, open, settled, until};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

on_both!(
    killed_at_any_point_nothing_is_lost,
    processes_share_an_inbox,
);

/// Under which name the process of a server finds its run.
const RUN: &str = "COUNTERSIGN_TEST_RUN";
const SERVER: &str = "a_server_handles_what_it_has_acknowledged";

/// What a server does.
#[derive(Serialize, Deserialize)]
struct Run {
    /// The name of the place of its inbox.
    place: String,
    log: PathBuf,
    first: u64,
    count: u64,
    lease: Duration,
}

/// A server with workers, which delivers messages to itself. The other tests run this one in
/// processes of its own, to be killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_handles_what_it_has_acknowledged() {
    if let Some(run) = std::env::var_os(RUN) {
        serve(&serde_json::from_str(run.to_str().unwrap()).unwrap()).await;
        return;
    }
    let place = Place::sqlite();
    let servers = Servers::new(&place);
    serve(&servers.run(0, 10, PATIENCE)).await;
    assert_eq!(servers.lines("acknowledged").len(), 10);
    assert_eq!(servers.lines("end"), servers.lines("acknowledged"));
}

/// Writes to the log what it has acknowledged, and what its handler begins and ends.
async fn serve(run: &Run) {
    let log = File::options().append(true).create(true).open(&run.log);
    let log = Arc::new(log.unwrap());
    let note = move |word: &str, id: &str| {
        // In one piece, for it may be the last that this process does.
        let line = format!("{word} {id}\n");
        (&*log).write_all(line.as_bytes()).unwrap();
    };
    let inbox = open(&run.place);
    let handler_note = note.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            let note = handler_note.clone();
            async move {
                note("begin", event.id().unwrap());
                tokio::time::sleep(Duration::from_millis(4)).await;
                note("end", event.id().unwrap());
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    let workers = Workers::new(&service, &inbox)
        .policy(RetryPolicy::exponential(Duration::from_millis(10), 50))
        .lease(run.lease)
        .poll(Duration::from_millis(50))
        .start();
    let next = Arc::new(AtomicU64::new(run.first));
    let end = run.first + run.count;
    let senders = [(); 4].map(|()| {
        let (service, note, next) = (service.clone(), note.clone(), next.clone());
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= end {
                    return;
                }
                let id = number.to_string();
                if deliver(&service, &event(&id, "a")).await.0 == 200 {
                    note("acknowledged", &id);
                }
            }
        })
    });
    for sender in senders {
        sender.await.unwrap();
    }
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
}

/// Runs servers on one inbox, and knows what they acknowledged and handled.
struct Servers {
    place: String,
    folder: TempDir,
}

impl Servers {
    fn new(place: &Place) -> Self {
        Self {
            place: place.name(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn run(&self, first: u64, count: u64, lease: Duration) -> Run {
        Run {
            place: self.place.clone(),
            log: self.folder.path().join("log"),
            first,
            count,
            lease,
        }
    }

    fn start(&self, first: u64, count: u64, lease: Duration) -> Child {
        let run = serde_json::to_string(&self.run(first, count, lease)).unwrap();
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", SERVER])
            .env(RUN, run)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// How often each message is in a line of this word.
    fn lines(&self, word: &str) -> BTreeMap<u64, usize> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let mut found = BTreeMap::new();
        for line in log.lines() {
            if let Some(id) = line.strip_prefix(word) {
                *found.entry(id.trim().parse().unwrap()).or_default() += 1;
            }
        }
        found
    }

    fn beginnings(&self) -> usize {
        self.lines("begin").values().sum()
    }
}

async fn killed_at_any_point_nothing_is_lost(place: Place) {
    let lease = Duration::from_millis(400);
    let servers = Servers::new(&place);
    for (turn, more) in (0..).zip([11, 1, 37, 4, 23, 16]) {
        let awaited = servers.beginnings() + more;
        let mut server = servers.start(1_000 * turn, 100, lease);
        until(async || servers.beginnings() >= awaited).await;
        server.kill().unwrap();
        let killed = server.wait().unwrap();
        assert_eq!(killed.signal(), Some(9));
    }
    let mut last = servers.start(9_000, 1, lease);
    assert!(last.wait().unwrap().success());
    let [acknowledged, begun, ended] =
        ["acknowledged", "begin", "end"].map(|word| servers.lines(word));
    let killed = begun.values().sum::<usize>() - ended.values().sum::<usize>();
    println!(
        "{} acknowledged, {} handled, {killed} attempts killed, {} handled twice",
        acknowledged.len(),
        ended.len(),
        ended.values().filter(|count| **count > 1).count(),
    );
    assert!(killed > 0);
    assert!(acknowledged.len() > 50 && acknowledged.values().all(|count| *count == 1));
    let handled: BTreeSet<&u64> = ended.keys().collect();
    assert!(acknowledged.keys().all(|number| handled.contains(number)));
    let inbox = place.open();
    assert_eq!(counts(&inbox).await, [0, 0, ended.len() as u64, 0]);
}

async fn processes_share_an_inbox(place: Place) {
    let servers = Servers::new(&place);
    // Half of what each delivers, another delivers as well.
    let racing = [0, 50, 100].map(|first| servers.start(first, 100, PATIENCE));
    for mut server in racing {
        assert!(server.wait().unwrap().success());
    }
    let acknowledged = servers.lines("acknowledged");
    assert_eq!(acknowledged.values().sum::<usize>(), 300);
    assert_eq!(acknowledged.len(), 200);
    let ended = servers.lines("end");
    assert_eq!(ended.len(), 200);
    // None died, so each was handled once.
    assert!(ended.values().all(|count| *count == 1));
    assert_eq!(counts(&place.open()).await, [0, 0, 200, 0]);
}
