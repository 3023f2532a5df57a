//! What people ask of an inbox: what is in it, once more, away with it.

use std::collections::HashMap;
use std::time::Duration;

use countersign::GuardError;
use countersign::sql::inbox::{
    COUNTS, EVENT, FORGET, PURGE, REPLAY_ONE, REPLAY_STATE, REPLAY_TYPE, events,
};
use countersign_database::{Kind, Purpose, Row, Statement, Value, Work};

use super::store::{Inbox, unreadable};
use super::stored::{State, StoredEvent};

/// How many are deleted at once, so that nobody waits for many.
const BATCH: u32 = 500;

/// Which events of an inbox are listed: the latest 100 if nothing is said.
///
/// ```
/// use countersign_tower::inbox::{Filter, State};
///
/// let dead_payments = Filter::new().state(State::Dead).event_type("payment.failed").limit(10);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Filter {
    state: Option<State>,
    event_type: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

impl Filter {
    /// All.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of this state.
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Those of this type.
    pub fn event_type(mut self, event_type: impl Into<String>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }

    /// Those that came before this number: that of the last of a list, to have the next list.
    pub fn before(mut self, number: i64) -> Self {
        self.before = Some(number);
        self
    }

    /// At most so many.
    pub fn limit(mut self, count: u32) -> Self {
        self.limit = Some(count);
        self
    }
}

/// Lists, counts, replays and purges.
impl Inbox {
    /// The latest events that the filter lets through, newest first.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn events(&self, filter: &Filter) -> Result<Vec<StoredEvent>, GuardError> {
        let Filter {
            state,
            event_type,
            before,
            limit,
        } = filter;
        let text = events(state.is_some(), event_type.is_some(), before.is_some());
        let values = [
            state.map(State::value),
            event_type.as_deref().map(Value::text),
            before.map(Value::Integer),
            Some(Value::Integer(limit.unwrap_or(100).into())),
        ];
        let values: Vec<Value> = values.into_iter().flatten().collect();
        let rows = self.rows(Statement::new(Kind::Rows, text, values)).await?;
        let stored = rows.iter().map(StoredEvent::read).collect();
        Result::map_err(stored, |_| unreadable())
    }

    /// The event with this number; `None` if there is none, or none any more.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn event(&self, number: i64) -> Result<Option<StoredEvent>, GuardError> {
        let statement = Statement::new(Kind::Rows, EVENT, [Value::Integer(number)]);
        let rows = self.rows(statement).await?;
        let stored = rows.first().map(StoredEvent::read).transpose();
        stored.map_err(|_| unreadable())
    }

    /// The latest 100 events that are not tried again.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn dead_letters(&self) -> Result<Vec<StoredEvent>, GuardError> {
        self.events(&Filter::new().state(State::Dead)).await
    }

    /// Has an event handled once more, at once and with all its attempts; whether there is such an
    /// event. One that is being handled is left alone.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn replay(&self, number: i64) -> Result<bool, GuardError> {
        let values = [Value::Now, Value::Now, Value::Integer(number)];
        let changed = self.change(Purpose::Store, REPLAY_ONE, values).await?;
        self.shared.signals.ring();
        Ok(changed == 1)
    }

    /// The same for all of this state, and of this type if one is given; how many they are. Those
    /// that are being handled are left alone: of [`State::Running`] there are none.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn replay_all(
        &self,
        state: State,
        event_type: Option<&str>,
    ) -> Result<u64, GuardError> {
        if state == State::Running {
            return Ok(0);
        }
        let mut values = vec![Value::Now, Value::Now, state.value()];
        let statement = match event_type {
            None => REPLAY_STATE,
            Some(event_type) => {
                values.push(Value::text(event_type));
                REPLAY_TYPE
            }
        };
        let changed = self.change(Purpose::Store, statement, values).await?;
        self.shared.signals.ring();
        Ok(changed)
    }

    /// Deletes the events of this state that were received longer ago than that; how many they
    /// were. The same deliveries are then taken as new. Those that wait are lost; those that are
    /// being handled are left alone: of [`State::Running`] there are none.
    ///
    /// # Errors
    /// `store_unavailable`; what was deleted by then is deleted.
    pub async fn purge(&self, state: State, older_than: Duration) -> Result<u64, GuardError> {
        if state == State::Running {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            let until = Value::Before(older_than);
            let values = [state.value(), state.value(), until, batch()];
            let deleted = self.change(Purpose::Store, PURGE, values).await?;
            count += deleted;
            if deleted < BATCH.into() {
                return Ok(count);
            }
        }
    }

    /// Deletes some of the handled events that nobody can deliver again, as workers do now and
    /// then; whether there may be more.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn forget(&self) -> Result<bool, GuardError> {
        let values = [Value::Now, batch()];
        let deleted = self.change(Purpose::Note, FORGET, values).await?;
        Ok(deleted >= BATCH.into())
    }

    /// How many events are in each state, all four of them.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn counts(&self) -> Result<HashMap<State, u64>, GuardError> {
        let rows = self.rows(Statement::new(Kind::Rows, COUNTS, [])).await?;
        let mut counts: HashMap<State, u64> = State::ALL.map(|state| (state, 0)).into();
        for row in rows {
            let state = row.text(0).map(State::named).map_err(|_| unreadable())?;
            let count = row.integer(1).map_err(|_| unreadable())?;
            if let Some(state) = state {
                counts.insert(state, count.try_into().unwrap_or(0));
            }
        }
        Ok(counts)
    }

    async fn rows(&self, statement: Statement) -> Result<Vec<Row>, GuardError> {
        let done = self.run(Work::new(Purpose::Read, vec![statement])).await?;
        Ok(done
            .answers
            .into_iter()
            .flat_map(|answer| answer.rows)
            .collect())
    }
}

fn batch() -> Value {
    Value::Integer(BATCH.into())
}
