//! What an inbox needs of a database: statements of [`countersign::sql::inbox`] that are done as a
//! whole or not at all.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use crate::store::StoreFuture;

/// The latest time that every language reads back.
const LATEST: i64 = (1 << 53) - 1;

/// A database that any number of tasks may use.
pub(super) trait Database: Send + Sync {
    /// Does it as a whole. A failure is logged here and leaves everything as it was.
    fn run(&self, work: Work) -> StoreFuture<'_, Done>;
}

/// How long it must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It changes nothing, and is one statement.
    Read,
    /// It survives the end of the process; a power cut at most undoes the last of it.
    Note,
    /// It survives a power cut.
    Store,
}

/// What is done in one transaction.
pub(super) struct Work {
    pub(super) purpose: Purpose,
    pub(super) statements: Vec<Statement>,
    /// What else is to be done in it, by what the statements answered.
    pub(super) then: Option<Then>,
}

pub(super) type Then = Box<dyn FnOnce(&[Answered]) -> Vec<Statement> + Send>;

impl Work {
    pub(super) fn new(purpose: Purpose, statements: Vec<Statement>) -> Self {
        Self {
            purpose,
            statements,
            then: None,
        }
    }
}

pub(super) struct Statement {
    pub(super) kind: Kind,
    pub(super) text: Cow<'static, str>,
    pub(super) values: Vec<Value>,
}

impl Statement {
    pub(super) fn new(
        kind: Kind,
        text: impl Into<Cow<'static, str>>,
        values: impl Into<Vec<Value>>,
    ) -> Self {
        Self {
            kind,
            text: text.into(),
            values: values.into(),
        }
    }
}

/// What a statement answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Rows.
    Rows,
    /// Rows that nobody else is about to change.
    LockedRows,
    /// How many rows it changed.
    Change,
    /// A row with the number of the new one, if there is a new one.
    Insert,
}

/// A value in the place of a question mark, or one of a row.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'static, str>),
    Bytes(Bytes),
    /// When the transaction began, in Unix milliseconds.
    Now,
    /// So long after it, rounded up.
    After(Duration),
    /// So long before it.
    Before(Duration),
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Cow::Owned(text.to_owned()))
    }

    pub(super) fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// The same without a reference to the time.
    pub(super) fn at(&self, now: i64) -> Cow<'_, Self> {
        Cow::Owned(Self::Integer(match *self {
            Self::Now => now,
            Self::After(duration) => {
                let milliseconds = duration.as_nanos().div_ceil(1_000_000);
                let milliseconds = i64::try_from(milliseconds).unwrap_or(LATEST);
                now.saturating_add(milliseconds).min(LATEST)
            }
            Self::Before(duration) => {
                now.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(LATEST))
            }
            _ => return Cow::Borrowed(self),
        }))
    }
}

/// What the statements answered, in their order.
pub(super) struct Done {
    /// When it began, in Unix milliseconds.
    pub(super) now: i64,
    pub(super) answers: Vec<Answered>,
}

/// The answer of one statement.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) rows: Vec<Row>,
    pub(super) changed: u64,
}

/// A row's values by their places.
pub(super) struct Row(pub(super) Vec<Value>);

/// Somebody else has written to the table.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Row {
    pub(super) fn integer(&self, place: usize) -> Result<i64, Unreadable> {
        match self.0.get(place) {
            Some(Value::Integer(integer)) => Ok(*integer),
            _ => Err(Unreadable),
        }
    }

    pub(super) fn text(&self, place: usize) -> Result<&str, Unreadable> {
        self.text_or_null(place)?.ok_or(Unreadable)
    }

    pub(super) fn text_or_null(&self, place: usize) -> Result<Option<&str>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }

    pub(super) fn real_or_null(&self, place: usize) -> Result<Option<f64>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Real(real)) => Ok(Some(*real)),
            Some(Value::Integer(integer)) => Ok(Some(*integer as f64)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }

    pub(super) fn bytes(&self, place: usize) -> Result<&Bytes, Unreadable> {
        match self.0.get(place) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(Unreadable),
        }
    }
}
