//! The store in SQLite: like that of the core, raced, restarted, broken.
#![cfg(feature = "sqlite")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign::{
    ClaimToken, GuardError, MemoryRateLimiter, MemoryReplayGuard, RateLimit, UnixTime,
};
use countersign_tower::{RateStore, ReplayStore, SqliteStore};
use proptest::prelude::*;

const LEASE: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);

/// A clock that is set.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_700_000_000_000)))
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn pass(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

fn open(folder: &Path, clock: &Clock) -> SqliteStore {
    let clock = clock.clone();
    SqliteStore::open(folder.join("receiver.db"))
        .unwrap()
        .with_clock(move || clock.now())
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

#[derive(Debug, Clone)]
enum Step {
    Claim { key: u8, lease: u16 },
    Complete { key: u8, lifetime: u16 },
    Release { key: u8, of: usize },
    Pass(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3_u8, 1..2_000_u16).prop_map(|(key, lease)| Step::Claim { key, lease }),
        2 => (0..3_u8, 1..2_000_u16).prop_map(|(key, lifetime)| Step::Complete { key, lifetime }),
        2 => (0..3_u8, 0..8_usize).prop_map(|(key, of)| Step::Release { key, of }),
        2 => (0..1_500_u16).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..40)
}

fn milliseconds(number: u16) -> Duration {
    Duration::from_millis(number.into())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn claims_are_those_of_the_core(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::new();
        let store = open(folder.path(), &clock);
        let mut guard = MemoryReplayGuard::new(1_000);
        // The tokens of both for each claim, by key.
        let mut claims: HashMap<u8, Vec<(ClaimToken, String)>> = HashMap::new();
        run(async {
            for step in steps {
                match step {
                    Step::Claim { key, lease } => {
                        let (name, lease) = (format!("key {key}"), milliseconds(lease));
                        let expected = guard.claim(&name, clock.now(), lease);
                        let claimed = store.claim(&name, lease).await;
                        match (expected, claimed) {
                            (Ok(token), Ok(text)) => claims.entry(key).or_default().push((token, text)),
                            (expected, claimed) => prop_assert_eq!(expected.err(), claimed.err()),
                        }
                    }
                    Step::Complete { key, lifetime } => {
                        let (name, lifetime) = (format!("key {key}"), milliseconds(lifetime));
                        guard.complete(&name, clock.now(), lifetime);
                        store.complete(&name, "", lifetime).await.unwrap();
                    }
                    Step::Release { key, of } => {
                        let name = format!("key {key}");
                        let tokens = claims.get(&key).and_then(|tokens| tokens.get(of));
                        if let Some((token, text)) = tokens {
                            guard.release(&name, *token);
                            store.release(&name, text).await.unwrap();
                        }
                    }
                    Step::Pass(time) => clock.pass(time.into()),
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn rates_are_those_of_the_core(
        (requests, window) in (1..6_u32, 1..4_000_u64),
        calls in prop::collection::vec((0..2_u8, 0..700_u64), 1..60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::new();
        let store = open(folder.path(), &clock);
        let limit = RateLimit::new(requests, Duration::from_millis(window)).unwrap();
        let mut limiter = MemoryRateLimiter::new(limit, 10);
        run(async {
            for (caller, time) in calls {
                clock.pass(time);
                let caller = format!("192.0.2.{caller}");
                let expected = limiter.admit(&caller, clock.now());
                prop_assert_eq!(expected, store.admit(&caller, limit).await);
            }
            Ok(())
        })?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_connections_one_gets_each_key() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let stores = [(); 2].map(|()| open(folder.path(), &clock));
    for key in 0..50 {
        let attempts: Vec<_> = (0..8)
            .map(|number| {
                let store = stores[number % 2].clone();
                let key = format!("key {key}");
                tokio::spawn(async move { store.claim(&key, LEASE).await })
            })
            .collect();
        let mut claimed = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(_) => claimed += 1,
                Err(refusal) => assert_eq!(refusal.code(), "event_in_progress"),
            }
        }
        assert_eq!(claimed, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_connections_count_together() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let stores = [(); 2].map(|()| open(folder.path(), &clock));
    let limit = RateLimit::new(30, Duration::from_secs(60)).unwrap();
    let calls: Vec<_> = (0..60)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { store.admit("192.0.2.7", limit).await })
        })
        .collect();
    let mut admitted = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(()) => admitted += 1,
            Err(refusal) => assert_eq!(refusal.code(), "rate_limited"),
        }
    }
    assert_eq!(admitted, 30);
}

#[test]
fn a_fresh_file_is_opened_by_many_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receiver.db");
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| SqliteStore::open(&path).unwrap());
            }
        });
    }
}

#[tokio::test]
async fn what_was_handled_outlives_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let store = open(folder.path(), &clock);
    let token = store.claim("key", LEASE).await.unwrap();
    store.complete("key", &token, DAY).await.unwrap();
    drop(store);
    let store = open(folder.path(), &clock);
    let again = store.claim("key", LEASE).await;
    assert_eq!(again.unwrap_err(), GuardError::DuplicateEvent);
}

/// Receivers in other languages read and write the same rows.
#[tokio::test]
async fn rows_are_those_of_every_language() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &Clock::new());
    let limit = RateLimit::new(5, Duration::from_secs(64)).unwrap();
    let token = store.claim("in progress", LEASE).await.unwrap();
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    store.complete("handled", "", DAY).await.unwrap();
    store.admit("192.0.2.7", limit).await.unwrap();
    store.admit("192.0.2.7", limit).await.unwrap();

    let database = rusqlite::Connection::open(folder.path().join("receiver.db")).unwrap();
    let claim = |key: &str| {
        let sql = "SELECT state, token, until_ms FROM countersign_claims WHERE key = ?";
        let row = database.query_row(sql, [key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        row.unwrap()
    };
    let expected = ("in progress".to_owned(), token, 1_700_000_300_000_i64);
    assert_eq!(claim("in progress"), expected);
    let (state, _, until): (String, String, i64) = claim("handled");
    assert_eq!((&*state, until), ("handled", 1_700_086_400_000));
    let sql = "SELECT slots, until_ms FROM countersign_rates WHERE caller = '192.0.2.7'";
    let row = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (slots, until): (String, i64) = row.unwrap();
    assert_eq!((&*slots, until), ("[[850000000,2]]", 1_700_000_068_000));

    let other = "UPDATE countersign_rates SET slots = '[[850000000, 5]]'";
    database.execute(other, []).unwrap();
    let refused = store.admit("192.0.2.7", limit).await.unwrap_err();
    assert_eq!(refused.code(), "rate_limited");
}

#[tokio::test]
async fn what_has_ended_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let store = open(folder.path(), &clock);
    let limit = RateLimit::new(1, Duration::from_secs(60)).unwrap();
    for number in 0..40 {
        let key = format!("key {number}");
        store.claim(&key, LEASE).await.unwrap();
        store.admit(&key, limit).await.unwrap();
    }
    clock.pass(400_000);
    for number in 0..3 {
        let token = store.claim("key", LEASE).await.unwrap();
        store.release("key", &token).await.unwrap();
        let caller = format!("caller {number}");
        store.admit(&caller, limit).await.unwrap();
    }
    let database = rusqlite::Connection::open(folder.path().join("receiver.db")).unwrap();
    for (table, rows) in [("countersign_claims", 0), ("countersign_rates", 3)] {
        let sql = format!("SELECT count(*) FROM {table}");
        let left: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, rows, "{table}");
    }
}

#[tokio::test]
async fn a_file_that_another_holds_is_a_store_that_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &Clock::new());
    let other = rusqlite::Connection::open(folder.path().join("receiver.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.claim("key", LEASE).await;
    assert_eq!(refused.unwrap_err(), GuardError::StoreUnavailable);
    other.execute_batch("COMMIT").unwrap();
    assert!(store.claim("key", LEASE).await.is_ok());
}

#[tokio::test]
async fn tables_that_are_gone_are_a_store_that_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &Clock::new());
    let other = rusqlite::Connection::open(folder.path().join("receiver.db")).unwrap();
    let drop_it = "DROP TABLE countersign_claims";
    other.execute_batch(drop_it).unwrap();
    let refused = store.claim("key", LEASE).await;
    assert_eq!(refused.unwrap_err(), GuardError::StoreUnavailable);
}

#[test]
fn what_is_no_database_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("receiver.db");
    std::fs::write(&path, "no database, but a text of more than a few bytes").unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.to_string(), "the store cannot be opened");
    assert!(std::error::Error::source(&error).is_some());
}
