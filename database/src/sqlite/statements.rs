//! Statements as SQLite takes them, and rows as it gives them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, Result};

use crate::value::{Answered, Row, Value};
use crate::work::{Kind, Statement};

/// Does a statement on a connection of the caller's own, in the transaction that it has there, if
/// any. `now` is when that began, in Unix milliseconds.
///
/// ```
/// use countersign_database::sqlite::{execute, rusqlite};
/// use countersign_database::{Kind, Statement, Value};
///
/// let mut connection = rusqlite::Connection::open_in_memory()?;
/// connection.execute_batch("CREATE TABLE note (number INTEGER PRIMARY KEY, made_ms INTEGER)")?;
/// let transaction = connection.transaction()?;
/// let insert = Statement::new(Kind::Insert, "INSERT INTO note (made_ms) VALUES (?)", [Value::Now]);
/// let answer = execute(&transaction, &insert, 1_700_000_000_000)?;
/// transaction.commit()?;
/// assert_eq!(answer.rows[0].integer(0)?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of SQLite, values that are too few or too many, and a text of a row that is not UTF-8.
pub fn execute(connection: &Connection, statement: &Statement, now: i64) -> Result<Answered> {
    let mut prepared = connection.prepare_cached(&statement.text)?;
    execute_prepared(connection, &mut prepared, statement, now)
}

/// Statements of a connection, each of which is prepared once.
pub(super) struct Prepared<'c> {
    connection: &'c Connection,
    /// By where the text is: it is compared more often than it is read.
    of_static: HashMap<(usize, usize), rusqlite::Statement<'c>>,
}

impl<'c> Prepared<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            of_static: HashMap::new(),
        }
    }

    /// Whether no transaction has begun, or one was undone.
    pub(super) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Does what answers nothing.
    pub(super) fn command(&mut self, text: &'static str) -> Result<()> {
        self.prepare(text)?.raw_execute().map(|_| ())
    }

    /// Whether each commit is written to the disk.
    pub(super) fn synchronise(&self, is_synchronised: bool) -> Result<()> {
        let level = if is_synchronised { "FULL" } else { "NORMAL" };
        // Not prepared once: SQLite does it while it prepares it.
        self.connection.pragma_update(None, "synchronous", level)
    }

    pub(super) fn execute(&mut self, statement: &Statement, now: i64) -> Result<Answered> {
        let connection = self.connection;
        match statement.text {
            Cow::Borrowed(text) => {
                let prepared = self.prepare(text)?;
                execute_prepared(connection, prepared, statement, now)
            }
            Cow::Owned(_) => execute(connection, statement, now),
        }
    }

    fn prepare(&mut self, text: &'static str) -> Result<&mut rusqlite::Statement<'c>> {
        match self.of_static.entry((text.as_ptr().addr(), text.len())) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(self.connection.prepare(text)?)),
        }
    }
}

fn execute_prepared(
    connection: &Connection,
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement,
    now: i64,
) -> Result<Answered> {
    // Those of the last time would stay, if there are fewer.
    let (given, wanted) = (statement.values.len(), prepared.parameter_count());
    if given != wanted {
        return Err(Error::InvalidParameterCount(given, wanted));
    }
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
                let mut values = Vec::with_capacity(columns);
                for place in 0..columns {
                    values.push(read(row.get_ref(place)?, place)?);
                }
                answer.rows.push(Row::new(values));
            }
        }
        Kind::Change | Kind::Insert => {
            let changed = prepared.raw_execute()?;
            answer.changed = changed.try_into().unwrap_or(u64::MAX);
            if statement.kind == Kind::Insert && changed > 0 {
                let number = Value::Integer(connection.last_insert_rowid());
                answer.rows.push(Row::new(vec![number]));
            }
        }
    }
    Ok(answer)
}

fn read(value: ValueRef<'_>, place: usize) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|error| Error::Utf8Error(place, error))?;
            Value::text(text)
        }
        ValueRef::Blob(bytes) => Value::Bytes(Bytes::copy_from_slice(bytes)),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
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
