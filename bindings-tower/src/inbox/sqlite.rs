//! An inbox in an SQLite file, for the processes of one machine.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::UnixTime;
use countersign::sql::inbox::SQLITE_SCHEMA;
use countersign_database::sqlite::SqliteOptions;

use super::store::Inbox;
use crate::journal::system_time;
use crate::store::OpenError;

/// How long a process waits for another that writes.
const TIMEOUT: Duration = Duration::from_secs(2);

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
    clock: Box<dyn Fn() -> UnixTime + Send + Sync>,
}

impl SqliteInbox {
    /// The inbox in the file at this path, which is made if there is none.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            timeout: TIMEOUT,
            clock: Box::new(system_time),
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
        self.clock = Box::new(clock);
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// The file cannot be opened, or is none of SQLite's.
    pub fn open(self) -> Result<Inbox, OpenError> {
        let options = SqliteOptions::new(self.path, SQLITE_SCHEMA)
            .timeout(self.timeout)
            .clock(self.clock)
            .thread_name("countersign-inbox");
        Ok(Inbox::new(options.open()?))
    }
}

impl fmt::Debug for SqliteInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteInbox").finish_non_exhaustive()
    }
}
