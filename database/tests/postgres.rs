//! What only PostgreSQL has: statements that are sent together, notifications, clients of others.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;
mod relay;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use common::postgres_server::PostgresServer;
use common::{PATIENCE, POSTGRES_SCHEMA, Place, insert, nonsense, read, store, texts, until};
use countersign_database::postgres::tokio_postgres::{Client, NoTls, connect};
use countersign_database::postgres::{PostgresDatabase, PostgresOptions, execute_on};
use countersign_database::{Database, Kind, Next, Purpose, Statement, Value, Work};
use relay::Relay;

fn delete(text: &str) -> Statement {
    let values = [Value::text(text)];
    Statement::new(Kind::Change, "DELETE FROM note WHERE text = ?", values)
}

fn notify(channel: &str, payload: &str) -> Statement {
    let values = [Value::text(channel), Value::text(payload)];
    Statement::new(Kind::Rows, "SELECT pg_notify(?, ?)::text", values)
}

async fn client(conninfo: &str) -> Client {
    let (client, connection) = connect(conninfo, NoTls).await.unwrap();
    // It ends with the client.
    tokio::spawn(connection);
    client
}

/// Statements go before others are answered, in their order. On one thread, so that what is sent at
/// once is so each time.
#[tokio::test]
async fn statements_are_sent_together() {
    let Place::Postgres(conninfo) = Place::postgres() else {
        panic!("it is in PostgreSQL");
    };
    let relay = Relay::new(&conninfo);
    let options = PostgresOptions::new(relay.conninfo(), POSTGRES_SCHEMA, "note");
    let database = options.connections(1).open().unwrap();
    let turns = async |work: Work| {
        let before = relay.turns();
        database.run(work).await.unwrap();
        relay.turns() - before
    };
    let changes =
        || (0..20).flat_map(|index| [insert(&index.to_string()), delete(&index.to_string())]);
    let rows = || Statement::new(Kind::Rows, "SELECT text FROM note", []);
    // They are prepared.
    turns(store([insert("a"), delete("a")])).await;
    turns(Work::new(Purpose::Read, [rows()])).await;

    // It begins; they are done and it ends.
    assert_eq!(turns(store(changes())).await, 2);
    assert!(texts(&database).await.is_empty());
    // What is read is looked at before it ends.
    assert_eq!(turns(store([rows(), insert("b"), rows()])).await, 3);
    let chained = store(changes()).then(move |_, _| Next::new([insert("c"), delete("b")]));
    assert_eq!(turns(chained).await, 3);
    assert_eq!(texts(&database).await, ["c"]);
    // The time, and they.
    assert_eq!(turns(Work::new(Purpose::Read, [rows()])).await, 2);
}

/// A value that cannot be sent is found on this side, when others are on their way.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_another_type_leaves_nothing() {
    let place = Place::postgres();
    let database = place.open_postgres();
    let wrong = |value| {
        let text = "INSERT INTO note (small) VALUES (?)";
        Statement::new(Kind::Change, text, [value])
    };
    for value in [
        Value::text("1"),
        Value::Real(1.0),
        Value::Integer(i64::from(i32::MAX) + 1),
    ] {
        for statements in [
            vec![insert("a"), wrong(value.clone())],
            vec![wrong(value.clone()), insert("a")],
            vec![insert("a"), wrong(value.clone()), insert("b")],
        ] {
            assert!(database.run(store(statements)).await.is_err());
        }
    }
    assert!(texts(&database).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_have_are_left_out() {
    let place = Place::postgres();
    let database = place.open_postgres();
    database
        .run(store([insert("a"), insert("b")]))
        .await
        .unwrap();
    let take = || {
        let text = "SELECT text FROM note ORDER BY number LIMIT 1";
        Statement::new(Kind::LockedRows, text, [])
    };
    let (entered, entering) = mpsc::channel();
    let (go_on, held) = mpsc::channel();
    let first = Work::new(Purpose::Note, [take()]).then(move |_, _| {
        entered.send(()).unwrap();
        tokio::task::block_in_place(|| held.recv().unwrap());
        Next::nothing()
    });
    let first = database.run(first);
    tokio::task::block_in_place(|| entering.recv().unwrap());
    let second = database
        .run(Work::new(Purpose::Note, [take()]))
        .await
        .unwrap();
    assert_eq!(second.rows(0)[0].text(0), Ok("b"));
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().rows(0)[0].text(0), Ok("a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_joins_a_transaction_of_the_program() {
    let place = Place::postgres();
    let database = place.open_postgres();
    assert!(texts(&database).await.is_empty());
    let Place::Postgres(conninfo) = &place else {
        panic!("it is in PostgreSQL");
    };
    let mut client = client(conninfo).await;
    let transaction = client.transaction().await.unwrap();
    let answer = execute_on(&transaction, &insert("undone"), 7).await;
    assert_eq!(answer.unwrap().rows.len(), 1);
    transaction.rollback().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    execute_on(&transaction, &insert("done"), 7).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        execute_on(&client, &delete("nothing"), 7)
            .await
            .unwrap()
            .changed,
        0
    );
    assert!(execute_on(&client, &nonsense(), 7).await.is_err());
    assert_eq!(texts(&database).await, ["done"]);
    let stored = read(&database, "SELECT at_ms FROM note").await.unwrap();
    assert_eq!(stored.rows(0)[0].integer(0), Ok(7));
}

/// What a listener was told.
struct Heard(mpsc::Receiver<Option<String>>);

impl Heard {
    fn next(&self) -> Option<String> {
        let next = tokio::task::block_in_place(|| self.0.recv_timeout(PATIENCE));
        next.expect("nothing is heard")
    }
}

fn listen(
    database: &PostgresDatabase,
    channel: &str,
) -> (countersign_database::postgres::Listening, Heard) {
    let (tell, told) = mpsc::channel();
    let listening = database.listen(channel, move |payload| {
        // Nobody may be there any more.
        let _ = tell.send(payload.map(str::to_owned));
    });
    (listening, Heard(told))
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_are_heard_whatever_breaks() {
    const CHANNEL: &str = "Notes of \"others\"";
    const END_OTHERS: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let place = Place::postgres();
    let database = place.open_postgres();
    let (listening, heard) = listen(&database, CHANNEL);
    assert_eq!(heard.next(), None);
    let payloads = ["1", "", "\u{1f600}"];
    let statements = payloads.map(|payload| notify(CHANNEL, payload));
    database.run(store(statements)).await.unwrap();
    for payload in payloads {
        assert_eq!(heard.next().as_deref(), Some(payload));
    }
    // Neither what is undone nor what is for others.
    let undone = store([notify(CHANNEL, "undone"), nonsense()]);
    assert!(database.run(undone).await.is_err());
    database.run(store([notify("others", "a")])).await.unwrap();

    for round in ["first", "second"] {
        let ended = read(&database, END_OTHERS).await.unwrap();
        assert!(ended.rows(0)[0].integer(0).unwrap() > 0);
        assert_eq!(heard.next(), None);
        database.run(store([notify(CHANNEL, round)])).await.unwrap();
        assert_eq!(heard.next().as_deref(), Some(round));
    }
    drop(listening);
    let listeners = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    until(async || {
        let done = read(&database, listeners).await.unwrap();
        // Itself has that text, too, but not at its beginning.
        done.rows(0)[0].integer(0) == Ok(0)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_later_is_found() {
    let server = PostgresServer::new();
    let conninfo = server.create_database();
    server.stop();
    let options = PostgresOptions::new(&conninfo, POSTGRES_SCHEMA, "note");
    let database = options.timeout(Duration::from_secs(20)).open().unwrap();
    let (_listening, heard) = listen(&database, "notes");
    assert!(database.run(store([insert("a")])).await.is_err());
    server.start();
    assert_eq!(heard.next(), None);
    database
        .run(store([insert("a"), notify("notes", "b")]))
        .await
        .unwrap();
    assert_eq!(heard.next().as_deref(), Some("b"));
    server.stop();
    server.start();
    assert_eq!(heard.next(), None);
    assert_eq!(texts(&database).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_made_once_by_many() {
    let Place::Postgres(conninfo) = Place::postgres() else {
        panic!("it is in PostgreSQL");
    };
    let conninfo: Arc<str> = conninfo.into();
    let tasks = (0..8).map(|task| {
        let conninfo = conninfo.clone();
        tokio::spawn(async move {
            let schema = "CREATE TABLE IF NOT EXISTS once (number BIGINT);";
            let database = PostgresOptions::new(&*conninfo, schema, "once")
                .open()
                .unwrap();
            let text = "INSERT INTO once VALUES (?)";
            let insert = Statement::new(Kind::Change, text, [Value::Integer(task)]);
            database.run(store([insert])).await
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
}

#[test]
fn a_name_that_is_none_is_not_opened() {
    let options = PostgresOptions::new("host=localhost port=secret", "", "note");
    assert!(!format!("{options:?}").contains("secret"));
    assert!(options.open().is_err());
}
