//! What works do, the same in both databases.
#![cfg(all(feature = "postgres", feature = "sqlite"))]

#[macro_use]
mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Place, insert, nonsense, read, store, texts};
use countersign_database::{Kind, Next, Purpose, Statement, Value, Work};

on_both!(
    values_come_back_as_they_were,
    times_are_those_of_the_transaction,
    what_is_decided_by_answers_is_done_too,
    what_fails_leaves_nothing,
    what_fails_later_leaves_nothing,
    places_without_a_value_refuse,
    reads_of_several_statements_are_answered,
    what_is_there_already_is_not_made_again,
    many_at_once_are_all_done,
);

async fn values_come_back_as_they_were(place: Place) {
    let database = place.open();
    let values = [
        Value::text("a\0b\\c \u{1f600}"),
        Value::Real(0.1),
        Value::Bytes(Bytes::from_static(b"\0\xff")),
        Value::Integer(-7),
        Value::Integer(i64::MAX),
    ];
    let insert = "INSERT INTO note (text, real, bytes, small, at_ms) VALUES (?, ?, ?, ?, ?)";
    let full = Statement::new(Kind::Insert, insert, values.clone());
    let empty = Statement::new(Kind::Insert, insert, vec![Value::Null; 5]);
    let done = database.run(store([full, empty])).await.unwrap();
    let numbers = [0, 1].map(|index| done.rows(index)[0].integer(0).unwrap());
    assert_eq!(numbers, [1, 2]);
    assert_eq!(
        [done.changed(0), done.changed(1), done.changed(2)],
        [1, 1, 0]
    );

    let all = "SELECT text, real, bytes, small, at_ms FROM note ORDER BY number";
    let done = read(&*database, all).await.unwrap();
    let [full, empty] = done.rows(0) else {
        panic!("there are two");
    };
    assert_eq!(full.values(), values);
    assert_eq!(full.text(0), Ok("a\0b\\c \u{1f600}"));
    assert_eq!(full.real_or_null(1), Ok(Some(0.1)));
    assert_eq!(full.bytes(2).unwrap(), &b"\0\xff"[..]);
    assert_eq!(full.integer(3), Ok(-7));
    assert_eq!(full.integer_or_null(4), Ok(Some(i64::MAX)));
    assert_eq!(empty.text_or_null(0), Ok(None));
    assert_eq!(empty.real_or_null(1), Ok(None));
    assert_eq!(empty.bytes_or_null(2), Ok(None));
    assert_eq!(empty.integer_or_null(3), Ok(None));
    assert!(empty.text(0).is_err() && empty.bytes(2).is_err() && empty.integer(3).is_err());
    assert!(full.integer(0).is_err() && full.text(3).is_err() && full.text(5).is_err());
}

async fn times_are_those_of_the_transaction(place: Place) {
    let database = place.open();
    let second = Duration::from_secs(1);
    let times = [Value::Now, Value::After(second), Value::Before(second)];
    let insert = |time| Statement::new(Kind::Insert, "INSERT INTO note (at_ms) VALUES (?)", [time]);
    let done = database.run(store(times.map(insert))).await.unwrap();
    let stored = read(&*database, "SELECT at_ms FROM note ORDER BY number").await;
    let stored = stored.unwrap();
    let stored: Vec<i64> = stored
        .rows(0)
        .iter()
        .map(|row| row.integer(0).unwrap())
        .collect();
    assert_eq!(stored, [done.now, done.now + 1_000, done.now - 1_000]);
}

async fn what_is_decided_by_answers_is_done_too(place: Place) {
    let database = place.open();
    let work = store([insert("1"), insert("2")]).then(|now, answers| {
        assert!(now > 1_700_000_000_000);
        assert_eq!(answers.len(), 2);
        let first = answers[0].rows[0].integer(0).unwrap();
        let values = [Value::Integer(first)];
        let delete = Statement::new(Kind::Change, "DELETE FROM note WHERE number = ?", values);
        let count = Statement::new(Kind::Rows, "SELECT count(*) FROM note", []);
        Next::new([delete, count]).then(move |again, answers| {
            assert_eq!(again, now);
            assert_eq!(answers.len(), 4);
            assert_eq!(answers[2].changed, 1);
            let count = answers[3].rows[0].integer(0).unwrap();
            Next::new([insert(&format!("after {count}"))]).then(|_, answers| {
                assert_eq!(answers.len(), 5);
                Next::nothing()
            })
        })
    });
    let done = database.run(work).await.unwrap();
    assert_eq!(done.answers.len(), 5);
    assert_eq!(texts(&*database).await, ["2", "after 1"]);
}

async fn what_fails_leaves_nothing(place: Place) {
    let database = place.open();
    database.run(store([insert("there")])).await.unwrap();
    for fails in [
        vec![nonsense()],
        vec![insert("a"), nonsense()],
        vec![nonsense(), insert("a")],
        vec![insert("a"), insert("there"), insert("b")],
        vec![insert("a"), insert("b"), insert("there")],
    ] {
        let failure = database.run(store(fails)).await.unwrap_err();
        assert_eq!(failure.code(), "store_unavailable");
        assert_eq!(texts(&*database).await, ["there"]);
    }
    database.run(store([insert("a")])).await.unwrap();
    assert_eq!(texts(&*database).await, ["there", "a"]);
}

async fn what_fails_later_leaves_nothing(place: Place) {
    let database = place.open();
    let work = store([insert("a")]).then(|_, _| Next::new([insert("b"), nonsense()]));
    assert!(database.run(work).await.is_err());
    let work = store([insert("a")])
        .then(|_, _| Next::new([insert("b")]).then(|_, _| Next::new([nonsense()])));
    assert!(database.run(work).await.is_err());
    assert!(texts(&*database).await.is_empty());
}

/// One that was used before shows nothing of the values that it had.
async fn places_without_a_value_refuse(place: Place) {
    const INSERT: &str = "INSERT INTO note (text, at_ms) VALUES (?, ?)";
    let database = place.open();
    let values = [Value::text("a"), Value::Integer(1)];
    let full = Statement::new(Kind::Insert, INSERT, values);
    database.run(store([full])).await.unwrap();
    for values in [vec![], vec![Value::text("b")], vec![Value::Null; 3]] {
        let other = Statement::new(Kind::Insert, INSERT, values);
        assert!(database.run(store([insert("c"), other])).await.is_err());
    }
    assert_eq!(texts(&*database).await, ["a"]);
}

async fn reads_of_several_statements_are_answered(place: Place) {
    let database = place.open();
    database.run(store([insert("a")])).await.unwrap();
    let rows = |text: &'static str| Statement::new(Kind::Rows, text, []);
    let both = [
        rows("SELECT text FROM note"),
        rows("SELECT count(*) FROM note"),
    ];
    let work = Work::new(Purpose::Read, both).then(move |_, answers| {
        assert_eq!(answers[1].rows[0].integer(0), Ok(1));
        Next::new([rows("SELECT 7")])
    });
    let done = database.run(work).await.unwrap();
    assert_eq!(done.rows(0)[0].text(0), Ok("a"));
    assert_eq!(done.rows(2)[0].integer(0), Ok(7));
}

async fn what_is_there_already_is_not_made_again(place: Place) {
    let database = place.open();
    database.run(store([insert("a")])).await.unwrap();
    drop(database);
    assert_eq!(texts(&*place.open()).await, ["a"]);
}

async fn many_at_once_are_all_done(place: Place) {
    let database = std::sync::Arc::new(place.open());
    let mut tasks = Vec::new();
    for task in 0..20 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            for index in 0..10 {
                let text = format!("{task} {index}");
                let work = store([insert(&text)]);
                database.run(work).await.unwrap();
                assert!(texts(&**database).await.contains(&text));
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(texts(&**database).await.len(), 200);
}
