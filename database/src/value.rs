//! What statements are given, and what they answer.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

/// The latest time that every language reads back.
const LATEST: i64 = (1 << 53) - 1;

/// A value in the place of a question mark, or one of a row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// NULL.
    Null,
    /// An integer. In PostgreSQL its place must be a `bigint` or an `integer` that can hold it.
    Integer(i64),
    /// A float of 64 bits.
    Real(f64),
    /// A text. In PostgreSQL it is written as [`countersign::sql::postgres::encode_text`] has it.
    Text(Cow<'static, str>),
    /// Bytes.
    Bytes(Bytes),
    /// When the transaction began, in Unix milliseconds.
    Now,
    /// So long after it, rounded up.
    After(Duration),
    /// So long before it.
    Before(Duration),
}

impl Value {
    /// A copy of this text.
    pub fn text(text: &str) -> Self {
        Self::Text(Cow::Owned(text.to_owned()))
    }

    /// The same, or null.
    pub fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// This integer, or null.
    pub fn integer_or_null(integer: Option<i64>) -> Self {
        integer.map_or(Self::Null, Self::Integer)
    }

    /// What it is in a transaction that began then: [`Now`](Self::Now), [`After`](Self::After) and
    /// [`Before`](Self::Before) become integers.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use countersign_database::Value;
    /// let in_a_second = Value::After(Duration::from_secs(1));
    /// assert_eq!(*in_a_second.at(1_700_000_000_000), Value::Integer(1_700_000_001_000));
    /// ```
    pub fn at(&self, now: i64) -> Cow<'_, Self> {
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

/// What was done.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Done {
    /// When the transaction began, in Unix milliseconds: of the machine's clock with SQLite, of the
    /// server's with PostgreSQL.
    pub now: i64,
    /// What the statements answered, in their order.
    pub answers: Vec<Answered>,
}

impl Done {
    /// What was done at this time.
    pub fn new(now: i64, answers: Vec<Answered>) -> Self {
        Self { now, answers }
    }

    /// The rows of the statement with this index; none if there is no such statement.
    pub fn rows(&self, index: usize) -> &[Row] {
        self.answers.get(index).map_or(&[], |answer| &answer.rows)
    }

    /// How many rows the statement with this index changed; 0 if there is no such statement.
    pub fn changed(&self, index: usize) -> u64 {
        self.answers.get(index).map_or(0, |answer| answer.changed)
    }
}

/// The answer of one statement.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Answered {
    /// Those that it asked for.
    pub rows: Vec<Row>,
    /// How many it changed.
    pub changed: u64,
}

/// A row's values by their places, from 0.
#[derive(Debug, Clone)]
pub struct Row(Vec<Value>);

impl Row {
    /// The row of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// All values.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The integer in this place.
    ///
    /// # Errors
    /// There is something else.
    pub fn integer(&self, place: usize) -> Result<i64, Unreadable> {
        self.integer_or_null(place)?.ok_or(Unreadable)
    }

    /// The integer in this place, if it is not null.
    ///
    /// # Errors
    /// There is something else.
    pub fn integer_or_null(&self, place: usize) -> Result<Option<i64>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Integer(integer)) => Ok(Some(*integer)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// The text in this place.
    ///
    /// # Errors
    /// There is something else.
    pub fn text(&self, place: usize) -> Result<&str, Unreadable> {
        self.text_or_null(place)?.ok_or(Unreadable)
    }

    /// The text in this place, if it is not null.
    ///
    /// # Errors
    /// There is something else.
    pub fn text_or_null(&self, place: usize) -> Result<Option<&str>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// The number in this place, if it is not null.
    ///
    /// # Errors
    /// There is something else.
    pub fn real_or_null(&self, place: usize) -> Result<Option<f64>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Real(real)) => Ok(Some(*real)),
            Some(Value::Integer(integer)) => Ok(Some(*integer as f64)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }

    /// The bytes in this place.
    ///
    /// # Errors
    /// There is something else.
    pub fn bytes(&self, place: usize) -> Result<&Bytes, Unreadable> {
        self.bytes_or_null(place)?.ok_or(Unreadable)
    }

    /// The bytes in this place, if they are not null.
    ///
    /// # Errors
    /// There is something else.
    pub fn bytes_or_null(&self, place: usize) -> Result<Option<&Bytes>, Unreadable> {
        match self.0.get(place) {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(Unreadable),
        }
    }
}

/// A row has something else than what is written there: somebody else has written to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "who reads a row may find it so too"
)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of the database is unreadable; something else has written to its table")
    }
}

impl Error for Unreadable {}
