//! An inbox in PostgreSQL, for several machines.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::GuardError;
use countersign::sql::inbox::POSTGRES_SCHEMA;
use deadpool_postgres::tokio_postgres::error::SqlState;
use deadpool_postgres::tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use deadpool_postgres::tokio_postgres::{Config, Error, NoTls, SimpleQueryMessage, Socket};
use deadpool_postgres::{Manager, Object, Pool, PoolError, Runtime};
use tokio::sync::OnceCell;

use super::database::{Database, Done, Purpose, Work};
use super::postgres_values::{Failure, execute};
use super::store::Inbox;
use crate::store::{OpenError, StoreFuture};

const CONNECTIONS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(5);
const NOW: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/// Any number, the same for all who may make the table at the same time, in any language.
const MAKE_ALONE: &str = "SELECT pg_advisory_xact_lock(4915206381774)";

/// An inbox in a PostgreSQL database, which any number of machines can share, in any language; the
/// server's clock is that of all. The encoding of the database must be UTF-8, or it cannot hold
/// every event.
///
/// It makes one table in the first schema of the search path if there is none. Connections are
/// made when needed, and again when they broke; with a pooler between, it must be one of sessions.
/// Workers find what other processes insert when they poll.
///
/// ```no_run
/// use countersign_tower::inbox::PostgresInbox;
///
/// let inbox = PostgresInbox::new("postgresql://localhost/webhooks").open()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PostgresInbox {
    conninfo: String,
    connections: usize,
    timeout: Duration,
}

impl PostgresInbox {
    /// The inbox in the database that is named as libpq takes it: a URL `postgresql://...` or
    /// `host=... dbname=...`.
    pub fn new(conninfo: impl Into<String>) -> Self {
        Self {
            conninfo: conninfo.into(),
            connections: CONNECTIONS,
            timeout: TIMEOUT,
        }
    }

    /// The most connections at a time, at least one; 8 if not said.
    pub fn connections(mut self, count: usize) -> Self {
        self.connections = count.max(1);
        self
    }

    /// After how long the inbox counts as down; 5 seconds if not said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Opens it for connections without TLS, such as over a local socket. It connects with the
    /// first event, so that a receiver starts while the server is down.
    ///
    /// # Errors
    /// What names the database is malformed.
    pub fn open(self) -> Result<Inbox, OpenError> {
        self.open_with_tls(NoTls)
    }

    /// Opens it for connections with TLS of this connector, such as that of the crate
    /// `tokio-postgres-rustls`, as far as `sslmode` asks for it.
    ///
    /// # Errors
    /// What names the database is malformed.
    pub fn open_with_tls<T>(self, connector: T) -> Result<Inbox, OpenError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let mut config: Config = self.conninfo.parse().map_err(OpenError::new)?;
        config
            .connect_timeout(self.timeout)
            .tcp_user_timeout(self.timeout);
        let pool = Pool::builder(Manager::new(config, connector))
            .max_size(self.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(self.timeout))
            .create_timeout(Some(self.timeout))
            .build()
            .map_err(OpenError::new)?;
        Ok(Inbox::new(PostgresDatabase {
            pool,
            timeout: self.timeout,
            is_prepared: Arc::new(OnceCell::new()),
        }))
    }
}

impl fmt::Debug for PostgresInbox {
    /// Without the name of the database, which may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresInbox")
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct PostgresDatabase {
    pool: Pool,
    timeout: Duration,
    is_prepared: Arc<OnceCell<()>>,
}

impl Database for PostgresDatabase {
    fn run(&self, work: Work) -> StoreFuture<'_, Done> {
        let database = self.clone();
        // In a task of its own: a sender that hangs up breaks no connection.
        let task = tokio::spawn(async move {
            match tokio::time::timeout(database.timeout, database.transact(work)).await {
                Ok(done) => done,
                Err(_) => Err(Failure::Late),
            }
        });
        Box::pin(async move {
            let failure = match task.await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::Ended,
            };
            // The code alone: texts of PostgreSQL quote what was stored.
            let (kind, sqlstate) = (failure.kind(), failure.sqlstate().map(SqlState::code));
            tracing::error!(
                code = "store_unavailable",
                kind,
                sqlstate,
                "PostgreSQL failed"
            );
            Err(GuardError::StoreUnavailable)
        })
    }
}

impl PostgresDatabase {
    async fn transact(&self, work: Work) -> Result<Done, Failure> {
        let (connection, now) = self.begin(work.purpose).await?;
        let mut answers = Vec::new();
        for statement in work.statements {
            answers.push(execute(connection.client()?, statement, now).await?);
        }
        let more = work.then.map_or_else(Vec::new, |then| then(&answers));
        for statement in more {
            answers.push(execute(connection.client()?, statement, now).await?);
        }
        // What only reads does so with one statement, which is a transaction of its own.
        if work.purpose != Purpose::Read {
            connection.client()?.batch_execute("COMMIT").await?;
        }
        connection.keep();
        Ok(Done { now, answers })
    }

    /// A connection with a transaction that has begun, and when.
    async fn begin(&self, purpose: Purpose) -> Result<(Connection, i64), Failure> {
        loop {
            let object = self.pool.get().await?;
            let is_kept = Object::metrics(&object).recycled.is_some();
            let connection = Connection(Some(object));
            match self.begin_on(&connection, purpose).await {
                Ok(now) => return Ok((connection, now)),
                // Nothing is done yet, and it may have ended while nobody used it.
                Err(_) if is_kept => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn begin_on(&self, connection: &Connection, purpose: Purpose) -> Result<i64, Failure> {
        let client = connection.client()?;
        if Object::metrics(client).recycle_count == 0 {
            let limit = format!(
                "SET statement_timeout = {}",
                self.timeout.as_millis().max(1)
            );
            client.batch_execute(&limit).await?;
        }
        let prepare = || prepare(client);
        self.is_prepared.get_or_try_init(prepare).await?;
        let begin = match purpose {
            Purpose::Read => NOW.to_owned(),
            Purpose::Note | Purpose::Store => format!("BEGIN; {NOW}"),
        };
        let answers = client.simple_query(&begin).await?;
        let now = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        now.ok_or(Failure::Unreadable)
    }
}

/// Makes the table. Who may not make tables can use one that is there.
async fn prepare(client: &Object) -> Result<(), Error> {
    let is_there = "SELECT 1 WHERE to_regclass('countersign_inbox') IS NOT NULL";
    let answers = client.simple_query(is_there).await?;
    if answers
        .iter()
        .any(|answer| matches!(answer, SimpleQueryMessage::Row(_)))
    {
        return Ok(());
    }
    let make = format!("BEGIN; {MAKE_ALONE}; {POSTGRES_SCHEMA} COMMIT");
    client.batch_execute(&make).await
}

/// A connection that is closed unless it is kept: in the middle of a transaction it is of no use to
/// the next, and what was begun is rolled back with its end.
struct Connection(Option<Object>);

impl Connection {
    fn client(&self) -> Result<&Object, Failure> {
        self.0.as_ref().ok_or(Failure::Ended)
    }

    /// The next may use it.
    fn keep(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => Self::Late,
            PoolError::Backend(error) => Self::Server(error),
            _ => Self::Ended,
        }
    }
}
