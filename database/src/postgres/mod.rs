//! Databases of PostgreSQL servers, for several machines.

mod connection;
mod listening;
mod pipeline;
mod transaction;
mod values;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, Pool, Runtime};
use tokio::sync::OnceCell;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

pub use self::listening::Listening;
use self::listening::{Callback, listen_for_ever};
pub use self::values::execute_on;
use crate::database::{Database, Running};
use crate::failure::{OpenError, Unavailable};
use crate::work::Work;
pub use deadpool_postgres::tokio_postgres;

const CONNECTIONS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may be silent before the system asks whether the server is still there.
const SILENCE: Duration = Duration::from_secs(30);

type Listen = dyn Fn(String, Callback) -> Listening + Send + Sync;

/// Opens a database of a PostgreSQL server, which any number of machines can share; the server's
/// clock is that of all. The encoding of the database must be UTF-8, or it cannot hold every text.
///
/// Connections are made when needed, and again when they broke; with a pooler between, it must be
/// one of sessions. Each work is a transaction of its own. Statements that are given together are
/// sent together, with the end of the transaction if nothing is to be read.
///
/// ```no_run
/// use countersign_database::postgres::PostgresOptions;
/// use countersign_database::{Database, Kind, Purpose, Statement, Value, Work};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let schema = "CREATE TABLE note (number BIGSERIAL PRIMARY KEY, text TEXT NOT NULL);";
/// let database = PostgresOptions::new("postgresql://localhost/notes", schema, "note").open()?;
///
/// let values = [Value::text("water the plants")];
/// let insert = Statement::new(Kind::Insert, "INSERT INTO note (text) VALUES (?)", values);
/// let done = database.run(Work::new(Purpose::Store, [insert])).await?;
/// println!("it has the number {}", done.rows(0)[0].integer(0)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PostgresOptions {
    conninfo: String,
    schema: &'static str,
    table: &'static str,
    connections: usize,
    timeout: Duration,
}

impl PostgresOptions {
    /// The database that is named as libpq takes it: a URL `postgresql://...` or
    /// `host=... dbname=...`. The statements of the schema are done, in a transaction and in the
    /// first schema of the search path, if there is no table of this name. Who may not make tables
    /// can use those that are there.
    pub fn new(conninfo: impl Into<String>, schema: &'static str, table: &'static str) -> Self {
        Self {
            conninfo: conninfo.into(),
            schema,
            table,
            connections: CONNECTIONS,
            timeout: TIMEOUT,
        }
    }

    /// The most connections at a time, at least one; 8 if not said. One that listens is another.
    pub fn connections(mut self, count: usize) -> Self {
        self.connections = count.max(1);
        self
    }

    /// After how long the database counts as down; 5 seconds if not said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Opens it for connections without TLS, such as over a local socket. It connects with the first
    /// work, so that a program starts while the server is down.
    ///
    /// # Errors
    /// What names the database is malformed.
    pub fn open(self) -> Result<PostgresDatabase, OpenError> {
        self.open_with_tls(NoTls)
    }

    /// Opens it for connections with TLS of this connector, such as that of the crate
    /// `tokio-postgres-rustls`, as far as `sslmode` asks for it.
    ///
    /// # Errors
    /// What names the database is malformed.
    pub fn open_with_tls<T>(self, connector: T) -> Result<PostgresDatabase, OpenError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send + Sync,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let mut config: Config = self.conninfo.parse().map_err(OpenError::new)?;
        let timeout = self.timeout;
        config
            .connect_timeout(timeout)
            .tcp_user_timeout(timeout)
            .keepalives_idle(SILENCE);
        let pool = Pool::builder(Manager::new(config.clone(), connector.clone()))
            .max_size(self.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(timeout))
            .create_timeout(Some(timeout))
            .build()
            .map_err(OpenError::new)?;
        let listen = move |channel, callback| {
            let (config, connector) = (config.clone(), connector.clone());
            Listening::spawn(listen_for_ever(
                config, connector, timeout, channel, callback,
            ))
        };
        Ok(PostgresDatabase(Arc::new(Shared {
            pool,
            schema: self.schema,
            table: self.table,
            timeout,
            is_prepared: OnceCell::new(),
            listen: Box::new(listen),
        })))
    }
}

impl fmt::Debug for PostgresOptions {
    /// Without the name of the database, which may have a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A database of a PostgreSQL server, see [`PostgresOptions`]; clones share its connections.
#[derive(Clone)]
pub struct PostgresDatabase(Arc<Shared>);

struct Shared {
    pool: Pool,
    schema: &'static str,
    table: &'static str,
    timeout: Duration,
    /// That the table is there.
    is_prepared: OnceCell<()>,
    listen: Box<Listen>,
}

impl PostgresDatabase {
    /// Listens to a channel, over a connection of its own. The callback gets the payload of each
    /// notification; and `None` each time that the connection was made, also for the first time: what
    /// was sent before that is lost. Whatever breaks, it goes on until what this returns is dropped.
    /// The callback should be quick, and must not panic.
    ///
    /// The name of the channel is taken as it is: `NOTIFY` folds names without quotes to lower case.
    /// Needs a runtime of tokio.
    ///
    /// ```no_run
    /// # async fn example(database: countersign_database::postgres::PostgresDatabase) {
    /// let listening = database.listen("notes", |payload| match payload {
    ///     Some(payload) => println!("{payload}"),
    ///     None => println!("there may be something"),
    /// });
    /// # }
    /// ```
    pub fn listen(
        &self,
        channel: &str,
        callback: impl Fn(Option<&str>) + Send + Sync + 'static,
    ) -> Listening {
        (self.0.listen)(channel.to_owned(), Box::new(callback))
    }
}

impl Database for PostgresDatabase {
    fn run(&self, work: Work) -> Running<'_> {
        let shared = self.0.clone();
        // In a task of its own: a caller that goes away breaks no connection.
        let task = tokio::spawn(async move {
            match tokio::time::timeout(shared.timeout, shared.transact(work)).await {
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
            Err(failure.log())
        })
    }
}

impl fmt::Debug for PostgresDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresDatabase").finish_non_exhaustive()
    }
}

/// Why something was not done.
enum Failure {
    Server(tokio_postgres::Error),
    /// It took too long, or no connection became free.
    Late,
    /// The runtime, the pool or the connection ended.
    Ended,
    /// Something else than what was asked for came back.
    Unreadable,
}

impl Failure {
    fn log(&self) -> Unavailable {
        let kind = match self {
            Self::Server(error) if error.is_closed() => "closed",
            Self::Server(error) if error.code().is_none() => "no connection",
            Self::Server(_) => "refused",
            Self::Late => "late",
            Self::Ended => "ended",
            Self::Unreadable => "unreadable",
        };
        // The code alone: texts of PostgreSQL quote what was stored. Those of sockets and of TLS do not.
        let (sqlstate, reason) = match self {
            Self::Server(error) => (error.code().map(SqlState::code), reason(error)),
            _ => (None, None),
        };
        tracing::error!(
            code = "store_unavailable",
            kind,
            sqlstate,
            reason,
            "PostgreSQL failed"
        );
        Unavailable
    }
}

/// Why there is no connection.
fn reason(error: &tokio_postgres::Error) -> Option<String> {
    let source = std::error::Error::source(error)?;
    Some(source.downcast_ref::<std::io::Error>()?.to_string())
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}
