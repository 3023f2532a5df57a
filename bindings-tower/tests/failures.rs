//! Stores that fail, observers that fail, and what is told of it.

mod common;

use std::future::ready;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Log, NOW, SECRET, counted, deliver, event, is, receiver};
use countersign::{GuardError, RateLimit};
use countersign_tower::{
    MemoryReplayStore, Outcome, RateStore, Receiver, ReplayStore, StoreFuture, WhenStoreFails,
};

/// A store that can be taken down.
#[derive(Default)]
struct Fragile {
    store: MemoryReplayStore,
    is_down: AtomicBool,
}

impl Fragile {
    fn take_down(&self) {
        self.is_down.store(true, Ordering::SeqCst);
    }

    fn or_down<'a, T: Send + 'a>(
        &self,
        ask: impl FnOnce() -> StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        match self.is_down.load(Ordering::SeqCst) {
            // What is no refusal of a store's is a failure too.
            true => Box::pin(ready(Err(GuardError::HandlerFailed))),
            false => ask(),
        }
    }
}

impl ReplayStore for Fragile {
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String> {
        self.or_down(|| self.store.claim(key, lease))
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()> {
        self.or_down(|| self.store.complete(key, token, lifetime))
    }

    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()> {
        self.or_down(|| self.store.release(key, token))
    }
}

impl RateStore for Fragile {
    fn admit<'a>(&'a self, _caller: &'a str, _limit: RateLimit) -> StoreFuture<'a, ()> {
        self.or_down(|| Box::pin(ready(Ok(()))))
    }
}

fn down() -> Arc<Fragile> {
    let store = Arc::new(Fragile::default());
    store.take_down();
    store
}

#[tokio::test]
async fn a_store_that_is_down_refuses_or_admits() {
    let limited = || {
        let limit = RateLimit::new(1, Duration::from_secs(60)).unwrap();
        receiver().rate_limit(limit).rate_store(down())
    };
    for build in [
        || receiver().replay_store(down()),
        limited as fn() -> Receiver,
    ] {
        let (refusing, count) = counted(build(), "*").unwrap();
        let verdict = deliver(&refusing.into_service(), &event("evt_1", "a")).await;
        assert!(is(&verdict, 503, "store_unavailable"));
        assert_eq!(count.get(), 0);

        let admitting = build().when_store_fails(WhenStoreFails::Admit);
        let (admitting, count) = counted(admitting, "*").unwrap();
        let verdict = deliver(&admitting.into_service(), &event("evt_1", "a")).await;
        assert!(is(&verdict, 200, "handled"));
        assert_eq!(count.get(), 1);
    }
}

#[tokio::test]
async fn a_store_that_goes_down_while_a_handler_runs_changes_no_answer() {
    for (succeeds, status, word) in [(true, 200, "handled"), (false, 500, "handler_failed")] {
        let store = Arc::new(Fragile::default());
        let going_down = store.clone();
        let service = receiver()
            .replay_store(store)
            .on("*", move |_| {
                going_down.take_down();
                ready(if succeeds { Ok(()) } else { Err("no") })
            })
            .unwrap()
            .into_service();
        assert!(is(
            &deliver(&service, &event("evt_1", "a")).await,
            status,
            word
        ));
    }
}

struct Panicking;

impl ReplayStore for Panicking {
    fn claim<'a>(&'a self, _key: &'a str, _lease: Duration) -> StoreFuture<'a, String> {
        Box::pin(async { panic!("a mistake in the store") })
    }

    fn complete<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> StoreFuture<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    fn release<'a>(&'a self, _: &'a str, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(ready(Ok(())))
    }
}

#[tokio::test]
async fn a_store_that_panics_is_down() {
    let (receiver, _) = counted(receiver().replay_store(Panicking), "*").unwrap();
    let verdict = deliver(&receiver.into_service(), &event("evt_1", "a")).await;
    assert!(is(&verdict, 503, "store_unavailable"));
}

#[tokio::test]
async fn observers_are_told_of_each_request() {
    let seen: Arc<Mutex<Vec<Outcome>>> = Arc::default();
    let list = seen.clone();
    let (receiver, _) = counted(receiver(), "payment.*").unwrap();
    let service = receiver
        .observe(|_| panic!("a mistake in the observer"))
        .observe(move |outcome| list.lock().unwrap().push(outcome.clone()))
        .into_service();
    for body in [&*event("evt_1", "payment.sent"), &*event("evt_2", "a"), "{"] {
        deliver(&service, body).await;
    }
    deliver(&service, &event("evt_1", "payment.sent")).await;
    let mut unsigned = common::delivery("{}");
    unsigned.headers_mut().remove("x-webhook-signature");
    common::send(&service, unsigned).await;

    let seen = seen.lock().unwrap();
    let told: Vec<_> = seen
        .iter()
        .map(|outcome| {
            assert_eq!(&*outcome.scheme, "sha256");
            assert!(outcome.time > NOW && outcome.duration < Duration::from_secs(60));
            (
                outcome.status.unwrap(),
                outcome.result,
                outcome.event_id.as_deref(),
                outcome.event_type.as_deref(),
                outcome.key_index,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (200, "handled", Some("evt_1"), Some("payment.sent"), Some(0)),
            (200, "ignored", Some("evt_2"), Some("a"), Some(0)),
            (400, "payload_not_json", None, None, Some(0)),
            (
                200,
                "duplicate",
                Some("evt_1"),
                Some("payment.sent"),
                Some(0)
            ),
            (401, "missing_header", None, None, None),
        ]
    );
}

/// On one thread, so that the log of this thread has all of it.
#[tokio::test(flavor = "current_thread")]
async fn the_log_has_codes_and_ids_and_nothing_private() {
    let log = Log::default();
    let _guard = log.collect();

    let service = receiver()
        .replay_store(Arc::new(Fragile::default()))
        .on("order.failing", |event| {
            let text = String::from_utf8(event.raw().to_vec()).unwrap();
            ready(Err(io::Error::other(text)))
        })
        .unwrap()
        .into_service();
    deliver(&service, &event("evt_500", "order.failing")).await;
    deliver(&service, "private particulars").await;
    let (refusing, _) = counted(receiver().replay_store(down()), "*").unwrap();
    deliver(&refusing.into_service(), &event("evt_503", "a")).await;

    let logged = log.text();
    for wanted in [
        r#"ERROR webhook{countersign.scheme="sha256"}: countersign_tower::journal: the handler failed code="handler_failed" scheme="sha256" event_id="evt_500" event_type="order.failing" exception="std::io::error::Error""#,
        r#"WARN webhook{countersign.scheme="sha256"}: countersign_tower::journal: a request was refused code="handler_failed" scheme="sha256" event_id="evt_500""#,
        r#"WARN webhook{countersign.scheme="sha256"}: countersign_tower::journal: a request was refused code="payload_not_json" scheme="sha256""#,
        r#"ERROR webhook{countersign.scheme="sha256"}: countersign_tower::journal: a store failed code="store_unavailable" scheme="sha256" event_id="evt_503""#,
    ] {
        assert!(logged.contains(wanted), "{logged}");
    }
    assert!(!logged.contains("private particulars") && !logged.contains(SECRET));
}
