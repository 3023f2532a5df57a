//! The table that the languages share, and what is not in it.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
mod inboxes;

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex};

use common::{Log, SECRET, counted, deliver, event, is, receiver};
use countersign::sql::inbox::{SQLITE_SCHEMA, stored_key};
use countersign_tower::ReceivedEvent;
use countersign_tower::inbox::{Filter, SqliteInbox, State};
use inboxes::{PATIENCE, Place, counts, hurried, settled};
use rusqlite::{Connection, params};

/// A file as Python writes it.
fn file_of_python(place: &Place) {
    let database = Connection::open(place.path()).unwrap();
    database.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    database.execute_batch(SQLITE_SCHEMA).unwrap();
    let insert = "INSERT INTO countersign_inbox (dedupe_key, scheme, event_id, event_type,
        event_timestamp, payload, parts, received_ms, state, attempts, due_ms, noted_ms, token,
        error) VALUES (?, 'sha256', ?, ?, ?, ?, ?, 1700000000123, ?, ?, ?, 1700000000123, ?, ?)";
    let long = "k".repeat(2_000);
    let key = format!("sha256:{long}");
    let of_key = format!(
        r#"{{"form": false, "payload": [0, 2], "data": null, "key_index": 0, "dedupe_key": "{key}"}}"#
    );
    let row = |values: &[&dyn rusqlite::ToSql]| database.execute(insert, values).unwrap();
    row(params![
        "sha256:evt_1",
        "evt_1",
        "invoice.paid",
        1_704_164_645.123_456,
        br#" {"id":"evt_1","data":{"a":1}}"#,
        r#"{"form": false, "payload": [1, 30], "data": [22, 29], "key_index": 1}"#,
        "waiting",
        0,
        1_700_000_000_123_i64,
        None::<&str>,
        None::<&str>,
    ]);
    row(params![
        None::<&str>,
        None::<&str>,
        None::<&str>,
        None::<f64>,
        b"a=1&b=2",
        r#"{"form": true, "payload": [0, 7], "data": [0, 7], "key_index": 0}"#,
        "dead",
        3,
        1_700_000_000_500_i64,
        None::<&str>,
        "builtins.KeyError",
    ]);
    row(params![
        stored_key(&key),
        long,
        "a",
        1_700_000_000.0,
        b"{}",
        of_key,
        // Of a worker that died.
        "running",
        1,
        1_700_000_000_900_i64,
        "0123456789abcdef0123456789abcdef",
        None::<&str>,
    ]);
}

#[tokio::test]
async fn what_python_wrote_is_read_and_handled() {
    let place = Place::sqlite();
    file_of_python(&place);
    let inbox = place.open();
    let events: Arc<Mutex<Vec<ReceivedEvent>>> = Arc::default();
    let noted = events.clone();
    let service = receiver()
        .inbox(inbox.clone())
        .on("*", move |event| {
            noted.lock().unwrap().push(event);
            ready(Ok::<(), Infallible>(()))
        })
        .unwrap()
        .into_service();
    let dead = inbox.dead_letters().await.unwrap().remove(0);
    assert_eq!(dead.error.as_deref(), Some("builtins.KeyError"));
    assert_eq!(
        (dead.attempts, dead.received.millis()),
        (3, 1_700_000_000_123)
    );
    assert_eq!(dead.due.millis(), 1_700_000_000_500);
    assert_eq!(dead.event.data().unwrap(), "a=1&b=2");
    let (id, key) = (dead.event.id(), dead.event.dedupe_key());
    assert!(dead.event.is_form() && id.is_none() && key.is_none());

    let workers = hurried(&service, &inbox).concurrency(1).start();
    settled(&inbox).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(counts(&inbox).await, [0, 0, 2, 1]);
    let events = events.lock().unwrap().clone();
    let [first, second] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(first.id(), Some("evt_1"));
    assert_eq!(first.event_type(), Some("invoice.paid"));
    assert_eq!(first.key_index(), 1);
    let time = first.timestamp().unwrap();
    assert_eq!(
        (time.seconds(), time.subsecond_nanos()),
        (1_704_164_645, 123_456_000)
    );
    assert_eq!(first.payload(), r#"{"id":"evt_1","data":{"a":1}}"#);
    assert_eq!(first.data().unwrap(), r#"{"a":1}"#);
    assert_eq!(first.raw(), r#" {"id":"evt_1","data":{"a":1}}"#);
    assert_eq!(second.dedupe_key().unwrap().len(), "sha256:".len() + 2_000);
    // Rows that Python has handled are the guard here, too.
    let again = deliver(&service, &event("evt_1", "a")).await;
    assert!(is(&again, 200, "duplicate"));
    let long = deliver(&service, &event(&"k".repeat(2_000), "a")).await;
    assert!(is(&long, 200, "duplicate"));
}

#[tokio::test]
async fn rows_are_as_other_languages_read_them() {
    let place = Place::sqlite();
    let inbox = place.open();
    let (receiver, _) = counted(receiver().inbox(inbox.clone()), "*").unwrap();
    let body = r#" {"id":"a\u0000b","type":"a","data":{"n":1}}"#;
    deliver(&receiver.into_service(), body).await;
    let database = Connection::open(place.path()).unwrap();
    let columns = "dedupe_key, event_id, payload, parts, state, attempts, typeof(event_timestamp)";
    let sql = format!("SELECT {columns} FROM countersign_inbox");
    type Columns = (String, String, Vec<u8>, String, String, i64, String);
    let row: Columns = database.query_row(&sql, [], |row| row.try_into()).unwrap();
    assert_eq!((&*row.0, &*row.1), ("sha256:a\0b", "a\0b"));
    assert_eq!(row.2, body.as_bytes());
    assert_eq!(
        row.3,
        r#"{"form":false,"payload":[1,44],"data":[36,43],"key_index":0}"#
    );
    assert_eq!((&*row.4, row.5, &*row.6), ("waiting", 0, "null"));
}

// On one thread, so that the log of this thread has all that workers log.
#[tokio::test(flavor = "current_thread")]
async fn a_row_that_is_unreadable_keeps_nobody_from_the_others() {
    let log = Log::default();
    let _guard = log.collect();
    let place = Place::sqlite();
    let inbox = place.open();
    let (receiver, count) = counted(receiver().inbox(inbox.clone()), "*").unwrap();
    let service = receiver.into_service();
    for id in ["evt_1", "evt_2"] {
        deliver(&service, &event(id, "a")).await;
    }
    let database = Connection::open(place.path()).unwrap();
    let spoil = r#"UPDATE countersign_inbox SET parts = '{"form":false,"payload":[0,999],"data":null,"key_index":0}' WHERE event_id = 'evt_1'"#;
    database.execute(spoil, []).unwrap();
    let workers = hurried(&service, &inbox).start();
    inboxes::until(async || counts(&inbox).await == [0, 1, 1, 0]).await;
    assert!(workers.stop(PATIENCE).await);
    assert_eq!(count.get(), 1);
    assert!(log.text().contains("a row of the inbox is unreadable"));
    let unreadable = inbox.events(&Filter::new().state(State::Running)).await;
    assert_eq!(unreadable.unwrap_err().code(), "store_unavailable");
}

#[test]
fn what_is_no_database_is_not_opened() {
    let place = Place::sqlite();
    std::fs::write(
        place.path(),
        "no database, but a text of more than a few bytes",
    )
    .unwrap();
    let error = SqliteInbox::new(place.path()).open().unwrap_err();
    assert_eq!(error.to_string(), "the store cannot be opened");
    let postgres = countersign_tower::inbox::PostgresInbox::new("host");
    assert!(postgres.open().is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn texts_of_errors_and_payloads_go_nowhere() {
    for place in [Place::sqlite(), Place::postgres()] {
        let log = Log::default();
        let _guard = log.collect();
        let inbox = place.open();
        let service = receiver()
            .inbox(inbox.clone())
            .on("*", |event: ReceivedEvent| {
                let text = String::from_utf8(event.raw().to_vec()).unwrap();
                ready(Err(io::Error::other(format!("{SECRET} {text}"))))
            })
            .unwrap()
            .into_service();
        deliver(&service, &event("evt_1", "a")).await;
        let workers = hurried(&service, &inbox).start();
        settled(&inbox).await;
        assert!(workers.stop(PATIENCE).await);
        let dead = inbox.dead_letters().await.unwrap().remove(0);
        assert_eq!(dead.error.as_deref(), Some("std::io::error::Error"));
        assert!(!format!("{dead:?}").contains("private particulars"));
        let logged = log.text();
        let again = r#"ERROR countersign_tower::journal: an event was not handled; it is tried again code="handler_failed" scheme="sha256" event_id="evt_1" event_type="a" exception="std::io::error::Error""#;
        assert_eq!(logged.matches(again).count(), 4, "{logged}");
        assert!(logged.contains("an event was not handled; it is a dead letter"));
        assert!(!logged.contains("private particulars") && !logged.contains(SECRET));
    }
}
