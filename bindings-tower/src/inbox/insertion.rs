//! How events come into an inbox.

use countersign::GuardError;
use countersign::sql::inbox::{FORGET_KEY, INSERT};
use countersign_database::{Kind, Next, Purpose, Statement, Value, Work};

use super::event_store::{Completion, EventStore};
use super::store::{Inbox, unreadable};
use super::stored::to_values;
use crate::event::ReceivedEvent;
use crate::store::StoreFuture;

impl EventStore for Inbox {
    fn insert<'a>(
        &'a self,
        event: &'a ReceivedEvent,
        scheme: &'a str,
        completion: Option<Completion>,
    ) -> StoreFuture<'a, Option<i64>> {
        Box::pin(self.store(event, scheme, completion))
    }
}

impl Inbox {
    async fn store(
        &self,
        event: &ReceivedEvent,
        scheme: &str,
        completion: Option<Completion>,
    ) -> Result<Option<i64>, GuardError> {
        let mut values = to_values(event, scheme).map_err(|_| unreadable())?.to_vec();
        let mut statements = Vec::new();
        if event.dedupe_key().is_some() {
            let of_key = [values[0].clone(), Value::Now];
            statements.push(Statement::new(Kind::Change, FORGET_KEY, of_key));
        }
        values.extend([Value::Now, Value::Now, Value::Now]);
        statements.push(Statement::new(Kind::Insert, INSERT, values));
        let mut work = Work::new(Purpose::Store, statements);
        if let Some(completion) = completion {
            let shared = self.shared.clone();
            // Before it is committed: then a worker may be faster than this task.
            work = work.then(move |_, answers| {
                let row = answers.last().and_then(|answer| answer.rows.first());
                if let Some(Ok(number)) = row.map(|row| row.integer(0)) {
                    shared.signals.expect(number, completion);
                }
                Next::nothing()
            });
        }
        let done = self.run(work).await?;
        let row = done.answers.last().and_then(|answer| answer.rows.first());
        let number = row.map(|row| row.integer(0)).transpose();
        let number = number.map_err(|_| unreadable())?;
        if number.is_some() {
            self.shared.signals.ring();
        }
        Ok(number)
    }
}
