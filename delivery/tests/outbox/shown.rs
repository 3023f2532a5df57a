//! What a monitor is shown of an outbox, and told of its attempts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::monitor::Monitor;
use countersign::{Availability, DisableReason, HealthPolicy};
use countersign_delivery::{DeliveryFilter, Endpoint};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, SECRET, counts, delivery_of, endpoint, message, options, send_all, settled,
    system_time, until,
};

#[tokio::test]
async fn endpoints_attempts_and_dead_letters_are_shown() {
    let receiver = Receiver::new(|received, _| match received.path.as_str() {
        "/well" => Reply::status(204),
        "/gone" => Reply::status(410),
        _ => Reply::status(400),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().health_policy(HealthPolicy::new().without_circuit()));
    for id in ["well", "refusing", "gone"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
    }
    let before = sender.shown(true).await;
    let ids = |shown: &[countersign::monitor::ShownEndpoint]| -> Vec<String> {
        shown.iter().map(|endpoint| endpoint.id.clone()).collect()
    };
    let endpoints = before.endpoints.unwrap();
    assert_eq!(ids(&endpoints), ["gone", "refusing", "well"]);
    assert!(
        endpoints
            .iter()
            .all(|it| it.availability == Availability::Ready)
    );
    assert!(before.attempts.unwrap().is_empty());

    let dispatcher = sender.start().unwrap();
    let start = system_time();
    send_all(&sender, "well", 3).await;
    let refused = sender.send("refusing", &message(1)).await.unwrap();
    let gone = sender.send("gone", &message(2)).await.unwrap();
    settled(&sender).await;
    assert!(dispatcher.stop(PATIENCE).await);
    send_all(&sender, "well", 2).await;

    let shown = sender.shown(true).await;
    let endpoints = shown.endpoints.unwrap();
    // Those that ail come first.
    assert_eq!(ids(&endpoints), ["gone", "refusing", "well"]);
    let [of_gone, of_refusing, of_well] = &endpoints[..] else {
        panic!("{endpoints:?}");
    };
    assert_eq!(
        of_gone.availability,
        Availability::Disabled(DisableReason::Gone)
    );
    let counted = |endpoint: &countersign::monitor::ShownEndpoint| {
        (endpoint.waiting, endpoint.running, endpoint.dead)
    };
    assert_eq!(
        [of_gone, of_refusing, of_well].map(counted),
        [(0, 0, 1), (0, 0, 1), (2, 0, 0)]
    );
    assert_eq!((of_refusing.failures, of_well.failures), (1, 0));

    let attempts = shown.attempts.unwrap();
    assert_eq!(attempts.len(), 5);
    let attempt = attempts
        .iter()
        .find(|it| it.message_id == refused.id)
        .unwrap();
    assert_eq!((attempt.attempt, attempt.status), (1, Some(400)));
    assert_eq!(
        (attempt.endpoint.as_deref(), attempt.event_type.as_str()),
        (Some("refusing"), "invoice.paid")
    );
    assert!(attempt.at >= start && attempt.at <= system_time());
    assert!(attempt.duration < PATIENCE);

    let letters = shown.dead_letters.unwrap();
    let letters: Vec<_> = letters
        .iter()
        .map(|it| (it.message_id.as_str(), it.reason.as_deref(), it.attempts))
        .collect();
    assert_eq!(
        letters,
        [
            (gone.id.as_str(), Some("disabled"), 1),
            (refused.id.as_str(), Some("rejected"), 1),
        ]
    );

    // Metrics tell of no message.
    let metrics = sender.shown(false).await;
    assert!(metrics.endpoints.is_some() && metrics.replays.is_some());
    assert!(metrics.attempts.is_none() && metrics.dead_letters.is_none());

    // What remains of an endpoint that is deleted.
    sender.delete_endpoint("refusing").await.unwrap();
    let shown = sender.shown(true).await;
    let letter = &shown.dead_letters.unwrap()[1];
    assert_eq!(
        (letter.message_id.as_str(), &letter.endpoint),
        (refused.id.as_str(), &None)
    );
}

#[tokio::test]
async fn the_endpoint_for_which_most_waits_comes_first() {
    let outbox = Outbox::new();
    let sender = outbox.open();
    for (id, waiting) in [("a", 1), ("b", 3), ("c", 2)] {
        let endpoint = Endpoint::new(id, format!("https://{id}.example/")).secret(SECRET);
        sender.put_endpoint(&endpoint).await.unwrap();
        send_all(&sender, id, waiting).await;
    }
    let endpoints = sender.shown(false).await.endpoints.unwrap();
    let waiting: Vec<_> = endpoints
        .iter()
        .map(|it| (it.id.as_str(), it.waiting))
        .collect();
    assert_eq!(waiting, [("b", 3), ("c", 2), ("a", 1)]);
}

#[tokio::test]
async fn only_dead_letters_that_are_shown_are_replayed() {
    let receiver = Receiver::new(|_, number| match number {
        0..=1 => Reply::status(400),
        _ => Reply::status(204),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).concurrency(1))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let ids = send_all(&sender, "a", 4).await;
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 2, 2]);
    let number = async |id: &str| delivery_of(&sender, id).await.number.try_into().unwrap();
    let (dead, delivered) = (number(&ids[0]).await, number(&ids[3]).await);
    for unknown in [delivered, 0, 1_000, u64::MAX] {
        assert!(!sender.replay_shown(unknown).await.unwrap(), "{unknown}");
    }
    assert!(sender.replay_shown(dead).await.unwrap());
    settled(&sender).await;
    assert!(!sender.replay_shown(dead).await.unwrap());
    assert_eq!(receiver.count(), 5);
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test]
async fn the_progress_of_a_replay_is_shown() {
    let receiver = Receiver::new(|_, number| match number {
        0..30 => Reply::status(400),
        _ => Reply::status(204),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 30).await;
    settled(&sender).await;
    let replay = sender.replay_all(&DeliveryFilter::new(), 50).await.unwrap();
    let latest = async || sender.shown(false).await.replays.unwrap().remove(0);
    let shown = latest().await;
    assert_eq!(i64::try_from(shown.number).unwrap(), replay.number);
    assert_eq!((shown.total, shown.per_second), (30, 50));
    until("it has begun", async || latest().await.replayed > 0).await;
    until("it is done", async || latest().await.state == "done").await;
    assert_eq!(latest().await.replayed, 30);
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test]
async fn observers_are_told_how_attempts_end() {
    let receiver = Receiver::new(|received, number| match received.path.as_str() {
        "/slow" => Reply::status(204).after(PATIENCE),
        _ if number == 0 => Reply::status(503),
        _ => Reply::status(204),
    })
    .await;
    let outbox = Outbox::new();
    let mut timeouts = countersign_delivery::transport::Timeouts::default();
    timeouts.total = Duration::from_millis(100);
    let sender = outbox.open_with(options().timeouts(timeouts));
    let monitor = Arc::new(Mutex::new(Monitor::new(system_time())));
    let counted = monitor.clone();
    sender.observe(|_| panic!("an observer that panics harms nobody"));
    sender.observe(move |attempt| counted.lock().unwrap().observe_attempt(attempt));
    for id in ["well", "slow"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
    }
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "well", 1).await;
    settled(&sender).await;
    send_all(&sender, "slow", 1).await;
    settled(&sender).await;
    assert!(dispatcher.stop(PATIENCE).await);
    let text = monitor.lock().unwrap().openmetrics(Default::default());
    for (labels, count) in [
        (r#"endpoint="well",verdict="retry",answer="5xx""#, 1),
        (r#"endpoint="well",verdict="delivered",answer="2xx""#, 1),
        (r#"endpoint="slow",verdict="retry",answer="timeout""#, 4),
        (r#"endpoint="slow",verdict="exhausted",answer="timeout""#, 1),
    ] {
        let line = format!("countersign_attempts_total{{{labels}}} {count}\n");
        assert!(text.contains(&line), "{line}\n{text}");
    }
}
