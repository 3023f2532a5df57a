//! What is sent arrives as it was sent, once, and can be verified.

use std::time::Duration;

use countersign_delivery::{DeliveryState, Endpoint, Message};
use serde_json::{Value, json};

use crate::common::{Receiver, Reply};
use crate::support::{
    OTHER_SECRET, Outbox, PATIENCE, SECRET, attempts_of, counts, delivery_of, endpoint, message,
    options, settled, system_time, until, verify,
};

#[tokio::test]
async fn what_is_sent_arrives_to_the_byte() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).header("x-tenant", "7"))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let before = system_time().millis();

    let data = json!({"id": 7, "name": "\u{e9}\u{1f600}\u{0}\"", "float": 1.10});
    let made = sender
        .send("a", &Message::new("invoice.paid", &data).unwrap())
        .await
        .unwrap();
    let raw = b"\xff\x00 no JSON \n".as_slice();
    let bytes = sender
        .send("a", &Message::with_payload("raw", raw).id("raw-1"))
        .await
        .unwrap();
    let json = Message::from_json("json", r#"{ "a" :  1e2, "a": 2 }"#).unwrap();
    let json = sender.send("a", &json).await.unwrap();
    settled(&sender).await;

    let received = receiver.all();
    let of = |id: &str| received.iter().find(|it| it.id() == id).unwrap();
    assert_eq!(received.len(), 3);
    assert!(made.is_new && bytes.is_new && json.is_new);
    assert_eq!(bytes.id, "raw-1");
    assert!(made.id.starts_with("msg_") && made.id.len() == 36 && made.id != json.id);
    assert_eq!(of("raw-1").body, raw);
    // What the program wrote stays as it wrote it.
    let text = String::from_utf8(of(&json.id).body.clone()).unwrap();
    assert!(text.contains(r#""data":{ "a" :  1e2, "a": 2 }"#), "{text}");
    let body: Value = serde_json::from_slice(&of(&made.id).body).unwrap();
    assert_eq!(body["data"], data);
    assert_eq!(body["type"], "invoice.paid");
    assert_eq!(body["id"], Value::from(made.id.as_str()));
    for it in &received {
        assert_eq!(verify(&[SECRET], it), Ok(0));
        assert_eq!(verify(&[OTHER_SECRET], it), Err("signature_mismatch"));
        assert_eq!(it.header("x-tenant"), Some("7"));
        assert_eq!(it.path, "/a");
        let payload = sender.payload(it.id()).await.unwrap().unwrap();
        assert_eq!(payload, it.body);
        let stored = delivery_of(&sender, it.id()).await;
        assert_eq!(
            (stored.state, stored.attempts),
            (DeliveryState::Delivered, 1)
        );
        assert!(stored.created.millis() >= before && stored.due >= stored.created);
        assert_eq!(stored.endpoint.as_deref(), Some("a"));
        assert_eq!(stored.reason, None);
    }
    assert!(sender.payload("nobody").await.unwrap().is_none());
    assert!(sender.deliveries_of("nobody").await.unwrap().is_empty());
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test]
async fn each_attempt_is_signed_anew_for_the_same_id_and_payload() {
    let receiver = Receiver::new(|_, number| match number {
        0 | 1 => Reply::status(503),
        _ => Reply::status(200).body("thanks"),
    })
    .await;
    let outbox = Outbox::new();
    // Timestamps are of seconds.
    let sender = outbox.open_with(options().retry_policy(crate::support::retries(3, 1_050)));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    let received = receiver.all();
    assert_eq!(received.len(), 3);
    let header = |name: &str| {
        let mut values: Vec<_> = received.iter().filter_map(|it| it.header(name)).collect();
        values.dedup();
        values
    };
    assert_eq!(header("webhook-id"), [sent.id.as_str()]);
    assert_eq!(header("webhook-timestamp").len(), 3);
    assert_eq!(header("webhook-signature").len(), 3);
    assert!(received.iter().all(|it| it.body == received[0].body));
    assert!(received.iter().all(|it| verify(&[SECRET], it) == Ok(0)));
    let attempts = attempts_of(&sender, &sent.id).await;
    let statuses: Vec<_> = attempts.iter().map(|it| (it.attempt, it.status)).collect();
    assert_eq!(statuses, [(1, Some(503)), (2, Some(503)), (3, Some(200))]);
    assert_eq!(attempts[2].answer.as_deref(), Some(b"thanks".as_slice()));
    assert!(
        attempts
            .iter()
            .all(|it| it.error.is_none() && !it.duration.is_zero())
    );
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn the_same_id_or_key_twice_is_one_message() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    for id in ["a", "b"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
    }
    let first = sender
        .send("a", &message(1).idempotency_key("paid-7"))
        .await
        .unwrap();
    let again = sender
        .send("a", &message(2).idempotency_key("paid-7"))
        .await
        .unwrap();
    let elsewhere = sender
        .send("b", &message(3).idempotency_key("paid-7"))
        .await
        .unwrap();
    let named = sender.send("a", &message(4).id("evt_1")).await.unwrap();
    let renamed = sender
        .send("b", &message(5).id("evt_1").idempotency_key("new"))
        .await
        .unwrap();
    assert!(first.is_new && named.is_new);
    assert!(!again.is_new && !elsewhere.is_new);
    // The message of an id goes to each endpoint once, as it was first.
    assert!(renamed.is_new);
    assert_eq!((&again.id, &elsewhere.id), (&first.id, &first.id));
    assert_eq!(renamed.id, "evt_1");
    assert_eq!(counts(&sender).await, [3, 0, 0, 0]);

    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    // Nor after it was delivered, nor by another sender.
    let other = outbox.open();
    let late = other
        .send("a", &message(6).idempotency_key("paid-7"))
        .await
        .unwrap();
    assert_eq!((&late.id, late.is_new), (&first.id, false));
    let many = [
        message(7).id("evt_2"),
        message(8).id("evt_2"),
        message(9).id("evt_1"),
    ];
    let many = sender
        .send_many(many.iter().map(|it| ("a", it)))
        .await
        .unwrap();
    let are_new: Vec<_> = many.into_iter().map(|it| it.unwrap().is_new).collect();
    assert_eq!(are_new, [true, false, false]);
    settled(&sender).await;
    assert_eq!(receiver.count(), 4);
    let received = receiver.all();
    let named: Vec<_> = received.iter().filter(|it| it.id() == "evt_1").collect();
    assert_eq!((named.len(), &named[0].body), (2, &named[1].body));
    let of_first = receiver
        .all()
        .into_iter()
        .find(|it| it.id() == first.id)
        .unwrap();
    assert!(
        String::from_utf8(of_first.body)
            .unwrap()
            .contains(r#""number":1"#)
    );
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn racing_senders_of_one_key_make_one_message() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let senders = [sender.clone(), outbox.open(), outbox.open()];
    let tasks: Vec<_> = (0..30)
        .map(|number| {
            let sender = senders[number % 3].clone();
            tokio::spawn(async move {
                let message = message(number).idempotency_key("one");
                sender.send("a", &message).await.unwrap()
            })
        })
        .collect();
    let mut ids = Vec::new();
    let mut new = 0;
    for task in tasks {
        let sent = task.await.unwrap();
        new += usize::from(sent.is_new);
        ids.push(sent.id);
    }
    ids.dedup();
    assert_eq!((new, ids.len()), (1, 1));
    assert_eq!(counts(&sender).await, [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_url_is_an_endpoint() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let secret = countersign::Secret::parse(OTHER_SECRET).unwrap();
    let own = options()
        .webhook(countersign::Scheme::STANDARD, [secret])
        .unwrap();
    let sender = outbox.open_with(own);
    let url = "https://hooks.example.com/in?tenant=7";
    let sent = sender.send(url, &message(1)).await.unwrap();
    let again = sender
        .send_many([(url, &message(2)), (url, &message(3))])
        .await
        .unwrap();
    assert!(sent.is_new && again.len() == 2);
    let registered = sender.endpoint(url).await.unwrap().unwrap();
    assert_eq!(
        (registered.id.as_str(), registered.url.as_str()),
        (url, url)
    );
    assert_eq!((registered.secret_count, registered.scheme), (0, None));
    // It is sent to, and receives nothing of what is published.
    let published = sender.publish(&message(4)).await.unwrap();
    assert!(
        sender
            .deliveries_of(&published.id)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(counts(&sender).await, [3, 0, 0, 0]);

    // One that is registered has the rules and secrets that it was registered with.
    let url = receiver.url("own");
    let known = Endpoint::new(&url, &url)
        .secret(SECRET)
        .allow_http()
        .allow_network("127.0.0.1");
    sender.put_endpoint(&known).await.unwrap();
    sender
        .delete_endpoint("https://hooks.example.com/in?tenant=7")
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender.send(&url, &message(5)).await.unwrap();
    until("it arrives", async || receiver.count() == 1).await;
    assert_eq!(verify(&[SECRET], &receiver.all()[0]), Ok(0));
    assert_eq!(receiver.ids(), [sent.id]);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn many_are_sent_in_one_commit() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    for id in ["a", "b"] {
        sender.put_endpoint(&endpoint(id, &receiver)).await.unwrap();
    }
    let dispatcher = sender.start().unwrap();
    assert!(sender.send_many([]).await.unwrap().is_empty());
    let messages: Vec<_> = (0..300).map(message).collect();
    let to = |number: usize| ["a", "nobody", "b"][number % 3];
    let addressed = messages
        .iter()
        .enumerate()
        .map(|(number, it)| (to(number), it));
    let sent = sender.send_many(addressed).await.unwrap();
    assert_eq!(sent.len(), 300);
    for (number, sent) in sent.iter().enumerate() {
        match (to(number), sent) {
            ("nobody", Err(error)) => assert_eq!(error.code(), "unknown_endpoint"),
            (_, Ok(sent)) => assert!(sent.is_new),
            (to, sent) => panic!("{to}: {sent:?}"),
        }
    }
    settled(&sender).await;
    assert_eq!(receiver.count(), 200);
    for it in receiver.all() {
        let stored = delivery_of(&sender, it.id()).await;
        assert_eq!(it.path[1..], *stored.endpoint.unwrap());
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn what_another_sender_sends_is_delivered_at_once() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let other = outbox.open();
    let mut times = Vec::new();
    for number in 0..10 {
        let sent = std::time::Instant::now();
        other.send("a", &message(number)).await.unwrap();
        until("it arrives", async || receiver.count() == number + 1).await;
        times.push(receiver.all()[number].at.duration_since(sent));
    }
    times.sort();
    // Without being told, it would look once a second. The machine may stall now and then.
    assert!(times[5] < Duration::from_millis(700), "{times:?}");
    dispatcher.stop(PATIENCE).await;
}
