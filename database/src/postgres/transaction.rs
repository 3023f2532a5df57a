//! A work as a transaction of its own.

use deadpool_postgres::Object;

use super::connection::Connection;
use super::pipeline::Pipeline;
use super::values::{execute_prepared, text};
use super::{Failure, Shared};
use crate::value::{Answered, Done};
use crate::work::{Kind, Purpose, Statement, Work};

impl Shared {
    pub(super) async fn transact(&self, work: Work) -> Result<Done, Failure> {
        // What is one statement that reads is a transaction of its own.
        let is_single = work.statements.len() == 1 && work.then.is_none();
        let (begin, must_end) = match work.purpose {
            Purpose::Read if is_single => ("", false),
            Purpose::Read => ("BEGIN ISOLATION LEVEL REPEATABLE READ; ", true),
            Purpose::Note | Purpose::Store => ("BEGIN; ", true),
        };
        let (connection, now) = self.begin(begin).await?;
        let mut answers = Vec::new();
        let (mut statements, mut then) = (work.statements, work.then);
        let is_ended = loop {
            // Only what cannot be found unreadable after it was committed.
            let can_end = must_end && then.is_none() && !statements.iter().any(has_rows);
            perform(&connection, &statements, now, can_end, &mut answers).await?;
            let Some(ask) = then else {
                break can_end;
            };
            let next = ask(now, &answers);
            (statements, then) = (next.statements, next.then);
        };
        if must_end && !is_ended {
            connection.client()?.batch_execute("COMMIT").await?;
        }
        connection.keep();
        Ok(Done::new(now, answers))
    }
}

fn has_rows(statement: &Statement) -> bool {
    matches!(statement.kind, Kind::Rows | Kind::LockedRows)
}

/// Does these, and ends the transaction if that is wanted.
async fn perform(
    connection: &Connection,
    statements: &[Statement],
    now: i64,
    and_end: bool,
    answers: &mut Vec<Answered>,
) -> Result<(), Failure> {
    let client: &Object = connection.client()?;
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        prepared.push(client.prepare_cached(&text(statement)).await?);
    }
    let client: &super::tokio_postgres::Client = client;
    let each = statements.iter().zip(&prepared);
    let each = each.map(|(statement, prepared)| execute_prepared(client, prepared, statement, now));
    let mut pipeline = Pipeline::new(each);
    pipeline.send().await?;
    if !and_end {
        return Ok(pipeline.finish(answers).await?);
    }
    // If one of them fails, this rolls back.
    let mut end = Pipeline::new([client.batch_execute("COMMIT")]);
    end.send().await?;
    pipeline.finish(answers).await?;
    Ok(end.finish(&mut Vec::new()).await?)
}
