//! An inbox: what receivers put into it and workers take out of it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign::GuardError;
use countersign::sql::inbox::{DUE, NEXT_DUE, RENEW, SET_CLOCK_BACK, SETTLE, TAKE};
use countersign_database::{Database, Done, Kind, Next, Purpose, Row, Statement, Value, Work};

use super::signals::Signals;
use super::stored::{State, StoredEvent};
use crate::store::random_token;

/// An event in the hands of a worker, with the token that proves it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Taken {
    /// The event.
    pub stored: StoredEvent,
    token: Box<str>,
}

/// Events that were acknowledged, in a database; clones share it. [`SqliteInbox`] and
/// [`PostgresInbox`] open one.
///
/// Everything fails with `store_unavailable` if the database does, which is logged, and has then
/// changed nothing. Calls need a runtime of tokio.
///
/// ```
/// use countersign_tower::inbox::Inbox;
///
/// async fn replay_all(inbox: &Inbox) -> Result<(), countersign::GuardError> {
///     for dead in inbox.dead_letters().await? {
///         println!("{} failed {} times: {:?}", dead.number, dead.attempts, dead.error);
///         inbox.replay(dead.number).await?;
///     }
///     Ok(())
/// }
/// ```
///
/// [`SqliteInbox`]: super#databases
/// [`PostgresInbox`]: super#databases
#[derive(Clone)]
pub struct Inbox {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    database: Box<dyn Database>,
    pub(super) signals: Signals,
    /// The latest time that the database told.
    latest: AtomicI64,
}

impl Inbox {
    pub(super) fn new(database: impl Database + 'static) -> Self {
        Self {
            shared: Arc::new(Shared {
                database: Box::new(database),
                signals: Signals::default(),
                latest: AtomicI64::new(i64::MAX),
            }),
        }
    }

    /// In how long the next event of this scheme is due, zero if now; `None` if none waits. Those
    /// of the numbers in `held`, which the caller holds, do not count.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn next_due(
        &self,
        scheme: &str,
        held: &[i64],
    ) -> Result<Option<Duration>, GuardError> {
        let values = [Value::text(scheme), limit(1, held)];
        let next = Statement::new(Kind::Rows, NEXT_DUE, values);
        let done = self.run(Work::new(Purpose::Read, vec![next])).await?;
        if done.now < self.shared.latest.load(Ordering::Relaxed) {
            // At the start, too: it may have been set back before.
            self.follow_clock().await?;
        }
        self.shared.latest.store(done.now, Ordering::Relaxed);
        let due = done.rows(0).iter().find(|row| !is_held(row, held));
        let due = due.map(|row| row.integer(1)).transpose();
        let due = due.map_err(|_| unreadable())?;
        Ok(due
            .map(|due| Duration::from_millis(due.saturating_sub(done.now).try_into().unwrap_or(0))))
    }

    /// What was due soon before the clock was set back shall be due soon, not that much later.
    async fn follow_clock(&self) -> Result<(), GuardError> {
        let values = [Value::Now, Value::Now, Value::Now];
        self.change(Purpose::Note, SET_CLOCK_BACK, values).await?;
        Ok(())
    }

    /// At most so many events that are due, each for one worker until its lease ends; none of the
    /// numbers in `held`, which the caller holds.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn take(
        &self,
        scheme: &str,
        count: usize,
        lease: Duration,
        held: &[i64],
    ) -> Result<Vec<Taken>, GuardError> {
        let token = random_token()?;
        let values = [Value::text(scheme), Value::Now, limit(count, held)];
        let due = Statement::new(Kind::LockedRows, DUE, values);
        let (mine, held) = (Value::text(&token), held.to_vec());
        let others = held.clone();
        let work = Work::new(Purpose::Note, [due]).then(move |_, answers| {
            let rows = answers.first().map_or(&[][..], |answer| &answer.rows);
            let numbers = chosen(rows, &others, count).filter_map(|row| row.integer(0).ok());
            let take = |number| {
                let until = Value::After(lease);
                let values = [until, Value::Now, mine.clone(), Value::Integer(number)];
                Statement::new(Kind::Change, TAKE, values)
            };
            Next::new(numbers.map(take))
        });
        let done = self.run(work).await?;
        let until = Value::After(lease);
        let taken = chosen(done.rows(0), &held, count).filter_map(|row| {
            // One that is unreadable keeps nobody from the others.
            let mut stored = StoredEvent::read(row).map_err(|_| unreadable()).ok()?;
            stored.state = State::Running;
            stored.attempts += 1;
            if let Value::Integer(until) = *until.at(done.now) {
                stored.due = super::stored::milliseconds(until);
            }
            let token = token.as_str().into();
            Some(Taken { stored, token })
        });
        Ok(taken.collect())
    }

    /// Begins the leases of these events again, unless they have ended and others have them.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn renew(&self, taken: &[Taken], lease: Duration) -> Result<(), GuardError> {
        let renew = |one: &Taken| {
            let (number, token) = one.identity();
            let values = [Value::After(lease), Value::Now, number, token];
            Statement::new(Kind::Change, RENEW, values)
        };
        let renewals = taken.iter().map(renew);
        self.run(Work::new(Purpose::Note, renewals)).await?;
        Ok(())
    }

    /// The event was handled, and is remembered so long; `false` if its lease had ended and another
    /// has it, so that it is handled twice.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn done(&self, taken: &Taken, lifetime: Duration) -> Result<bool, GuardError> {
        self.settle(taken, State::Handled, lifetime, None).await
    }

    /// The attempt failed. The event is tried again after the delay, or is a dead letter if that is
    /// `None`; `false` if another has it. `error` is the name of an error, not its text, which may
    /// quote the payload.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn failed(
        &self,
        taken: &Taken,
        error: &str,
        delay: Option<Duration>,
    ) -> Result<bool, GuardError> {
        let state = delay.map_or(State::Dead, |_| State::Waiting);
        self.settle(taken, state, delay.unwrap_or_default(), Some(error))
            .await
    }

    async fn settle(
        &self,
        taken: &Taken,
        state: State,
        after: Duration,
        error: Option<&str>,
    ) -> Result<bool, GuardError> {
        let (number, token) = taken.identity();
        let error = Value::text_or_null(error);
        let values = [
            state.value(),
            Value::After(after),
            Value::Now,
            error,
            number,
            token,
        ];
        let changed = self.change(Purpose::Note, SETTLE, values).await?;
        let success = state == State::Handled;
        self.shared.signals.tell(taken.stored.number, success);
        Ok(changed == 1)
    }

    pub(super) async fn run(&self, work: Work) -> Result<Done, GuardError> {
        Ok(self.shared.database.run(work).await?)
    }

    /// How many rows one statement changes.
    pub(super) async fn change(
        &self,
        purpose: Purpose,
        statement: &'static str,
        values: impl Into<Vec<Value>>,
    ) -> Result<u64, GuardError> {
        let statement = Statement::new(Kind::Change, statement, values);
        let done = self.run(Work::new(purpose, vec![statement])).await?;
        Ok(done.changed(0))
    }
}

impl Taken {
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    fn identity(&self) -> (Value, Value) {
        let number = Value::Integer(self.stored.number);
        (number, Value::text(&self.token))
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// As many rows as are wanted, should the caller hold all that come first.
fn limit(count: usize, held: &[i64]) -> Value {
    let most = count.saturating_add(held.len());
    Value::Integer(most.try_into().unwrap_or(i64::MAX))
}

fn chosen<'a>(rows: &'a [Row], held: &'a [i64], count: usize) -> impl Iterator<Item = &'a Row> {
    rows.iter().filter(|row| !is_held(row, held)).take(count)
}

fn is_held(row: &Row, held: &[i64]) -> bool {
    row.integer(0).is_ok_and(|number| held.contains(&number))
}

/// Somebody else has written to the table, which is logged.
pub(super) fn unreadable() -> GuardError {
    tracing::error!(
        code = "store_unavailable",
        "a row of the inbox is unreadable"
    );
    GuardError::StoreUnavailable
}
