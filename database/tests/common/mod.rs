//! Tables of notes in both databases.
#![allow(dead_code, unused_macros, reason = "each test binary uses a part")]

pub(crate) mod postgres_server;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use countersign_database::postgres::{PostgresDatabase, PostgresOptions};
use countersign_database::sqlite::{SqliteDatabase, SqliteOptions};
use countersign_database::{Database, Done, Kind, Purpose, Statement, Unavailable, Value, Work};
use postgres_server::PostgresServer;
use tempfile::TempDir;

pub(crate) const SQLITE_SCHEMA: &str = "CREATE TABLE IF NOT EXISTS note (
    number INTEGER PRIMARY KEY, text TEXT UNIQUE, real REAL, bytes BLOB, small INTEGER, at_ms INTEGER
);";
pub(crate) const POSTGRES_SCHEMA: &str = "CREATE TABLE note (
    number BIGSERIAL PRIMARY KEY, text TEXT UNIQUE, real DOUBLE PRECISION, bytes BYTEA,
    small INTEGER, at_ms BIGINT
);";
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Where notes are; each is its own.
pub(crate) enum Place {
    Sqlite(TempDir),
    /// With the name of the database as libpq takes it.
    Postgres(String),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(PostgresServer::shared().create_database())
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("notes.db"),
            Self::Postgres(_) => panic!("a database in PostgreSQL has no path"),
        }
    }

    pub(crate) fn sqlite_options(&self) -> SqliteOptions {
        SqliteOptions::new(self.path(), SQLITE_SCHEMA).timeout(Duration::from_secs(20))
    }

    pub(crate) fn open_postgres(&self) -> PostgresDatabase {
        let Self::Postgres(conninfo) = self else {
            panic!("a file has no server");
        };
        let options = PostgresOptions::new(conninfo, POSTGRES_SCHEMA, "note");
        options.open().unwrap()
    }

    pub(crate) fn open_sqlite(&self) -> SqliteDatabase {
        self.sqlite_options().open().unwrap()
    }

    pub(crate) fn open(&self) -> Box<dyn Database> {
        match self {
            Self::Sqlite(_) => Box::new(self.open_sqlite()),
            Self::Postgres(_) => Box::new(self.open_postgres()),
        }
    }
}

/// Runs each of these tests with notes in SQLite and in PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::common::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::common::Place::postgres()).await;
            })*
        }
    };
}

pub(crate) fn insert(text: &str) -> Statement {
    let insert = "INSERT INTO note (text, at_ms) VALUES (?, ?)";
    Statement::new(Kind::Insert, insert, [Value::text(text), Value::Now])
}

/// What no database can do.
pub(crate) fn nonsense() -> Statement {
    Statement::new(Kind::Change, "INSERT INTO nowhere VALUES (1)", [])
}

pub(crate) fn store(statements: impl IntoIterator<Item = Statement>) -> Work {
    Work::new(Purpose::Store, statements)
}

pub(crate) async fn read(
    database: &dyn Database,
    text: impl Into<std::borrow::Cow<'static, str>>,
) -> Result<Done, Unavailable> {
    let statement = Statement::new(Kind::Rows, text, []);
    database.run(Work::new(Purpose::Read, [statement])).await
}

/// All notes, in their order.
pub(crate) async fn texts(database: &dyn Database) -> Vec<String> {
    let done = read(database, "SELECT text FROM note ORDER BY number").await;
    let done = done.unwrap();
    let texts = done.rows(0).iter().map(|row| row.text(0).unwrap());
    texts.map(str::to_owned).collect()
}

pub(crate) async fn until(condition: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < PATIENCE, "it does not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
