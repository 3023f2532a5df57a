//! Clocks that jump, and handlers that hang.
#![cfg(feature = "sqlite")]

mod common;

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::{Answered, Count, counted, delivery_of, event, is, webhook};
use countersign::{RateLimit, Scheme, UnixTime};
use countersign_tower::{MemoryReplayStore, Receiver, ReceiverService, ReplayStore, SqliteStore};
use tempfile::TempDir;
use tokio::sync::Notify;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const WEEK: u64 = 7 * 24 * HOUR;

/// The system's clock, which somebody sets.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(common::NOW.seconds())))
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.0.load(Ordering::SeqCst))
    }

    fn forward(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Ordering::SeqCst);
    }

    /// Everything of a receiver by this clock.
    fn receiver(&self, scheme: Scheme) -> Receiver {
        let clock = self.clone();
        Receiver::new(webhook(scheme)).clock(move || clock.now())
    }

    /// The folder is that of the file, and must outlive the store.
    fn store(&self) -> (TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("receiver.db")).unwrap();
        let clock = self.clone();
        (folder, store.with_clock(move || clock.now()))
    }
}

/// What becomes of a delivery that was signed at the time at which all tests begin.
async fn deliver(service: &ReceiverService, scheme: Scheme, body: &str) -> (u16, String) {
    common::send(service, delivery_of(webhook(scheme), body))
        .await
        .verdict()
}

/// Its clock is none that can be set.
#[tokio::test]
async fn stores_in_memory_do_not_follow_the_clock() {
    let clock = Clock::new();
    let limit = RateLimit::new(4, Duration::from_secs(MINUTE)).unwrap();
    let receiver = clock.receiver(Scheme::SHA256).rate_limit(limit);
    let (receiver, count) = counted(receiver, "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "a");
    let answers = [
        (0, 0, (200, "handled")),
        (2 * WEEK, 0, (200, "duplicate")),
        (0, 4 * WEEK, (200, "duplicate")),
        (2 * WEEK, 0, (200, "duplicate")),
        (WEEK, 0, (429, "rate_limited")),
    ];
    for (forward, back, (status, word)) in answers {
        clock.forward(forward);
        clock.back(back);
        let verdict = deliver(&service, Scheme::SHA256, &body).await;
        assert!(is(&verdict, status, word), "{verdict:?}");
    }
    assert_eq!(count.get(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_refuses_what_was_forgotten_as_stale() {
    let clock = Clock::new();
    let (_folder, store) = clock.store();
    let receiver = clock.receiver(Scheme::STRIPE).replay_store(store);
    let (receiver, count) = counted(receiver, "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "a");
    let verdict = deliver(&service, Scheme::STRIPE, &body).await;
    assert!(is(&verdict, 200, "handled"));
    clock.forward(WEEK);
    // The claim has ended by this clock, and so has the time in which the delivery is fresh.
    let verdict = deliver(&service, Scheme::STRIPE, &body).await;
    assert!(is(&verdict, 401, "timestamp_too_old"));
    clock.back(WEEK);
    let verdict = deliver(&service, Scheme::STRIPE, &body).await;
    assert!(is(&verdict, 200, "duplicate"));
    assert_eq!(count.get(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_back_forgets_nothing_that_was_handled() {
    let clock = Clock::new();
    let (_folder, store) = clock.store();
    let receiver = clock.receiver(Scheme::SHA256).replay_store(store);
    let (receiver, count) = counted(receiver, "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "a");
    let verdict = deliver(&service, Scheme::SHA256, &body).await;
    assert!(is(&verdict, 200, "handled"));
    for _ in 0..3 {
        clock.back(WEEK);
        let verdict = deliver(&service, Scheme::SHA256, &body).await;
        assert!(is(&verdict, 200, "duplicate"));
        let verdict = deliver(&service, Scheme::STRIPE, "{}").await;
        assert!(is(&verdict, 401, "missing_header"));
    }
    assert_eq!(count.get(), 1);
}

/// Whoever died with a claim when the clock was set back is waited for longer than a lease; the
/// delivery is refused, and so comes again.
#[tokio::test]
async fn a_clock_that_jumps_back_delays_what_a_dead_process_held() {
    let clock = Clock::new();
    let (_folder, store) = clock.store();
    store
        .claim("sha256:evt_1", Duration::from_secs(MINUTE))
        .await
        .unwrap();
    clock.back(HOUR);
    let receiver = clock.receiver(Scheme::SHA256).replay_store(store);
    let (receiver, count) = counted(receiver, "*").unwrap();
    let service = receiver.into_service();
    let body = event("evt_1", "a");
    for _ in 0..2 {
        let request = delivery_of(webhook(Scheme::SHA256), &body);
        let answer: Answered = common::send(&service, request).await;
        assert!(is(&answer.verdict(), 409, "event_in_progress"));
        assert_eq!(answer.headers["retry-after"], "10");
        clock.forward(MINUTE / 2);
    }
    clock.forward(HOUR);
    let verdict = deliver(&service, Scheme::SHA256, &body).await;
    assert!(is(&verdict, 200, "handled"));
    assert_eq!(count.get(), 1);
}

#[tokio::test]
async fn rates_survive_a_small_step_and_are_not_held_by_a_large_one() {
    let clock = Clock::new();
    let (_folder, store) = clock.store();
    let limit = RateLimit::new(1, Duration::from_secs(MINUTE)).unwrap();
    let receiver = clock.receiver(Scheme::SHA256).rate_limit(limit);
    let (receiver, _) = counted(receiver.rate_store(store), "*").unwrap();
    let service = receiver.into_service();
    let call = async || {
        let verdict = deliver(&service, Scheme::SHA256, &event("evt_1", "a")).await;
        verdict.0
    };
    assert_eq!(call().await, 200);
    clock.back(MINUTE / 2);
    assert_eq!(call().await, 429);
    // Otherwise nobody could call until the clock is where it was.
    clock.back(WEEK);
    assert_eq!(call().await, 200);
    assert_eq!(call().await, 429);
    clock.forward(WEEK);
    assert_eq!(call().await, 200);
}

/// The lease of a handler that hangs ends, by a clock that jumps or by time; another attempt is
/// handled, and what becomes of the first changes nothing any more.
async fn a_hanging_handler_is_succeeded(
    replay_store: impl ReplayStore + Clone,
    lease: Duration,
    end_lease: impl Fn(),
) {
    let runs = Count::default();
    let (counting, fails) = (runs.clone(), Arc::new(Notify::new()));
    let failing = fails.clone();
    let service = common::receiver()
        .replay_store(replay_store)
        .lease(lease)
        .deadline(Duration::from_millis(20))
        .on("*", move |_| {
            let (run, failing) = (counting.add(), failing.clone());
            async move {
                match run {
                    0 => {
                        failing.notified().await;
                        Err("it hung, and then failed")
                    }
                    _ => Ok(()),
                }
            }
        })
        .unwrap()
        .into_service();
    let body = event("evt_1", "a");
    let verdict = common::deliver(&service, &body).await;
    assert!(is(&verdict, 500, "handler_timeout"));
    let verdict = common::deliver(&service, &body).await;
    assert!(is(&verdict, 409, "event_in_progress"));
    end_lease();
    let verdict = common::deliver(&service, &body).await;
    assert!(is(&verdict, 200, "handled"));
    fails.notify_one();
    // Long enough for the first handler to end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let verdict = common::deliver(&service, &body).await;
    assert!(is(&verdict, 200, "duplicate"));
    assert_eq!(runs.get(), 2);
}

#[tokio::test]
async fn a_hanging_handler_is_succeeded_in_sqlite() {
    let clock = Clock::new();
    let (_folder, store) = clock.store();
    let lease = Duration::from_secs(MINUTE);
    a_hanging_handler_is_succeeded(store, lease, || clock.forward(MINUTE)).await;
}

#[tokio::test]
async fn a_hanging_handler_is_succeeded_in_memory() {
    let store = Arc::new(MemoryReplayStore::default());
    let lease = Duration::from_secs(2);
    a_hanging_handler_is_succeeded(store, lease, || std::thread::sleep(lease)).await;
}

/// The other events are answered meanwhile.
#[tokio::test]
async fn handlers_that_hang_hold_up_nobody_else() {
    let service = common::receiver()
        .deadline(Duration::from_millis(20))
        .on("hanging", async |_| {
            pending::<Result<(), Infallible>>().await
        })
        .unwrap();
    let (receiver, count) = counted(service, "*").unwrap();
    let service = receiver.into_service();
    for number in 0..50 {
        let verdict = common::deliver(&service, &event(&format!("{number}"), "hanging")).await;
        assert!(is(&verdict, 500, "handler_timeout"));
        let sound = event(&format!("sound {number}"), "a");
        let verdict = common::deliver(&service, &sound).await;
        assert!(is(&verdict, 200, "handled"));
    }
    assert_eq!(count.get(), 50);
}
