//! Databases that are down for a while.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
mod inboxes;

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use common::{Count, deliver, event, is, receiver};
use countersign_tower::ReceivedEvent;
use countersign_tower::inbox::{PostgresInbox, SqliteInbox};
use inboxes::postgres_server::PostgresServer;
use inboxes::{PATIENCE, Place, Seen, counts, hurried, settled, until};
use tokio::sync::Notify;

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_database_that_is_down_ends_no_worker() {
    let place = Place::sqlite();
    let inbox = SqliteInbox::new(place.path())
        .timeout(Duration::from_millis(20))
        .open()
        .unwrap();
    let (go_on, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (held, beginning) = (go_on.clone(), begun.clone());
    let runs = Count::default();
    let counting = runs.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |_| {
            counting.add();
            let (held, beginning) = (held.clone(), beginning.clone());
            async move {
                beginning.notify_one();
                held.notified().await;
                Ok::<(), Infallible>(())
            }
        })
        .unwrap()
        .into_service();
    let stored = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&stored, 200, "accepted"));
    // Down before the handler, and after it.
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let workers = hurried(&service, &inbox).start();
    tokio::time::sleep(SHORT).await;
    other.execute_batch("ROLLBACK").unwrap();
    begun.notified().await;
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    go_on.notify_one();
    tokio::time::sleep(SHORT).await;
    other.execute_batch("ROLLBACK").unwrap();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(runs.get(), 1);
    assert_eq!(counts(&inbox).await, [0, 0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_postgres_that_restarts() {
    let server = PostgresServer::new();
    let inbox = PostgresInbox::new(server.create_database()).open().unwrap();
    let seen = Seen::default();
    let noted = seen.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event: ReceivedEvent| {
            noted.note(event.id());
            ready(Ok::<(), Infallible>(()))
        })
        .unwrap()
        .into_service();
    let workers = hurried(&service, &inbox).start();
    let before = deliver(&service, &event("before", "a")).await;
    assert!(is(&before, 200, "accepted"));
    until(async || seen.are(&["before"])).await;
    server.stop();
    let during = deliver(&service, &event("during", "a")).await;
    assert!(is(&during, 503, "store_unavailable"));
    server.start();
    let during = deliver(&service, &event("during", "a")).await;
    assert!(is(&during, 200, "accepted"));
    until(async || seen.all().len() == 2).await;
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert!(seen.are(&["before", "during"]));
}
