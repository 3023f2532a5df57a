//! Claims and rates in SQLite: what must outlive the process, or be shared by those of a machine.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign::sql::guards::{
    COUNT, FORGET_CLAIMS, FORGET_RATES, HELD, HOLD, RELEASE, SCHEMA, SLOTS,
};
use countersign::{GuardError, Held, RateLimit, RateWindow, UnixTime, decide_claim};
use countersign_database::sqlite::use_write_ahead_log;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::token::random_token;
use super::{OpenError, RateStore, ReplayStore, StoreFuture};
use crate::journal::system_time;

/// How long a process waits for another that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
/// The latest time that every language reads back.
const LATEST: i64 = (1 << 53) - 1;

/// Claims and rates in an SQLite file, for both stores of a receiver: clones share the connection.
///
/// It survives a restart, and the processes of one machine can share it, in any language. It makes
/// two tables, switches the file to a write-ahead log, and waits up to a second for other
/// processes. Calls need a runtime of tokio, on whose threads for blocking work they run.
///
/// ```
/// # use countersign::{Scheme, Secret, Webhook};
/// use countersign_tower::{Receiver, SqliteStore};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("receiver.db");
/// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
///
/// let store = SqliteStore::open(path)?;
/// let receiver = Receiver::new(webhook)
///     .replay_store(store.clone())
///     .rate_store(store);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    connection: Arc<Mutex<Connection>>,
    clock: Arc<dyn Fn() -> UnixTime + Send + Sync>,
}

impl SqliteStore {
    /// The store in the file at this path, which is made if there is none.
    ///
    /// # Errors
    /// The file cannot be opened, or is none of SQLite's.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let connection = connect(path.as_ref()).map_err(OpenError::new)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            clock: Arc::new(system_time),
        })
    }

    /// The same store with another clock than the system's, the same for all who share the file.
    pub fn with_clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Runs a transaction in which nobody else writes; a refusal leaves everything as it was.
    async fn transaction<T: Send + 'static>(
        &self,
        action: impl FnOnce(&Transaction<'_>, UnixTime) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, GuardError> {
        let Self { connection, clock } = self.clone();
        let work = move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Only now: waiting for another process takes time.
            let now = UnixTime::from_millis(clock().millis());
            let done = action(&transaction, now)?;
            transaction.commit()?;
            Ok(done)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(Failure::Refused(refusal))) => Err(refusal),
            Ok(Err(Failure::Backend(kind))) => {
                // The kind alone: texts of SQLite quote what was stored.
                tracing::error!(code = "store_unavailable", ?kind, "SQLite failed");
                Err(GuardError::StoreUnavailable)
            }
            Err(_) => Err(GuardError::StoreUnavailable),
        }
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

/// Why a transaction was not done.
enum Failure {
    Refused(GuardError),
    /// With SQLite's kind of error, if it is one of SQLite's.
    Backend(Option<rusqlite::ErrorCode>),
}

impl From<GuardError> for Failure {
    fn from(refusal: GuardError) -> Self {
        Self::Refused(refusal)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Backend(error.sqlite_error_code())
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    use_write_ahead_log(&connection)?;
    // A power cut may take the last claims with it, a killed process does not.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

impl ReplayStore for SqliteStore {
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String> {
        let key = key.to_owned();
        Box::pin(async move {
            let token = random_token()?;
            self.transaction(move |database, now| {
                decide_claim(held(database, &key)?, now)?;
                let until = milliseconds(now.saturating_add(lease));
                let mut hold = database.prepare_cached(HOLD)?;
                hold.execute(params![key, "in progress", token, until])?;
                let mut forget = database.prepare_cached(FORGET_CLAIMS)?;
                forget.execute([milliseconds(now)])?;
                Ok(token)
            })
            .await
        })
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()> {
        let (key, token) = (key.to_owned(), token.to_owned());
        Box::pin(self.transaction(move |database, now| {
            let until = milliseconds(now.saturating_add(lifetime));
            let mut hold = database.prepare_cached(HOLD)?;
            hold.execute(params![key, "handled", token, until])?;
            Ok(())
        }))
    }

    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()> {
        let (key, token) = (key.to_owned(), token.to_owned());
        Box::pin(self.transaction(move |database, _| {
            database.prepare_cached(RELEASE)?.execute([key, token])?;
            Ok(())
        }))
    }
}

impl RateStore for SqliteStore {
    fn admit<'a>(&'a self, caller: &'a str, limit: RateLimit) -> StoreFuture<'a, ()> {
        let caller = caller.to_owned();
        Box::pin(self.transaction(move |database, now| {
            let mut window = window(database, &caller)?;
            limit.admit(&mut window, now)?;
            // What is made of numbers alone has a form in JSON.
            let slots = serde_json::to_string(window.slots()).map_err(|_| unreadable())?;
            let lasts = limit.window_ms() + 2 * limit.slot_ms();
            let until = milliseconds(now.saturating_add(Duration::from_millis(lasts)));
            let mut count = database.prepare_cached(COUNT)?;
            count.execute(params![caller, slots, until])?;
            let mut forget = database.prepare_cached(FORGET_RATES)?;
            forget.execute([milliseconds(now)])?;
            Ok(())
        }))
    }
}

fn held(database: &Transaction<'_>, key: &str) -> Result<Option<Held>, Failure> {
    let mut query = database.prepare_cached(HELD)?;
    let row = query.query_row([key], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    });
    Ok(row.optional()?.map(|(state, until)| {
        // Before 1970 is over too.
        let until = UnixTime::from_millis(until.try_into().unwrap_or(0));
        match state == "handled" {
            true => Held::Handled { until },
            false => Held::InProgress { until },
        }
    }))
}

fn window(database: &Transaction<'_>, caller: &str) -> Result<RateWindow, Failure> {
    let mut query = database.prepare_cached(SLOTS)?;
    let row = query.query_row([caller], |row| row.get::<_, String>(0));
    let Some(slots) = row.optional()? else {
        return Ok(RateWindow::new());
    };
    let slots: Vec<(u64, u32)> = serde_json::from_str(&slots).map_err(|_| unreadable())?;
    Ok(RateWindow::from_slots(slots))
}

/// Somebody else has written to the tables.
fn unreadable() -> Failure {
    Failure::Backend(None)
}

/// Rounded up to the next millisecond, for SQLite, which has signed numbers.
fn milliseconds(time: UnixTime) -> i64 {
    let fraction = time.subsecond_nanos() % 1_000_000;
    let rounded_up = time.millis().saturating_add((fraction > 0).into());
    i64::try_from(rounded_up).map_or(LATEST, |millis| millis.min(LATEST))
}
