//! When a message is tried again, and when it is given up.

use std::time::Duration;

use countersign::{HealthPolicy, RetryPolicy, UnixTime};
use countersign_delivery::DeliveryState;

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, attempts_of, counts, delivery_of, endpoint, message, options, retries,
    settled, system_time, until,
};

/// A health that says nothing of messages.
fn tolerant() -> HealthPolicy {
    let moment = Duration::from_millis(1);
    HealthPolicy::new()
        .without_circuit()
        .without_disabling()
        .with_throttle_pauses(moment, moment)
}

#[tokio::test]
async fn each_status_has_its_verdict() {
    let receiver = Receiver::new(|request, _| {
        let status = request.path[1..].parse().unwrap();
        Reply::status(status).header("location", "/200").body("why")
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().health_policy(tolerant()));
    let cases = [
        (200, None, 1),
        (201, None, 1),
        (299, None, 1),
        (300, Some("redirected"), 1),
        (301, Some("redirected"), 1),
        (307, Some("redirected"), 1),
        (308, Some("redirected"), 1),
        (400, Some("rejected"), 1),
        (401, Some("rejected"), 1),
        (404, Some("rejected"), 1),
        (408, Some("exhausted"), 5),
        (410, Some("disabled"), 1),
        (425, Some("exhausted"), 5),
        (429, Some("exhausted"), 5),
        (500, Some("exhausted"), 5),
        (502, Some("exhausted"), 5),
        (504, Some("exhausted"), 5),
        (599, Some("exhausted"), 5),
        (600, Some("rejected"), 1),
        (999, Some("rejected"), 1),
    ];
    let dispatcher = sender.start().unwrap();
    for (status, ..) in cases {
        sender
            .put_endpoint(&endpoint(&status.to_string(), &receiver))
            .await
            .unwrap();
        let id = format!("evt-{status}");
        sender
            .send(&status.to_string(), &message(1).id(id))
            .await
            .unwrap();
    }
    settled(&sender).await;
    for (status, reason, attempts) in cases {
        let id = format!("evt-{status}");
        let stored = delivery_of(&sender, &id).await;
        assert_eq!(
            (stored.reason.as_deref(), stored.attempts),
            (reason, attempts),
            "{status}"
        );
        let is_dead = stored.state == DeliveryState::Dead;
        assert_eq!(is_dead, reason.is_some(), "{status}");
        let made = attempts_of(&sender, &id).await;
        let numbers: Vec<u32> = made.iter().map(|it| it.attempt).collect();
        assert_eq!(numbers, (1..=attempts).collect::<Vec<_>>(), "{status}");
        assert!(
            made.iter()
                .all(|it| it.status == Some(status) && it.error.is_none())
        );
        assert!(made.iter().all(|it| it.answer.as_deref() == Some(b"why")));
        // No redirection was followed.
        let path = format!("/{status}");
        let to_it = receiver.all().iter().filter(|it| it.path == path).count();
        assert_eq!(to_it as u32, attempts, "{status}");
    }
    let gone = sender.endpoint("410").await.unwrap().unwrap().health;
    assert_eq!(gone.disabled.unwrap().as_str(), "gone");
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn the_policy_of_the_endpoint_is_kept() {
    let receiver = Receiver::answering(503).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().health_policy(tolerant()));
    let pauses = [0, 100, 400].map(Duration::from_millis);
    let policy = RetryPolicy::new(countersign::Backoff::fixed(pauses));
    sender
        .put_endpoint(&endpoint("a", &receiver).retry_policy(policy))
        .await
        .unwrap();
    let teapot = retries(2, 10).with_retry_statuses([404]);
    let elsewhere = Receiver::answering(404).await;
    sender
        .put_endpoint(&endpoint("b", &elsewhere).retry_policy(teapot))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    let other = sender.send("b", &message(1)).await.unwrap();
    settled(&sender).await;
    let times: Vec<_> = receiver.all().iter().map(|it| it.at).collect();
    assert_eq!(times.len(), 3);
    for (pair, pause) in times.windows(2).zip(&pauses[1..]) {
        let waited = pair[1] - pair[0];
        assert!(
            waited >= *pause && waited < *pause + Duration::from_secs(2),
            "{waited:?}"
        );
    }
    assert_eq!(
        delivery_of(&sender, &sent.id).await.reason.unwrap(),
        "exhausted"
    );
    assert_eq!(elsewhere.count(), 2);
    assert_eq!(
        delivery_of(&sender, &other.id).await.reason.unwrap(),
        "exhausted"
    );
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn retry_after_is_honoured_within_bounds() {
    let date = |time: UnixTime| {
        httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(time.millis()))
    };
    let now = system_time();
    let hour = Duration::from_secs(3_600);
    let soon = date(now.saturating_add(2 * hour));
    // What is asked for, and in how many seconds it is tried again: at least and at most.
    let cases = [
        ("0", 0, 5),
        ("7200", 7_200, 7_205),
        (soon.as_str(), 7_190, 7_205),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 5),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_405),
        ("9999999999999999999", 86_400, 86_405),
        ("18446744073709551615", 0, 5),
        ("99999999999999999999999999999999", 0, 5),
        ("-1", 0, 5),
        ("1.5", 0, 5),
        ("soon", 0, 5),
        ("", 0, 5),
        ("7200, 1", 0, 5),
    ];
    let asked: Vec<String> = cases
        .iter()
        .map(|(value, ..)| (*value).to_owned())
        .collect();
    let receiver = Receiver::new(move |request, _| {
        let case: usize = request.path[1..].parse().unwrap();
        Reply::status(503).header("retry-after", &asked[case])
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(retries(5, 1_000)));
    let dispatcher = sender.start().unwrap();
    for case in 0..cases.len() {
        sender
            .put_endpoint(&endpoint(&case.to_string(), &receiver))
            .await
            .unwrap();
        let id = format!("evt-{case}");
        sender
            .send(&case.to_string(), &message(1).id(id))
            .await
            .unwrap();
    }
    for (case, (value, least, most)) in cases.into_iter().enumerate() {
        let id = format!("evt-{case}");
        until("an attempt is noted", async || {
            let stored = delivery_of(&sender, &id).await;
            stored.attempts >= 1 && stored.state == DeliveryState::Waiting
        })
        .await;
        let wait = delivery_of(&sender, &id)
            .await
            .due
            .saturating_since(now)
            .as_secs();
        assert!((least..=most + 20).contains(&wait), "{value}: {wait}");
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_policy_without_end_waits_and_breaks_nothing() {
    let receiver = Receiver::answering(503).await;
    let outbox = Outbox::new();
    let forever = RetryPolicy::new(countersign::Backoff::fixed([Duration::ZERO, Duration::MAX]));
    let sender = outbox.open_with(options().retry_policy(forever));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    sender
        .put_endpoint(&endpoint("b", &receiver).fifo())
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    for turn in 1..4 {
        sender.send("a", &message(1)).await.unwrap();
        sender.send("b", &message(1)).await.unwrap();
        // The first of the one in order waits for ever.
        until("it goes on", async || receiver.count() == turn + 1).await;
    }
    settled_but_for(&sender, 6).await;
    assert!(dispatcher.stop(PATIENCE).await);
}

async fn settled_but_for(sender: &countersign_delivery::Sender, waiting: u64) {
    until("none is running", async || {
        counts(sender).await == [waiting, 0, 0, 0]
    })
    .await;
}

#[tokio::test]
async fn receivers_that_break_off_are_tried_again() {
    let answers: [&[u8]; 8] = [
        b"",
        b"\0\x01\x02 garbage \r\n\r\n",
        b"HTTP/1.1 ",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"220 mail.example.com ESMTP\r\n",
    ];
    let receiver = Receiver::new(move |_, number| match answers.get(number) {
        Some(answer) => Reply::raw(answer),
        None => Reply::status(204),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(
        options()
            .health_policy(tolerant())
            .retry_policy(retries(9, 5)),
    );
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    let attempts = attempts_of(&sender, &sent.id).await;
    // Of a connection that is kept alive the client may try once more by itself.
    assert!(receiver.count() >= attempts.len());
    assert_eq!(
        delivery_of(&sender, &sent.id).await.state,
        DeliveryState::Delivered
    );
    let failed = &attempts[..attempts.len() - 1];
    assert!(!failed.is_empty());
    for attempt in failed {
        assert!(attempt.error.is_some(), "{attempt:?}");
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn nobody_listens() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().health_policy(tolerant()));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    let nowhere = countersign_delivery::Endpoint::new("a", url);
    let nowhere = nowhere
        .secret(crate::support::SECRET)
        .allow_http()
        .allow_network("127.0.0.1");
    sender.put_endpoint(&nowhere).await.unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    assert_eq!(
        delivery_of(&sender, &sent.id).await.reason.unwrap(),
        "exhausted"
    );
    let attempts = attempts_of(&sender, &sent.id).await;
    assert_eq!(attempts.len(), 5);
    for attempt in attempts {
        assert_eq!(
            (attempt.error.as_deref(), attempt.status),
            (Some("connect"), None)
        );
        assert!(attempt.answer.is_none());
    }
    // It has moved; what is dead is sent there once somebody says so.
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    assert!(
        sender
            .replay(delivery_of(&sender, &sent.id).await.number)
            .await
            .unwrap()
    );
    settled(&sender).await;
    assert_eq!(receiver.ids(), [sent.id]);
    dispatcher.stop(PATIENCE).await;
}
