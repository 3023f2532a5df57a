//! Notices what others commit.

use std::time::{Duration, Instant};

use super::statements::Prepared;
use crate::value::{Row, Value};
use crate::work::{Kind, Statement};

/// How often the file is looked at.
const PERIOD: Duration = Duration::from_millis(10);

/// Calls back when another connection has committed.
pub(super) struct ForeignCommits {
    callback: Box<dyn Fn() + Send>,
    next: Instant,
    version: Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// It changes with commits of other connections alone.
    Known(i64),
    /// It could not be read, which was logged.
    Unknown,
}

impl ForeignCommits {
    pub(super) fn new(callback: Box<dyn Fn() + Send>, prepared: &mut Prepared<'_>) -> Self {
        Self {
            callback,
            next: Instant::now() + PERIOD,
            version: Version::Unknown.follow(prepared),
        }
    }

    /// In how long it is to look again.
    pub(super) fn pause(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    pub(super) fn look(&mut self, prepared: &mut Prepared<'_>) {
        let version = self.version.follow(prepared);
        if version != self.version {
            self.version = version;
            (self.callback)();
        }
        self.next = Instant::now() + PERIOD;
    }
}

impl Version {
    /// The next one.
    fn follow(self, prepared: &mut Prepared<'_>) -> Self {
        let read = Statement::new(Kind::Rows, "PRAGMA data_version", []);
        match prepared.execute(&read, 0) {
            Ok(answer) => match answer.rows.first().map(Row::values) {
                Some([Value::Integer(version)]) => Self::Known(*version),
                _ => Self::Unknown,
            },
            Err(error) => {
                if self != Self::Unknown {
                    let kind = error.sqlite_error_code();
                    tracing::error!(code = "store_unavailable", ?kind, "SQLite failed");
                }
                Self::Unknown
            }
        }
    }
}
