//! Statements as PostgreSQL takes them, and rows as it gives them.

use std::borrow::Cow;
use std::error::Error as StdError;

use bytes::{Bytes, BytesMut};
use countersign::sql::postgres::{decode_text, encode_text, numbered};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, GenericClient, Row as Found};

use super::tokio_postgres;
use crate::value::{Answered, Row, Value};
use crate::work::{Kind, Statement};

/// Does a statement on a client or in a transaction of the caller's own. `now` is when that began,
/// in Unix milliseconds of the server's clock.
///
/// ```no_run
/// use countersign_database::postgres::{execute_on, tokio_postgres};
/// use countersign_database::{Kind, Statement, Value};
///
/// # async fn example(client: &mut tokio_postgres::Client) -> Result<(), tokio_postgres::Error> {
/// let transaction = client.transaction().await?;
/// let insert = Statement::new(Kind::Change, "INSERT INTO note (made_ms) VALUES (?)", [Value::Now]);
/// execute_on(&transaction, &insert, 1_700_000_000_000).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the server and of the connection, and a row with a type that [`Value`] has not.
pub async fn execute_on(
    client: &(impl GenericClient + Sync),
    statement: &Statement,
    now: i64,
) -> Result<Answered, Error> {
    let prepared = client.prepare(&text(statement)).await?;
    execute_prepared(client, &prepared, statement, now).await
}

pub(super) fn text(statement: &Statement) -> String {
    let mut text = numbered(&statement.text);
    match statement.kind {
        Kind::Rows | Kind::Change => {}
        // Nobody waits for others: each takes what they leave.
        Kind::LockedRows => text.push_str(" FOR UPDATE SKIP LOCKED"),
        Kind::Insert => text.push_str(" RETURNING number"),
    }
    text
}

pub(super) async fn execute_prepared(
    client: &(impl GenericClient + Sync),
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
    now: i64,
) -> Result<Answered, Error> {
    let values = statement.values.iter().map(|value| Placed(value.at(now)));
    let values: Vec<Placed<'_>> = values.collect();
    let values: Vec<_> = values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect();
    let mut answer = Answered::default();
    if statement.kind == Kind::Change {
        answer.changed = client.execute(prepared, &values).await?;
        return Ok(answer);
    }
    for row in client.query(prepared, &values).await? {
        answer.rows.push(read(&row)?);
    }
    if statement.kind == Kind::Insert {
        answer.changed = answer.rows.len().try_into().unwrap_or(u64::MAX);
    }
    Ok(answer)
}

fn read(found: &Found) -> Result<Row, Error> {
    let values = (0..found.len()).map(|place| {
        let value: Option<Held> = found.try_get(place)?;
        Ok(value.map_or(Value::Null, |held| held.0))
    });
    values.collect::<Result<_, _>>().map(Row::new)
}

/// A value in the place of a question mark.
#[derive(Debug)]
struct Placed<'a>(Cow<'a, Value>);

impl ToSql for Placed<'_> {
    fn to_sql(
        &self,
        place: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &*self.0 {
            Value::Integer(integer) if *place == Type::INT4 => {
                i32::try_from(*integer)?.to_sql(place, out)
            }
            Value::Integer(integer) => integer.to_sql(place, out),
            Value::Real(real) => real.to_sql(place, out),
            Value::Text(text) => encode_text(text).to_sql(place, out),
            Value::Bytes(bytes) => bytes.as_ref().to_sql(place, out),
            // Times have become integers.
            Value::Null | Value::Now | Value::After(_) | Value::Before(_) => Ok(IsNull::Yes),
        }
    }

    fn accepts(place: &Type) -> bool {
        matches!(
            *place,
            Type::INT4 | Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA
        )
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
