//! Inboxes in both databases, and workers that hurry.
#![allow(dead_code, unused_macros, reason = "each test binary uses a part")]

#[path = "../../../database/tests/common/postgres_server.rs"]
pub(crate) mod postgres_server;

use std::convert::Infallible;
use std::future::ready;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign::{RetryPolicy, UnixTime};
use countersign_tower::inbox::{Inbox, PostgresInbox, SqliteInbox, State, Taken, Workers};
use countersign_tower::{ReceivedEvent, ReceiverService};
use postgres_server::PostgresServer;
use tempfile::TempDir;

use crate::common::{deliver, event, is, receiver};

/// As many attempts as a test needs, soon after each other.
pub(crate) const ATTEMPTS: u32 = 5;

/// Where an inbox is; each is its own.
pub(crate) enum Place {
    Sqlite(TempDir),
    /// With the name of the database as libpq takes it.
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(PostgresServer::shared().create_database())
    }

    /// What names it for other processes; see [`open`].
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Sqlite(_) => self.path().to_str().unwrap().to_owned(),
            Self::Postgres(conninfo) => conninfo.clone(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("inbox.db"),
            Self::Postgres(_) => panic!("an inbox in PostgreSQL has no path"),
        }
    }

    pub(crate) fn open(&self) -> Inbox {
        open(&self.name())
    }
}

pub(crate) fn open(place: &str) -> Inbox {
    match place.starts_with("host=") {
        true => PostgresInbox::new(place).open().unwrap(),
        // Debug builds on a busy machine wait for each other.
        false => SqliteInbox::new(place)
            .timeout(Duration::from_secs(20))
            .open()
            .unwrap(),
    }
}

/// Runs each of these tests with an inbox in SQLite and with one in PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::inboxes::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::inboxes::Place::postgres()).await;
            })*
        }
    };
}

/// A clock that is set.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_700_000_000_000)))
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    pub(crate) fn set_back(&self, seconds: u64) {
        self.0.fetch_sub(seconds * 1_000, Ordering::SeqCst);
    }

    pub(crate) fn inbox(&self, place: &Place) -> Inbox {
        let clock = self.clone();
        let inbox = SqliteInbox::new(place.path()).clock(move || clock.now());
        inbox.open().unwrap()
    }
}

/// What handlers have seen, in their order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, what: Option<&str>) {
        let what = what.unwrap_or_default().to_owned();
        self.0.lock().unwrap().push(what);
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn are(&self, wanted: &[&str]) -> bool {
        self.all() == wanted
    }
}

pub(crate) fn hurried(service: &ReceiverService, inbox: &Inbox) -> Workers {
    Workers::new(service, inbox)
        .policy(RetryPolicy::exponential(
            Duration::from_millis(10),
            ATTEMPTS,
        ))
        .poll(Duration::from_millis(50))
}

pub(crate) async fn until(condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not happen"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A receiver that notes the ids of its events.
pub(crate) fn noting(inbox: &Inbox) -> (ReceiverService, Seen) {
    let seen = Seen::default();
    let noted = seen.clone();
    let receiver = receiver().inbox(inbox.clone());
    let receiver = receiver.on("*", move |event: ReceivedEvent| {
        noted.note(event.id());
        ready(Ok::<(), Infallible>(()))
    });
    (receiver.unwrap().into_service(), seen)
}

pub(crate) async fn accept(service: &ReceiverService, id: &str) {
    let verdict = deliver(service, &event(id, "a")).await;
    assert!(is(&verdict, 200, "accepted"), "{verdict:?}");
}

pub(crate) async fn take(inbox: &Inbox, count: usize, lease: Duration) -> Vec<Taken> {
    inbox.take("sha256", count, lease, &[]).await.unwrap()
}

/// How many events are waiting, running, handled and dead.
pub(crate) async fn counts(inbox: &Inbox) -> [u64; 4] {
    let counts = inbox.counts().await.unwrap();
    [State::Waiting, State::Running, State::Handled, State::Dead].map(|state| counts[&state])
}

pub(crate) async fn settled(inbox: &Inbox) {
    until(async || counts(inbox).await[..2] == [0, 0]).await;
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
