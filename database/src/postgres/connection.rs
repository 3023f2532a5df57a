//! Connections of the pool, with a transaction that has begun.

use deadpool_postgres::{Object, PoolError};
use tokio_postgres::{Error, SimpleQueryMessage};

use super::{Failure, Shared, tokio_postgres};

const NOW: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/// Any number, the same for all who may make the tables at the same time, in any language.
const MAKE_ALONE: &str = "SELECT pg_advisory_xact_lock(4915206381774)";

/// A connection that is closed unless it is kept: in the middle of a transaction it is of no use to
/// the next, and what was begun is rolled back with its end.
pub(super) struct Connection(Option<Object>);

impl Connection {
    pub(super) fn client(&self) -> Result<&Object, Failure> {
        self.0.as_ref().ok_or(Failure::Ended)
    }

    /// The next may use it.
    pub(super) fn keep(mut self) {
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

impl Shared {
    /// A connection on which this was done, and the time then.
    pub(super) async fn begin(&self, begin: &str) -> Result<(Connection, i64), Failure> {
        loop {
            let object = self.pool.get().await?;
            let is_kept = Object::metrics(&object).recycled.is_some();
            let connection = Connection(Some(object));
            match self.begin_on(&connection, begin).await {
                Ok(now) => return Ok((connection, now)),
                // Nothing is done yet, and it may have ended while nobody used it.
                Err(_) if is_kept => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    async fn begin_on(&self, connection: &Connection, begin: &str) -> Result<i64, Failure> {
        let client = connection.client()?;
        if Object::metrics(client).recycle_count == 0 {
            let limit = format!(
                "SET statement_timeout = {}",
                self.timeout.as_millis().max(1)
            );
            client.batch_execute(&limit).await?;
        }
        let prepare = || self.prepare(client);
        self.is_prepared.get_or_try_init(prepare).await?;
        let answers = client.simple_query(&format!("{begin}{NOW}")).await?;
        let now = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        now.ok_or(Failure::Unreadable)
    }

    /// Makes the tables, unless they are there.
    async fn prepare(&self, client: &Object) -> Result<(), Error> {
        let Self { schema, table, .. } = self;
        let is_there = format!("SELECT 1 WHERE to_regclass('{table}') IS NOT NULL");
        let answers = client.simple_query(&is_there).await?;
        if answers
            .iter()
            .any(|answer| matches!(answer, SimpleQueryMessage::Row(_)))
        {
            return Ok(());
        }
        let make = format!("BEGIN; {MAKE_ALONE}; {schema} COMMIT");
        client.batch_execute(&make).await
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
