//! What must hold of an outbox in PostgreSQL, for several dispatchers at a time.
#![cfg(feature = "postgres")]

#[path = "../common/mod.rs"]
mod common;
mod gate;
mod outages;
#[path = "../../../database/tests/common/postgres_server.rs"]
mod postgres_server;
#[path = "../outbox/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use countersign::UnixTime;
use countersign_delivery::transport::Timeouts;
use countersign_delivery::{
    DeliveryFilter, DeliveryState, Dispatcher, Endpoint, Message, Sender, SenderOptions,
};
use tokio_postgres::NoTls;

use common::{Receiver, Reply};
use postgres_server::PostgresServer;
use support::{
    PATIENCE, attempts_of, count_attempts, counts, endpoint, message, options, reasons, send_all,
    settled, until, verify,
};

fn open(database: &str) -> Sender {
    options().open_postgres(database).unwrap()
}

/// A sender with a dispatcher.
fn start(database: &str) -> (Sender, Dispatcher) {
    let sender = open(database);
    let dispatcher = sender.start().unwrap();
    (sender, dispatcher)
}

/// How often each id came.
fn times(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for id in receiver.ids() {
        *times.entry(id).or_default() += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_arrives() {
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::new(|_, number| match number {
        0 => Reply::status(503),
        1 => Reply::status(400).body("no \\ \0"),
        _ => Reply::status(204),
    })
    .await;
    let (sender, dispatcher) = start(&database);
    let registered = endpoint("a", &receiver)
        .owner("shop")
        .event_types(["invoice.*"])
        .concurrency(1);
    sender.put_endpoint(&registered).await.unwrap();
    let sent = sender.send("a", &message(1)).await.unwrap();
    assert!(sent.is_new);
    until("it is answered twice", async || receiver.count() == 2).await;
    settled(&sender).await;
    assert_eq!(reasons(&sender).await, ["rejected"]);
    let attempts = attempts_of(&sender, &sent.id).await;
    let statuses: Vec<_> = attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Some(503), Some(400)]);
    assert_eq!(attempts[1].answer.as_deref(), Some(&b"no \\ \0"[..]));

    // One dead letter, and then many of them.
    let dead = sender
        .dead_letters(&DeliveryFilter::new(), 10)
        .await
        .unwrap();
    assert!(sender.replay(dead[0].number).await.unwrap());
    until("it is replayed", async || {
        counts(&sender).await == [0, 0, 1, 0]
    })
    .await;
    let replay = sender.replay_all(&DeliveryFilter::new(), 10).await.unwrap();
    assert_eq!(replay.total, 0);

    // The same key once, and only to those who want it.
    let keyed = message(2).owner("shop").idempotency_key("two");
    let first = sender.publish(&keyed).await.unwrap();
    let second = sender.publish(&keyed).await.unwrap();
    assert_eq!((first.is_new, second.is_new), (true, false));
    assert_eq!(first.id, second.id);
    let others = Message::new("customer.deleted", "").unwrap().owner("shop");
    assert!(sender.publish(&others).await.unwrap().is_new);
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 2, 0]);
    for received in receiver.all() {
        assert_eq!(verify(&[support::SECRET], &received), Ok(0));
    }
    assert_eq!(
        sender.send("b", &message(3)).await.unwrap_err().code(),
        "unknown_endpoint"
    );
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_sends_if_it_commits() {
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::ok().await;
    let (sender, dispatcher) = start(&database);
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let (mut client, connection) = tokio_postgres::connect(&database, NoTls).await.unwrap();
    tokio::spawn(connection);

    let transaction = client.transaction().await.unwrap();
    let kept = message(1).id("msg_kept");
    let sent = sender
        .send_in_transaction(&transaction, "a", &kept)
        .await
        .unwrap();
    assert_eq!((sent.id.as_str(), sent.is_new), ("msg_kept", true));
    transaction.commit().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    let lost = message(2).id("msg_lost");
    sender
        .send_in_transaction(&transaction, "a", &lost)
        .await
        .unwrap();
    transaction.rollback().await.unwrap();
    let unknown = sender.send_in_transaction(&client, "b", &kept).await;
    assert!(unknown.is_ok_and(|sent| !sent.is_new));
    let unknown = sender.send_in_transaction(&client, "b", &message(3)).await;
    assert_eq!(unknown.unwrap_err().code(), "unknown_endpoint");
    let published = sender
        .send_in_transaction(&client, None, &message(4))
        .await
        .unwrap();
    until("both arrive", async || receiver.count() == 2).await;
    let mut ids = receiver.ids();
    ids.sort();
    let mut expected = [String::from("msg_kept"), published.id];
    expected.sort();
    assert_eq!(ids, expected);
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn dispatchers_share_the_work() {
    const COUNT: usize = 1_000;
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::new(|_, _| Reply::status(204).after(Duration::from_millis(5))).await;
    let sending = open(&database);
    for id in ["a", "b", "c"] {
        sending
            .put_endpoint(&endpoint(id, &receiver))
            .await
            .unwrap();
    }
    let dispatchers = [start(&database), start(&database), start(&database)];
    let mut ids = Vec::new();
    for (number, id) in ["a", "b", "c"].into_iter().cycle().take(30).enumerate() {
        let count = if number < 10 {
            COUNT / 30 + 10
        } else {
            COUNT / 30 - 5
        };
        ids.extend(send_all(&sending, id, count).await);
    }
    settled(&sending).await;
    ids.sort();
    // Each once: none lost, none twice.
    let times = times(&receiver);
    assert_eq!(times.keys().cloned().collect::<Vec<_>>(), ids);
    assert!(times.values().all(|count| *count == 1));
    assert_eq!(count_attempts(&sending).await, ids.len());
    for (_, dispatcher) in dispatchers {
        assert!(dispatcher.stop(PATIENCE).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_in_order_stays_in_order_behind_several_dispatchers() {
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::new(|_, number| match number % 5 {
        3 => Reply::status(500),
        _ => Reply::status(204),
    })
    .await;
    let dispatchers = [start(&database), start(&database)];
    let sender = &dispatchers[0].0;
    sender
        .put_endpoint(&endpoint("a", &receiver).fifo())
        .await
        .unwrap();
    let ids = send_all(sender, "a", 40).await;
    settled(sender).await;
    let mut arrived = receiver.ids();
    arrived.dedup();
    assert_eq!(arrived, ids);
    for (_, dispatcher) in dispatchers {
        assert!(dispatcher.stop(PATIENCE).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_take_over_from_the_dead() {
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::new(|_, number| match number {
        // The first dispatcher never hears of them.
        0..8 => Reply::status(204).after(PATIENCE),
        _ => Reply::status(204),
    })
    .await;
    let options = || {
        let mut timeouts = Timeouts::default();
        timeouts.total = Duration::from_millis(900);
        options().timeouts(timeouts).lease(Duration::from_secs(2))
    };
    let dying = tokio::runtime::Runtime::new().unwrap();
    let sender = options().open_postgres(&database).unwrap();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let ids = send_all(&sender, "a", 8).await;
    let dead = database.clone();
    let running = dying.spawn(async move {
        let sender = options().open_postgres(dead).unwrap();
        let dispatcher = sender.start().unwrap();
        std::future::pending::<()>().await;
        drop(dispatcher);
    });
    until("all are under way", async || receiver.count() == 8).await;
    // Without a word to the database.
    dying.shutdown_background();
    drop(running);
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    let times = times(&receiver);
    assert_eq!(times.keys().cloned().collect::<Vec<_>>(), {
        let mut ids = ids.clone();
        ids.sort();
        ids
    });
    assert!(times.values().all(|count| *count == 2));
    let attempts = attempts_of(&sender, &ids[0]).await;
    assert_eq!(attempts[0].error.as_deref(), Some("interrupted"));
    assert_eq!(attempts[1].status, Some(204));
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_loses_nothing() {
    let server = PostgresServer::new();
    let database = server.create_database();
    let receiver = Receiver::new(|_, _| Reply::status(204).after(Duration::from_millis(2))).await;
    let (sender, dispatcher) = start(&database);
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for round in 0..3 {
        for number in 0..60 {
            match sender.send("a", &message(number)).await {
                Ok(sent) => acknowledged.push(sent.id),
                Err(error) => {
                    assert_eq!(error.code(), "outbox_unavailable");
                    refused += 1;
                }
            }
            if number == 30 && round < 2 {
                server.stop();
            }
            if number == 40 && round < 2 {
                server.start();
            }
        }
    }
    assert!(refused >= 2 * 5, "{refused}");
    settled(&sender).await;
    let times = times(&receiver);
    for id in &acknowledged {
        assert!(times.contains_key(id), "{id} is lost");
    }
    let [waiting, running, delivered, dead] = counts(&sender).await;
    assert_eq!([waiting, running, dead], [0, 0, 0]);
    assert!(delivered as usize >= acknowledged.len());
    assert!(dispatcher.stop(PATIENCE).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_while_the_server_is_down() {
    let receiver = Receiver::ok().await;
    let database =
        SenderOptions::postgres("host=/nowhere user=nobody").timeout(Duration::from_millis(200));
    let sender = options()
        .open_postgres_database(database.open().unwrap())
        .unwrap();
    let dispatcher = sender.start().unwrap();
    let sent = sender
        .put_endpoint(&Endpoint::new("a", receiver.url("a")))
        .await;
    assert_eq!(sent.unwrap_err().code(), "insecure_url");
    let sent = sender.send("a", &message(1)).await;
    assert_eq!(sent.unwrap_err().code(), "outbox_unavailable");
    let filter = DeliveryFilter::new()
        .state(DeliveryState::Dead)
        .since(UnixTime::from_seconds(1));
    let listed = sender.deliveries(&filter, 10).await;
    assert_eq!(listed.unwrap_err().code(), "outbox_unavailable");
    dispatcher.stop(Duration::from_millis(100)).await;
    assert!(options().open_postgres("host=a nonsense").is_err());
}
