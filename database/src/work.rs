//! What a database is to do.

use std::borrow::Cow;
use std::fmt;

use crate::value::{Answered, Value};

/// What is done in one transaction.
///
/// ```
/// use countersign_database::{Kind, Purpose, Statement, Value, Work};
///
/// let insert = Statement::new(
///     Kind::Insert,
///     "INSERT INTO note (text, made_ms) VALUES (?, ?)",
///     [Value::text("water the plants"), Value::Now],
/// );
/// let work = Work::new(Purpose::Store, vec![insert]);
/// ```
#[non_exhaustive]
pub struct Work {
    /// How long it must last.
    pub purpose: Purpose,
    /// What is done first, in this order.
    pub statements: Vec<Statement>,
    /// What else is to be done.
    pub then: Option<Then>,
}

/// How long it must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// It changes nothing.
    Read,
    /// It survives the end of the process; a power cut at most undoes the last of it.
    Note,
    /// It survives a power cut, unless the database was opened for less.
    Store,
}

/// Decides what else is to be done in the same transaction, by its time in Unix milliseconds and
/// all answers that were given so far. Nothing is committed by then, and everybody else waits:
/// it should be quick, and must not panic.
pub type Then = Box<dyn FnOnce(i64, &[Answered]) -> Next + Send>;

/// What else is to be done in a transaction.
#[derive(Default)]
#[non_exhaustive]
pub struct Next {
    /// Statements, in this order. Their answers follow those that were given before.
    pub statements: Vec<Statement>,
    /// What is to be done after them.
    pub then: Option<Then>,
}

impl Work {
    /// These statements, in this order.
    pub fn new(purpose: Purpose, statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            purpose,
            statements: statements.into_iter().collect(),
            then: None,
        }
    }

    /// And what this decides by their answers.
    ///
    /// ```
    /// use countersign_database::{Kind, Next, Purpose, Statement, Value, Work};
    ///
    /// let due = "SELECT number FROM note WHERE due_ms <= ?";
    /// let due = Statement::new(Kind::LockedRows, due, [Value::Now]);
    /// let work = Work::new(Purpose::Note, [due]).then(|_, answers| {
    ///     let numbers = answers[0].rows.iter().filter_map(|row| row.integer(0).ok());
    ///     let delete = |number| {
    ///         let values = [Value::Integer(number)];
    ///         Statement::new(Kind::Change, "DELETE FROM note WHERE number = ?", values)
    ///     };
    ///     Next::new(numbers.map(delete))
    /// });
    /// ```
    pub fn then(mut self, then: impl FnOnce(i64, &[Answered]) -> Next + Send + 'static) -> Self {
        self.then = Some(Box::new(then));
        self
    }
}

impl Next {
    /// These statements, in this order.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            statements: statements.into_iter().collect(),
            then: None,
        }
    }

    /// No more.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// And what this decides by all answers.
    pub fn then(mut self, then: impl FnOnce(i64, &[Answered]) -> Next + Send + 'static) -> Self {
        self.then = Some(Box::new(then));
        self
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("purpose", &self.purpose)
            .field("statements", &self.statements)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("statements", &self.statements)
            .finish_non_exhaustive()
    }
}

/// One statement of SQL.
#[derive(Clone)]
#[non_exhaustive]
pub struct Statement {
    /// What it answers.
    pub kind: Kind,
    /// With a question mark in the place of each value, and none elsewhere. What is used often
    /// should be static: it is then found without a look at the text.
    pub text: Cow<'static, str>,
    /// The values, in the order of their places.
    pub values: Vec<Value>,
}

/// What a statement answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Rows.
    Rows,
    /// Rows that nobody else is about to change; a `SELECT`. In PostgreSQL those that somebody else
    /// has are left out.
    LockedRows,
    /// How many rows it changed.
    Change,
    /// A row with the number of the new one, if there is a new one: in SQLite its row id, in
    /// PostgreSQL its column `number`.
    Insert,
}

impl Statement {
    /// This statement with these values.
    pub fn new(
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

impl fmt::Debug for Statement {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement")
            .field("kind", &self.kind)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}
