//! An inbox in PostgreSQL, for several machines.

use std::fmt;
use std::time::Duration;

use countersign::sql::inbox::POSTGRES_SCHEMA;
use countersign_database::postgres::PostgresOptions;
use countersign_database::postgres::tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use countersign_database::postgres::tokio_postgres::{NoTls, Socket};

use super::store::Inbox;
use crate::store::OpenError;

const CONNECTIONS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(5);

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
        let options = PostgresOptions::new(self.conninfo, POSTGRES_SCHEMA, "countersign_inbox")
            .connections(self.connections)
            .timeout(self.timeout);
        Ok(Inbox::new(options.open_with_tls(connector)?))
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
