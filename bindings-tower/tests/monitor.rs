//! What a monitor sees of receivers and of inboxes.
#![cfg(feature = "monitor")]

mod common;
mod pages;

use std::convert::Infallible;

use bytes::Bytes;
use common::{Log, counted, deliver, delivery, event, is, receiver, send};
use countersign::monitor::MonitorError;
use countersign_tower::monitor::Monitor;
use http::{Request, Response};
use http_body_util::Full;
use pages::{FakeInbox, Fault};
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};

async fn snapshot(monitor: &Monitor) -> Value {
    serde_json::from_str(&monitor.snapshot().await).unwrap()
}

#[tokio::test]
async fn it_sees_what_becomes_of_requests() {
    let monitor = Monitor::new();
    let watched = monitor.watch(receiver(), "/webhooks").unwrap();
    let (watched, handled) = counted(watched, "invoice.*").unwrap();
    let service = watched.into_service();
    let paid = event("evt_1", "invoice.paid");
    for word in ["handled", "duplicate"] {
        assert!(is(&deliver(&service, &paid).await, 200, word));
    }
    let mut unsigned = delivery(&paid);
    unsigned.headers_mut().remove("x-webhook-signature");
    assert_eq!(send(&service, unsigned).await.status, 401);
    assert_eq!(handled.get(), 1);

    let seen = snapshot(&monitor).await;
    let outcomes: Vec<_> = seen["recent"].as_array().unwrap().iter().collect();
    let results: Vec<_> = outcomes.iter().map(|outcome| &outcome["result"]).collect();
    assert_eq!(results, ["missing_header", "duplicate", "handled"]);
    let newest = outcomes[0];
    assert_eq!(
        (&newest["status"], &newest["event_id"]),
        (&401.into(), &Value::Null)
    );
    let oldest = outcomes[2];
    assert_eq!(oldest["event_id"], "evt_1");
    assert_eq!(oldest["event_type"], "invoice.paid");
    assert_eq!(oldest["key_index"], 0);
    assert_eq!(seen["receivers"][0]["name"], "/webhooks");
    assert_eq!(seen["receivers"][0]["requests"], 3);
    assert_eq!(seen["inbox"], Value::Null);
    assert!(!seen.to_string().contains("private particulars"));

    let metrics = monitor.openmetrics().await;
    for line in [
        "countersign_events_total{receiver=\"/webhooks\",type=\"invoice.paid\"} 2\n",
        "result=\"missing_header\"} 1\n",
        "# EOF\n",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn what_is_passed_on_is_seen_without_a_status() {
    let monitor = Monitor::new();
    let layer = monitor.watch(receiver(), "layer").unwrap().into_layer();
    let service = layer.layer(service_fn(async |_: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    }));
    service
        .oneshot(delivery(&event("evt_1", "a")))
        .await
        .unwrap();
    let seen = snapshot(&monitor).await;
    let outcome = &seen["recent"][0];
    assert_eq!(
        (&outcome["result"], &outcome["status"]),
        (&"verified".into(), &0.into())
    );
}

#[tokio::test]
async fn names_are_not_given_twice() {
    let monitor = Monitor::new();
    monitor.watch(receiver(), "a").unwrap();
    let error = monitor.clone().watch(receiver(), "a").unwrap_err();
    assert_eq!(error, MonitorError::DuplicateName);
    monitor.watch(receiver(), "b").unwrap();
}

#[tokio::test]
async fn it_holds_no_more_than_it_was_told_to() {
    let monitor = Monitor::new().with_recent(3).with_most_types(2);
    let watched = monitor.watch(receiver(), "a").unwrap();
    let service = watched.without_replay_store().into_service();
    for number in 0..10 {
        let long = "x".repeat(1_000);
        deliver(
            &service,
            &event(&format!("{number}{long}"), &format!("{number}{long}")),
        )
        .await;
    }
    let seen = snapshot(&monitor).await;
    let recent = seen["recent"].as_array().unwrap();
    assert_eq!(recent.len(), 3);
    for outcome in recent {
        for part in ["event_id", "event_type"] {
            assert!(outcome[part].as_str().unwrap().chars().count() <= 200);
        }
    }
    assert_eq!(seen["receivers"][0]["requests"], 10);
    let metrics = monitor.openmetrics().await;
    assert!(metrics.contains("type=\"other\"} 8\n"), "{metrics}");
}

#[tokio::test]
async fn an_inbox_is_shown_and_may_be_down() {
    let inbox = FakeInbox::of(1..=2);
    let monitor = Monitor::new().with_inbox(inbox.clone());
    let seen = snapshot(&monitor).await;
    assert_eq!(seen["inbox"]["counts"]["dead"], 2);
    let letter = &seen["inbox"]["dead_letters"][0];
    assert_eq!(
        (&letter["number"], &letter["attempts"]),
        (&1.into(), &7.into())
    );
    assert_eq!(letter["event_id"], "msg_1");
    let metrics = monitor.openmetrics().await;
    assert!(metrics.contains("countersign_inbox_events{state=\"dead\"} 2\n"));
    for fault in [Fault::Error, Fault::Panic] {
        inbox.take_down(fault);
        let log = Log::default();
        let guard = log.collect();
        let seen = snapshot(&monitor).await;
        assert_eq!(seen["inbox"]["counts"], Value::Null);
        assert_eq!(seen["inbox"]["dead_letters"], Value::Null);
        assert!(monitor.openmetrics().await.ends_with("# EOF\n"));
        drop(guard);
        assert!(log.text().contains("the inbox failed"));
        assert!(!log.text().contains("secret"));
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn dead_letters_of_a_real_inbox_are_replayed() {
    use std::future::ready;
    use std::time::Duration;

    use countersign::RetryPolicy;
    use countersign_tower::inbox::{SqliteInbox, State, Workers};
    use pages::{BEARER, FORM, ask, page, shown};

    let folder = tempfile::tempdir().unwrap();
    let inbox = SqliteInbox::new(folder.path().join("inbox.db"))
        .open()
        .unwrap();
    let runs = common::Count::default();
    let counting = runs.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |_| {
            ready(match counting.add() {
                0 => Err(std::fmt::Error),
                _ => Ok(()),
            })
        })
        .unwrap()
        .into_service();
    let monitor = Monitor::new().with_inbox(inbox.clone());
    let status = page(monitor);
    let once = RetryPolicy::exponential(Duration::from_secs(1), 1);
    let workers = Workers::new(&service, &inbox)
        .policy(once)
        .poll(Duration::from_millis(20))
        .start();
    let reached = async |state: State| {
        while inbox.counts().await.unwrap()[&state] != 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(is(
        &deliver(&service, &event("evt_1", "a")).await,
        200,
        "accepted"
    ));
    reached(State::Dead).await;

    let seen = shown(&status).await;
    let letter = &seen["inbox"]["dead_letters"][0];
    assert_eq!(
        (&letter["event_id"], &letter["event_type"]),
        (&"evt_1".into(), &"a".into())
    );
    assert_eq!(
        (&letter["attempts"], &letter["error"]),
        (&1.into(), &"core::fmt::Error".into())
    );
    let replay = format!("number={}", letter["number"]);
    let answer = ask(&status, "POST", "/replay", &[BEARER, FORM], &replay).await;
    assert_eq!(answer.status, 200);
    reached(State::Handled).await;
    // What was handled is not handled again because a page still shows it as dead.
    let answer = ask(&status, "POST", "/replay", &[BEARER, FORM], &replay).await;
    assert_eq!(answer.status, 404);
    let metrics = ask(&status, "GET", "/metrics", &[BEARER], "").await.text;
    let counts: Vec<_> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("countersign_inbox_events"))
        .collect();
    let expected = ["waiting\"} 0", "running\"} 0", "handled\"} 1", "dead\"} 0"];
    assert_eq!(counts, expected.map(|count| format!("{{state=\"{count}")));
    assert!(workers.stop(Duration::from_secs(10)).await);
}
