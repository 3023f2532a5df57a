//! Statements as PostgreSQL takes them, and rows as it gives them.

use std::borrow::Cow;
use std::error::Error as StdError;

use bytes::{Bytes, BytesMut};
use countersign::sql::postgres::{decode_text, encode_text, numbered};
use deadpool_postgres::Object;
use deadpool_postgres::tokio_postgres::error::SqlState;
use deadpool_postgres::tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use deadpool_postgres::tokio_postgres::{Error, Row as Found};

use super::database::{Answered, Kind, Row, Statement, Value};

/// Why a transaction was not done.
pub(super) enum Failure {
    Server(Error),
    /// It took too long, or no connection became free.
    Late,
    /// The runtime or the pool ended.
    Ended,
    /// Something else than what was asked for came back.
    Unreadable,
}

impl Failure {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Server(error) if error.is_closed() => "closed",
            Self::Server(error) if error.code().is_none() => "no connection",
            Self::Server(_) => "refused",
            Self::Late => "late",
            Self::Ended => "ended",
            Self::Unreadable => "unreadable",
        }
    }

    pub(super) fn sqlstate(&self) -> Option<&SqlState> {
        match self {
            Self::Server(error) => error.code(),
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

pub(super) async fn execute(
    client: &Object,
    statement: Statement,
    now: i64,
) -> Result<Answered, Failure> {
    let Statement { kind, text, values } = statement;
    let mut text = numbered(&text);
    match kind {
        Kind::Rows | Kind::Change => {}
        // Workers do not wait for each other: each takes others.
        Kind::LockedRows => text.push_str(" FOR UPDATE SKIP LOCKED"),
        Kind::Insert => text.push_str(" RETURNING number"),
    }
    let prepared = client.prepare_cached(&text).await?;
    let values: Vec<Placed> = values
        .into_iter()
        .map(|value| Placed::new(value, now))
        .collect();
    let values: Vec<_> = values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect();
    let mut answer = Answered::default();
    if kind == Kind::Change {
        answer.changed = client.execute(&prepared, &values).await?;
        return Ok(answer);
    }
    for row in client.query(&prepared, &values).await? {
        answer.rows.push(read(&row)?);
    }
    Ok(answer)
}

fn read(found: &Found) -> Result<Row, Failure> {
    let values = (0..found.len()).map(|place| {
        let value: Option<Held> = found.try_get(place)?;
        Ok(value.map_or(Value::Null, |held| held.0))
    });
    values.collect::<Result<_, _>>().map(Row)
}

/// A value in the place of a question mark.
#[derive(Debug)]
struct Placed(Value);

impl Placed {
    fn new(value: Value, now: i64) -> Self {
        Self(match value.at(now).into_owned() {
            Value::Text(text) => Value::Text(encode_text(&text).into_owned().into()),
            other => other,
        })
    }
}

impl ToSql for Placed {
    fn to_sql(
        &self,
        place: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &self.0 {
            Value::Integer(integer) => integer.to_sql(place, out),
            Value::Real(real) => real.to_sql(place, out),
            Value::Text(text) => text.to_sql(place, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(place, out),
            // Times have become integers.
            Value::Null | Value::Now | Value::After(_) | Value::Before(_) => Ok(IsNull::Yes),
        }
    }

    fn accepts(place: &Type) -> bool {
        matches!(*place, Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

/// A value of a row.
struct Held(Value);

impl<'a> FromSql<'a> for Held {
    fn from_sql(place: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(match *place {
            Type::INT4 => Value::Integer(i32::from_sql(place, raw)?.into()),
            Type::INT8 => Value::Integer(i64::from_sql(place, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(place, raw)?),
            Type::BYTEA => Value::Bytes(Bytes::copy_from_slice(raw)),
            _ => {
                let text = decode_text(<&str>::from_sql(place, raw)?);
                Value::Text(Cow::Owned(text.into_owned()))
            }
        }))
    }

    fn accepts(place: &Type) -> bool {
        matches!(
            *place,
            Type::INT4 | Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA
        )
    }
}
