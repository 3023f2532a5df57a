//! What only SQLite has: one thread, batches of works, and other processes on the same file.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use common::{Place, SQLITE_SCHEMA, insert, nonsense, read, store, texts, until};
use countersign::UnixTime;
use countersign_database::sqlite::rusqlite::Connection;
use countersign_database::sqlite::{Durability, SqliteDatabase, SqliteOptions};
use countersign_database::{Database, Kind, Next, Purpose, Statement, Value, Work};

/// Holds the thread in a work until it is told to go on.
struct Held {
    done: tokio::task::JoinHandle<()>,
    go_on: mpsc::Sender<()>,
}

impl Held {
    fn new(database: &SqliteDatabase) -> Self {
        let (entered, entering) = mpsc::channel();
        let (go_on, held) = mpsc::channel();
        let work = Work::new(Purpose::Note, []).then(move |_, _| {
            entered.send(()).unwrap();
            held.recv().unwrap();
            Next::nothing()
        });
        let database = database.clone();
        let done = tokio::spawn(async move {
            database.run(work).await.unwrap();
        });
        entering.recv().unwrap();
        Self { done, go_on }
    }

    async fn end(self) {
        self.go_on.send(()).unwrap();
        self.done.await.unwrap();
    }
}

/// Is undone, and everything before it in its transaction.
fn undoing_all() -> Statement {
    let text = "INSERT OR ROLLBACK INTO note (text) VALUES ('there')";
    Statement::new(Kind::Change, text, [])
}

fn asking(statement: Statement) -> Work {
    store([statement]).then(|_, _| Next::nothing())
}

/// Whether each of these was done, when all of them waited at the same time; and what is stored.
async fn together<const N: usize>(works: [Work; N]) -> ([bool; N], Vec<String>) {
    let place = Place::sqlite();
    let database = place.open_sqlite();
    database.run(store([insert("there")])).await.unwrap();
    let held = Held::new(&database);
    let all = works.map(|work| database.run(work));
    held.end().await;
    let mut are_done = [false; N];
    for (is_done, work) in are_done.iter_mut().zip(all) {
        *is_done = work.await.is_ok();
    }
    (are_done, texts(&database).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_together_fails_alone() {
    let (are_done, stored) = together([
        store([insert("1")]),
        store([nonsense()]),
        store([insert("2"), insert("3")]),
        // Its first statement was done.
        store([insert("4"), nonsense()]),
        store([insert("there")]),
        store([insert("5"), insert("there"), insert("6")]),
        Work::new(Purpose::Read, [nonsense()]),
        Work::new(Purpose::Note, [insert("7")]),
    ])
    .await;
    let wanted = [true, false, true, false, false, false, false, true];
    assert_eq!(are_done, wanted);
    assert_eq!(stored, ["there", "1", "2", "3", "7"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_asked_once() {
    let (are_done, stored) = together([
        asking(insert("1")),
        store([insert("2"), nonsense()]),
        store([insert("3")]).then(|_, _| Next::new([insert("4"), insert("there")])),
        asking(insert("there")),
        asking(insert("5")),
        store([insert("6"), insert("7")]),
    ])
    .await;
    assert_eq!(are_done, [true, false, false, false, true, true]);
    // What is asked comes last.
    assert_eq!(stored, ["there", "6", "7", "1", "5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_undoes_all_is_alone_in_that() {
    let (are_done, stored) = together([
        store([insert("1")]),
        store([undoing_all()]),
        store([insert("2"), insert("3")]),
        store([insert("4"), undoing_all()]),
        store([insert("5")]),
    ])
    .await;
    assert_eq!(are_done, [true, false, true, false, true]);
    assert_eq!(stored, ["there", "1", "2", "3", "5"]);

    let (are_done, stored) = together([
        store([insert("1")]),
        // Nobody can ask it twice.
        asking(insert("2")),
        store([insert("3"), insert("4")]),
        asking(undoing_all()),
        asking(insert("5")),
        store([insert("6")]),
    ])
    .await;
    assert_eq!(are_done, [true, false, true, false, true, true]);
    assert_eq!(stored, ["there", "1", "3", "4", "6", "5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reads_finds_what_was_asked_for_before() {
    let place = Place::sqlite();
    let database = place.open_sqlite();
    let held = Held::new(&database);
    let rename = |from: &str, to: &str| {
        let values = [Value::text(to), Value::text(from)];
        Statement::new(
            Kind::Change,
            "UPDATE note SET text = ? WHERE text = ?",
            values,
        )
    };
    let note = database.run(Work::new(Purpose::Note, [insert("a")]));
    let change = database.run(store([rename("a", "b")]));
    let again = database.run(Work::new(Purpose::Note, [rename("b", "c")]));
    let (stored, ()) = tokio::join!(texts(&database), held.end());
    assert_eq!(stored, ["c"]);
    for done in [note, change, again] {
        assert_eq!(done.await.unwrap().changed(0), 1);
    }
}

#[tokio::test]
async fn a_work_that_nobody_awaits_is_done() {
    let place = Place::sqlite();
    let database = place.open_sqlite();
    drop(database.run(store([insert("a")])));
    assert_eq!(texts(&database).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_what_does_not_fit() {
    let place = Place::sqlite();
    let database = place.open_sqlite();
    // SQLite then says that the disk is full.
    read(&database, "PRAGMA max_page_count = 20").await.unwrap();
    let held = Held::new(&database);
    let large = "a".repeat(200_000);
    let small = [1, 2, 3].map(|number| database.run(store([insert(&number.to_string())])));
    let large = database.run(store([insert(&large)]));
    let last = database.run(store([insert("4")]));
    held.end().await;
    assert!(large.await.is_err());
    for small in small {
        small.await.unwrap();
    }
    last.await.unwrap();
    assert_eq!(texts(&database).await, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_database_in_memory_is_of_its_own() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counted = woken.clone();
    let [one, other] = [(); 2].map(|()| {
        let counted = counted.clone();
        let options = SqliteOptions::new(":memory:", SQLITE_SCHEMA);
        options
            .on_foreign_commit(move || {
                counted.fetch_add(1, Ordering::SeqCst);
            })
            .open()
            .unwrap()
    });
    one.run(store([insert("a")])).await.unwrap();
    assert_eq!(texts(&one).await, ["a"]);
    assert!(texts(&other).await.is_empty());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(woken.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_others_wake_and_no_others() {
    let place = Place::sqlite();
    let (call, calls) = mpsc::channel();
    let options = place.sqlite_options().on_foreign_commit(move || {
        // Nobody may be there any more.
        let _ = call.send(Instant::now());
    });
    let database = options.open().unwrap();
    for index in 0..20 {
        database
            .run(store([insert(&index.to_string())]))
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    assert!(calls.recv_timeout(Duration::from_millis(100)).is_err());

    let other = Connection::open(place.path()).unwrap();
    let foreign = "INSERT INTO note (text) VALUES (?)";
    other.execute(foreign, ["foreign"]).unwrap();
    calls.recv_timeout(common::PATIENCE).unwrap();
    // Also a connection of this process's own, and while it is busy.
    let second = place.open_sqlite();
    second.run(store([insert("second")])).await.unwrap();
    let start = Instant::now();
    while calls.try_recv().is_err() {
        assert!(start.elapsed() < common::PATIENCE);
        texts(&database).await;
    }
    assert!(calls.recv_timeout(Duration::from_millis(100)).is_err());
}

#[tokio::test]
async fn what_is_stored_is_synchronised_if_that_is_wanted() {
    const LEVEL: &str = "PRAGMA synchronous";
    let (full, normal) = (2, 1);
    for (durability, stored) in [(Durability::PowerCut, full), (Durability::Process, normal)] {
        let place = Place::sqlite();
        let database = place
            .sqlite_options()
            .durability(durability)
            .open()
            .unwrap();
        let level = async || {
            let done = read(&database, LEVEL).await.unwrap();
            done.rows(0)[0].integer(0).unwrap()
        };
        assert_eq!(level().await, stored);
        for (purpose, wanted) in [(Purpose::Note, normal), (Purpose::Store, stored)] {
            for _ in 0..2 {
                let text = format!("{:?}", Instant::now());
                database
                    .run(Work::new(purpose, [insert(&text)]))
                    .await
                    .unwrap();
                assert_eq!(level().await, wanted);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_too_long_is_not_waited_for() {
    let place = Place::sqlite();
    let options = place.sqlite_options().timeout(Duration::from_millis(100));
    let database = options.open().unwrap();
    let mut other = Connection::open(place.path()).unwrap();
    let transaction = other.transaction().unwrap();
    transaction.execute("DELETE FROM note", []).unwrap();
    let start = Instant::now();
    let held = [1, 2, 3].map(|number| database.run(store([insert(&number.to_string())])));
    for work in held {
        assert!(work.await.is_err());
    }
    // All of them together, or at most each of them.
    assert!(start.elapsed() < Duration::from_secs(10));
    // What only reads does not care.
    assert!(texts(&database).await.is_empty());
    transaction.commit().unwrap();
    database.run(store([insert("a")])).await.unwrap();
    assert_eq!(texts(&database).await, ["a"]);
}

#[tokio::test]
async fn times_are_those_of_its_clock() {
    let place = Place::sqlite();
    let options = place.sqlite_options();
    let database = options.clock(|| UnixTime::from_millis(7)).open().unwrap();
    let done = database.run(store([insert("a")])).await.unwrap();
    assert_eq!(done.now, 7);
    let stored = read(&database, "SELECT at_ms FROM note").await.unwrap();
    assert_eq!(stored.rows(0)[0].integer(0), Ok(7));
}

#[tokio::test]
async fn a_text_that_is_none_is_a_failure() {
    let place = Place::sqlite();
    let database = place.open_sqlite();
    let text = "INSERT INTO note (text) VALUES (CAST(x'ff' AS TEXT))";
    let broken = Statement::new(Kind::Insert, text, []);
    database.run(store([broken])).await.unwrap();
    assert!(read(&database, "SELECT text FROM note").await.is_err());
    assert!(read(&database, "SELECT count(*) FROM note").await.is_ok());
}

#[tokio::test]
async fn what_is_no_database_is_not_opened() {
    let place = Place::sqlite();
    std::fs::write(place.path(), "a".repeat(5_000)).unwrap();
    let error = place.sqlite_options().open().unwrap_err();
    assert_eq!(error.to_string(), "the database cannot be opened");
    assert!(error.into_source().to_string().contains("not a database"));
}

#[tokio::test]
async fn the_thread_ends_with_the_last_clone() {
    let place = Place::sqlite();
    let alive = Arc::new(());
    let held = alive.clone();
    let options = place.sqlite_options().on_foreign_commit(move || {
        let _: &Arc<()> = &held;
    });
    let database = options.open().unwrap();
    let clone = database.clone();
    drop(database);
    clone.run(store([insert("a")])).await.unwrap();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(clone);
    until(async || Arc::strong_count(&alive) == 1).await;
}
