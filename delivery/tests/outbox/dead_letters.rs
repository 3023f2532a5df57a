//! Dead letters are listed, looked at, replayed and deleted; every attempt is recorded.

use std::time::Duration;

use countersign::{HealthPolicy, UnixTime};
use countersign_delivery::{DeliveryFilter, DeliveryState, Message};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, attempts_of, count_attempts, counts, delivery_of, endpoint, message, options,
    send_all, settled, system_time, until,
};

#[tokio::test]
async fn every_request_is_recorded() {
    let statuses = [200, 503, 500, 200, 404, 429, 200, 502];
    let receiver = Receiver::new(move |_, number| {
        let long = "a".repeat(6_000);
        Reply::status(statuses[number * 7 % 8]).body(&long)
    })
    .await;
    let outbox = Outbox::new();
    let moment = Duration::from_millis(5);
    let policy = HealthPolicy::new()
        .without_circuit()
        .with_throttle_pauses(moment, moment);
    let sender = outbox.open_with(options().health_policy(policy));
    for id in ["a", "b", "c"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
    }
    let dispatcher = sender.start().unwrap();
    let before = system_time();
    for id in ["a", "b", "c"] {
        send_all(&sender, id, 60).await;
    }
    settled(&sender).await;
    assert_eq!(count_attempts(&sender).await, receiver.count());
    let deliveries = sender
        .deliveries(&DeliveryFilter::new(), 1_000)
        .await
        .unwrap();
    assert_eq!(deliveries.len(), 180);
    for delivery in deliveries {
        let came = receiver
            .ids()
            .iter()
            .filter(|id| **id == delivery.message_id)
            .count();
        let attempts = attempts_of(&sender, &delivery.message_id).await;
        assert_eq!((attempts.len(), delivery.attempts as usize), (came, came));
        let last = attempts.last().unwrap();
        let is_delivered = delivery.state == DeliveryState::Delivered;
        assert_eq!(last.status == Some(200), is_delivered);
        for (index, attempt) in attempts.iter().enumerate() {
            assert_eq!(attempt.attempt as usize, index + 1);
            // The first 4 KiB.
            assert_eq!(attempt.answer.as_ref().unwrap().len(), 4_096);
            assert!(attempt.at >= before && attempt.at <= system_time());
            assert!(!format!("{attempt:?}").contains("aaaa"));
        }
        // The latest first, and no more than are wanted.
        let latest = sender.attempts(delivery.number, 1).await.unwrap();
        assert_eq!(latest, attempts[attempts.len() - 1..]);
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn they_are_listed_by_filters_and_pages() {
    let receiver = Receiver::new(|request, _| match &*request.path {
        "/rejecting" => Reply::status(400),
        "/redirecting" => Reply::status(302),
        _ => Reply::status(200),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    let dispatcher = sender.start().unwrap();
    let ids = ["rejecting", "redirecting", "well"];
    for id in ids {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
        for number in 0..15 {
            let event_type = ["invoice.paid", "invoice.sent", "other"][number % 3];
            sender
                .send(id, &Message::new(event_type, &number).unwrap())
                .await
                .unwrap();
        }
    }
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 15, 30]);
    let all = DeliveryFilter::new;
    let dead = async |filter: DeliveryFilter| {
        let found = sender.dead_letters(&filter, 1_000).await.unwrap();
        assert!(found.iter().all(|it| it.state == DeliveryState::Dead));
        assert!(found.windows(2).all(|pair| pair[0].number > pair[1].number));
        found
    };
    assert_eq!(dead(all()).await.len(), 30);
    assert_eq!(dead(all().endpoint("rejecting")).await.len(), 15);
    assert_eq!(dead(all().endpoint("well")).await.len(), 0);
    assert_eq!(dead(all().endpoint("nobody")).await.len(), 0);
    assert_eq!(dead(all().event_type("invoice.paid")).await.len(), 10);
    assert_eq!(dead(all().event_type("invoice.*")).await.len(), 0);
    assert_eq!(dead(all().reason("redirected")).await.len(), 15);
    let both = all()
        .reason("redirected")
        .event_type("other")
        .endpoint("redirecting");
    assert_eq!(dead(both).await.len(), 5);
    assert_eq!(dead(all().state(DeliveryState::Delivered)).await.len(), 30);
    let of_state = all().state(DeliveryState::Delivered).endpoint("well");
    assert_eq!(sender.deliveries(&of_state, 1_000).await.unwrap().len(), 15);

    let since = dead(all()).await[9].due;
    let later = dead(all().since(since)).await;
    let earlier = dead(all().until(since)).await;
    assert!(later.iter().all(|it| it.due >= since) && earlier.iter().all(|it| it.due <= since));
    let at_once = earlier.iter().filter(|it| it.due == since).count();
    assert_eq!(later.len() + earlier.len(), 30 + at_once);
    let future = system_time().saturating_add(Duration::from_secs(60));
    assert!(dead(all().since(future)).await.is_empty());
    assert!(
        dead(all().until(UnixTime::from_seconds(0)))
            .await
            .is_empty()
    );

    let mut pages = Vec::new();
    let mut filter = all();
    loop {
        let page = sender.dead_letters(&filter, 7).await.unwrap();
        let Some(last) = page.last() else {
            break;
        };
        filter = all().before(last.number);
        pages.extend(page);
    }
    assert_eq!(pages, dead(all()).await);
    assert!(sender.dead_letters(&all(), 0).await.unwrap().is_empty());
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_is_settled_can_be_deleted() {
    let receiver = Receiver::new(|_, number| match number {
        0 => Reply::status(400),
        1 => Reply::status(200),
        _ => Reply::status(503),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().retry_policy(crate::support::retries(2, 3_600_000)));
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 3).await;
    let dispatcher = sender.start().unwrap();
    until("one waits again", async || {
        receiver.count() == 3 && counts(&sender).await == [1, 0, 1, 1]
    })
    .await;
    for id in &ids[..2] {
        let number = delivery_of(&sender, id).await.number;
        assert!(sender.delete_delivery(number).await.unwrap());
        assert!(!sender.delete_delivery(number).await.unwrap());
        assert!(sender.delivery(number).await.unwrap().is_none());
        assert!(sender.attempts(number, 10).await.unwrap().is_empty());
        assert!(!sender.replay(number).await.unwrap());
    }
    // What waits stays.
    let number = delivery_of(&sender, &ids[2]).await.number;
    assert!(!sender.delete_delivery(number).await.unwrap());
    assert!(!sender.replay(number).await.unwrap());
    assert_eq!(sender.attempts(number, 10).await.unwrap().len(), 1);
    assert_eq!(counts(&sender).await, [1, 0, 0, 0]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn one_is_replayed_with_a_new_count() {
    let receiver = Receiver::new(|_, number| match number {
        0..5 => Reply::status(503),
        5 => Reply::status(500),
        _ => Reply::status(200),
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    let stored = delivery_of(&sender, &sent.id).await;
    assert_eq!(
        (stored.reason.as_deref(), stored.attempts),
        (Some("exhausted"), 5)
    );
    assert!(sender.replay(stored.number).await.unwrap());
    settled(&sender).await;
    let stored = delivery_of(&sender, &sent.id).await;
    assert_eq!(
        (stored.state, stored.attempts),
        (DeliveryState::Delivered, 2)
    );
    assert!(stored.is_replay && stored.reason.is_none());
    let attempts = attempts_of(&sender, &sent.id).await;
    let numbers: Vec<_> = attempts.iter().map(|it| it.attempt).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 1, 2]);
    // One that arrived can be sent once more, too.
    assert!(sender.replay(stored.number).await.unwrap());
    settled(&sender).await;
    assert_eq!(receiver.count(), 8);
    let mut ids = receiver.ids();
    ids.dedup();
    assert_eq!(ids, [sent.id]);
    dispatcher.stop(PATIENCE).await;
}
