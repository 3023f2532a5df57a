//! Databases in SQLite: in files, for the processes of one machine, and in memory.

mod foreign;
mod statements;
mod thread;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use countersign::UnixTime;
use rusqlite::Connection;
use tokio::sync::oneshot;

use self::statements::Prepared;
pub use self::statements::execute;
use self::thread::{Clock, Job, Settings};
use crate::database::{Database, Running};
use crate::failure::{OpenError, Unavailable};
use crate::work::Work;
pub use rusqlite;

/// How long a process waits for another that writes.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How often the switch to the write-ahead log is tried.
const ATTEMPTS: usize = 20;

/// What a commit for [`Purpose::Store`](crate::Purpose::Store) survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// A power cut, as far as the disk keeps what it says it has written: the file is synchronised
    /// before it is answered, which takes some tenths of a millisecond to some tens of milliseconds.
    #[default]
    PowerCut,
    /// The end of the process. A power cut undoes the last of it, and breaks nothing.
    Process,
}

/// Opens a database in SQLite.
///
/// It has a thread of its own, which ends with the last clone of the database. All works that wait
/// at the same time are done in one transaction, which is synchronised once; those that only read,
/// in another after it. A work that fails is undone alone, and the others are done without it; only
/// if SQLite undoes the whole transaction, such as when the disk is full, those fail too whose
/// [`then`](crate::Work::then) was asked already, as it can be asked once.
///
/// ```
/// use countersign_database::sqlite::SqliteOptions;
/// use countersign_database::{Database, Kind, Purpose, Statement, Value, Work};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let schema = "CREATE TABLE IF NOT EXISTS note (number INTEGER PRIMARY KEY, text TEXT NOT NULL);";
/// let database = SqliteOptions::new(":memory:", schema).open()?;
///
/// let values = [Value::text("water the plants")];
/// let insert = Statement::new(Kind::Insert, "INSERT INTO note (text) VALUES (?)", values);
/// let done = database.run(Work::new(Purpose::Store, [insert])).await?;
/// assert_eq!(done.rows(0)[0].integer(0)?, 1);
///
/// let read = Statement::new(Kind::Rows, "SELECT text FROM note", []);
/// let done = database.run(Work::new(Purpose::Read, [read])).await?;
/// assert_eq!(done.rows(0)[0].text(0)?, "water the plants");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteOptions {
    path: PathBuf,
    schema: &'static str,
    timeout: Duration,
    clock: Clock,
    durability: Durability,
    thread_name: String,
    on_foreign_commit: Option<Box<dyn Fn() + Send>>,
}

impl SqliteOptions {
    /// The database in the file at this path, which is made if there is none; `:memory:` is one of
    /// its own. The statements of the schema are done each time that it is opened: they make what is
    /// not there yet, and may set what holds for a connection with `PRAGMA`.
    pub fn new(path: impl AsRef<Path>, schema: &'static str) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            schema,
            timeout: TIMEOUT,
            clock: Arc::new(system_time),
            durability: Durability::default(),
            thread_name: "countersign-db".to_owned(),
            on_foreign_commit: None,
        }
    }

    /// After how long of waiting for another process the database counts as down; 2 seconds if not
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

    /// What a commit for [`Purpose::Store`](crate::Purpose::Store) survives; a power cut if not
    /// said.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The name of the thread; `countersign-db` if not said. Systems may show the first 15 bytes.
    pub fn thread_name(mut self, name: impl Into<String>) -> Self {
        self.thread_name = name.into();
        self
    }

    /// Is called on the thread soon after somebody else has written to the file: another process, or
    /// another connection of this one. The file is looked at every 10 milliseconds; several commits
    /// may be one call. It should be quick, and must not panic.
    pub fn on_foreign_commit(mut self, callback: impl Fn() + Send + 'static) -> Self {
        self.on_foreign_commit = Some(Box::new(callback));
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// The file cannot be opened, is none of SQLite's, or has other tables of these names.
    pub fn open(self) -> Result<SqliteDatabase, OpenError> {
        let connection = self.connect().map_err(OpenError::new)?;
        let (jobs, queue) = mpsc::channel();
        let settings = Settings {
            clock: self.clock,
            durability: self.durability,
            on_foreign_commit: self.on_foreign_commit,
        };
        let work = move || thread::work_off(&connection, &queue, settings);
        let thread = std::thread::Builder::new().name(self.thread_name);
        let thread = thread.spawn(work).map_err(OpenError::new)?;
        let worker = Worker {
            jobs: Some(jobs),
            thread: Some(thread),
        };
        Ok(SqliteDatabase(Arc::new(worker)))
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(self.timeout)?;
        use_write_ahead_log(&connection)?;
        let prepared = Prepared::new(&connection);
        prepared.synchronise(self.durability == Durability::PowerCut)?;
        drop(prepared);
        connection.execute_batch(self.schema)?;
        Ok(connection)
    }
}

impl fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOptions")
            .field("path", &self.path)
            .field("timeout", &self.timeout)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// A database in SQLite, see [`SqliteOptions`]; clones share its thread. The file is closed when the
/// last of them has been dropped, which waits for that.
#[derive(Clone)]
pub struct SqliteDatabase(Arc<Worker>);

/// The thread, and the way to it; both are there until this is dropped.
struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs.take();
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A callback of the thread itself may have held the last clone.
        if thread.thread().id() != std::thread::current().id() {
            // One that panicked has nothing more to close.
            let _ = thread.join();
        }
    }
}

impl Database for SqliteDatabase {
    fn run(&self, work: Work) -> Running<'_> {
        let (answer, answered) = oneshot::channel();
        // Now, not when it is awaited: it is done even if nobody waits.
        let jobs = self.0.jobs.as_ref();
        let is_sent = jobs.is_some_and(|jobs| jobs.send(Job::new(work, answer)).is_ok());
        Box::pin(async move {
            match is_sent {
                true => answered.await.unwrap_or(Err(Unavailable)),
                // The thread has panicked.
                false => Err(Unavailable),
            }
        })
    }
}

impl fmt::Debug for SqliteDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteDatabase").finish_non_exhaustive()
    }
}

/// Switches the file of this connection to a write-ahead log. SQLite does not wait for others at
/// this switch, which happens once in the life of a file: those that open a fresh one together get
/// in each other's way.
///
/// # Errors
/// Others keep it busy, or it is no file of SQLite.
pub fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let switch = || connection.pragma_update(None, "journal_mode", "WAL");
    for _ in 1..ATTEMPTS {
        if switch().is_ok() {
            return Ok(());
        }
        // Here it does wait until the others are done.
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
    }
    switch()
}

fn system_time() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from(since_epoch.unwrap_or_default())
}
