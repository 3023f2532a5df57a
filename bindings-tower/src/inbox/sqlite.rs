//! An inbox in an SQLite file, for the processes of one machine.

use std::fmt;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use countersign::sql::inbox::SQLITE_SCHEMA;
use countersign::{GuardError, UnixTime};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::database::{Answered, Database, Done, Kind, Purpose, Row, Statement, Value, Work};
use super::store::Inbox;
use crate::journal::system_time;
use crate::store::{OpenError, StoreFuture, use_write_ahead_log};

/// How long a process waits for another that writes.
const TIMEOUT: Duration = Duration::from_secs(2);
/// All statements of an inbox.
const STATEMENTS: usize = 32;

type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// An inbox in an SQLite file, which the processes of one machine can share, in any language.
///
/// An event that was acknowledged survives a power cut, as far as the disk keeps what it says it
/// has written: before an event is answered the file is synchronised, which takes as long as the
/// disk takes, some tenths of a millisecond to some tens of milliseconds. Events that arrive
/// meanwhile share the next time. What workers note is not synchronised, so that a power cut may
/// have the last events handled again.
///
/// It makes one table, switches the file to a write-ahead log, and uses it in a thread of its own,
/// which ends with the last clone of the inbox.
///
/// ```
/// use countersign_tower::inbox::SqliteInbox;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("inbox.db");
///
/// let inbox = SqliteInbox::new(path).open()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteInbox {
    path: PathBuf,
    timeout: Duration,
    clock: Clock,
}

impl SqliteInbox {
    /// The inbox in the file at this path, which is made if there is none.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            timeout: TIMEOUT,
            clock: Arc::new(system_time),
        }
    }

    /// After how long of waiting for another process the inbox counts as down; 2 seconds if not
    /// said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Another clock than the system's, the same for all who share the file.
    pub fn clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// The file cannot be opened, or is none of SQLite's.
    pub fn open(self) -> Result<Inbox, OpenError> {
        let connection = self.connect().map_err(OpenError::new)?;
        let (jobs, queue) = mpsc::channel();
        let mut connection = SqliteConnection {
            connection,
            is_durable: true,
            clock: self.clock,
        };
        let work = move || connection.work_off(&queue);
        let thread = thread::Builder::new().name("countersign-inbox".into());
        thread.spawn(work).map_err(OpenError::new)?;
        Ok(Inbox::new(SqliteDatabase { jobs }))
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(self.timeout)?;
        use_write_ahead_log(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SQLITE_SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}

impl fmt::Debug for SqliteInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteInbox").finish_non_exhaustive()
    }
}

struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Done, GuardError>>,
}

/// Where the thread that owns the connection is told what to do.
struct SqliteDatabase {
    jobs: mpsc::Sender<Job>,
}

impl Database for SqliteDatabase {
    fn run(&self, work: Work) -> StoreFuture<'_, Done> {
        let (answer, answered) = oneshot::channel();
        // Now, not when it is awaited: it is done even if nobody waits.
        let sent = self.jobs.send(Job { work, answer });
        Box::pin(async move {
            match sent {
                Ok(()) => answered.await.unwrap_or(Err(GuardError::StoreUnavailable)),
                // The thread has panicked.
                Err(_) => Err(GuardError::StoreUnavailable),
            }
        })
    }
}

struct SqliteConnection {
    connection: Connection,
    /// Whether what is committed is synchronised.
    is_durable: bool,
    clock: Clock,
}

impl SqliteConnection {
    /// Works until nobody can want anything any more.
    fn work_off(&mut self, queue: &mpsc::Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let waiting = iter::once(first).chain(queue.try_iter());
            let (store, others): (Vec<Job>, Vec<Job>) =
                waiting.partition(|job| job.work.purpose == Purpose::Store);
            let (note, read): (Vec<Job>, Vec<Job>) = others
                .into_iter()
                .partition(|job| job.work.purpose == Purpose::Note);
            self.work_together(Purpose::Store, store);
            self.work_together(Purpose::Note, note);
            self.work_together(Purpose::Read, read);
        }
    }

    /// Does it in one transaction, which costs as much for many as for one.
    fn work_together(&mut self, purpose: Purpose, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        let (works, answers): (Vec<_>, Vec<_>) =
            jobs.into_iter().map(|job| (job.work, job.answer)).unzip();
        // Who asked may have gone, which changes nothing.
        match self.transact(purpose, works) {
            Ok(done) => {
                for (answer, done) in answers.into_iter().zip(done) {
                    let _ = answer.send(Ok(done));
                }
            }
            Err(Failure(kind)) => {
                // The kind alone: texts of SQLite quote what was stored.
                tracing::error!(code = "store_unavailable", ?kind, "SQLite failed");
                for answer in answers {
                    let _ = answer.send(Err(GuardError::StoreUnavailable));
                }
            }
        }
    }

    fn transact(&mut self, purpose: Purpose, works: Vec<Work>) -> Result<Vec<Done>, Failure> {
        self.synchronise(purpose)?;
        let behavior = match purpose {
            Purpose::Read => TransactionBehavior::Deferred,
            // One that begins with reading could not wait for others that write.
            Purpose::Note | Purpose::Store => TransactionBehavior::Immediate,
        };
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        // Only now: waiting for another process takes time.
        let now = i64::try_from((self.clock)().millis()).unwrap_or(i64::MAX);
        let mut done = Vec::with_capacity(works.len());
        for work in works {
            done.push(perform(&transaction, work, now)?);
        }
        transaction.commit()?;
        Ok(done)
    }

    fn synchronise(&mut self, purpose: Purpose) -> rusqlite::Result<()> {
        let is_durable = purpose == Purpose::Store;
        if purpose != Purpose::Read && self.is_durable != is_durable {
            let level = if is_durable { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.is_durable = is_durable;
        }
        Ok(())
    }
}

/// SQLite's kind of error, if it is one of SQLite's.
struct Failure(Option<ErrorCode>);

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.sqlite_error_code())
    }
}

fn perform(database: &Transaction<'_>, work: Work, now: i64) -> Result<Done, Failure> {
    let mut answers = Vec::new();
    for statement in &work.statements {
        answers.push(execute(database, statement, now)?);
    }
    let more = work.then.map_or_else(Vec::new, |then| then(&answers));
    for statement in &more {
        answers.push(execute(database, statement, now)?);
    }
    Ok(Done { now, answers })
}

fn execute(
    database: &Transaction<'_>,
    statement: &Statement,
    now: i64,
) -> Result<Answered, Failure> {
    let mut prepared = database.prepare_cached(&statement.text)?;
    for (index, value) in statement.values.iter().enumerate() {
        prepared.raw_bind_parameter(index + 1, &*value.at(now))?;
    }
    let mut answer = Answered::default();
    match statement.kind {
        // Nobody else writes meanwhile.
        Kind::Rows | Kind::LockedRows => {
            let columns = prepared.column_count();
            let mut rows = prepared.raw_query();
            while let Some(row) = rows.next()? {
                let values = (0..columns).map(|place| read(row.get_ref(place)?));
                answer
                    .rows
                    .push(Row(values.collect::<Result<_, Failure>>()?));
            }
        }
        Kind::Change | Kind::Insert => {
            let changed = prepared.raw_execute()?;
            answer.changed = changed.try_into().unwrap_or(u64::MAX);
            if statement.kind == Kind::Insert && changed > 0 {
                let number = Value::Integer(database.last_insert_rowid());
                answer.rows.push(Row(vec![number]));
            }
        }
    }
    Ok(answer)
}

fn read(value: ValueRef<'_>) -> Result<Value, Failure> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::text(std::str::from_utf8(text).map_err(|_| Failure(None))?),
        ValueRef::Blob(bytes) => Value::Bytes(Bytes::copy_from_slice(bytes)),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            // Times have become integers.
            Self::Null | Self::Now | Self::After(_) | Self::Before(_) => ValueRef::Null,
        }))
    }
}
