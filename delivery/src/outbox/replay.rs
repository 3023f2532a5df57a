//! Replays of many dead letters: durable, paced, and outside the health of their endpoints.

use std::time::Duration;

use countersign::sql::outbox::{self, Wanted};
use countersign::{DeliveryError, Error, UnixTime};
use countersign_database::{Kind, Next, Purpose, Row, Statement, Unreadable, Value, Work};

use super::filter::DeliveryFilter;
use super::management::read_all;
use super::stored::time;
use super::unreadable;
use crate::sender::{Sender, Shared};

/// The most that are replayed in one transaction.
const PAGE: i64 = 500;

/// The longest wait for the next page, in milliseconds: that of one a second.
const LONGEST: i64 = 1_000;

/// A replay of many dead letters, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replay {
    /// What it is named by.
    pub number: i64,
    /// How many were meant when it began.
    pub total: u64,
    /// How many wait to be delivered again, or were. Those that somebody replayed, deleted or
    /// disabled meanwhile are not among them.
    pub replayed: u64,
    /// How many a second.
    pub per_second: u32,
    /// Whether it goes on.
    pub state: ReplayState,
    /// When it began.
    pub created: UnixTime,
}

/// Whether a replay goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayState {
    /// It goes on.
    Running,
    /// All were replayed.
    Done,
    /// Somebody ended it.
    Cancelled,
}

impl ReplayState {
    /// The state as a word, as the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn named(word: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Cancelled]
            .into_iter()
            .find(|known| known.as_str() == word)
    }
}

impl Replay {
    fn read(row: &Row) -> Result<Self, Unreadable> {
        Ok(Self {
            number: row.integer(0)?,
            per_second: row.integer(6)?.try_into().map_err(|_| Unreadable)?,
            total: row.integer(9)?.try_into().map_err(|_| Unreadable)?,
            replayed: row.integer(10)?.try_into().map_err(|_| Unreadable)?,
            state: ReplayState::named(row.text(11)?).ok_or(Unreadable)?,
            created: time(row.integer(12)?)?,
        })
    }
}

impl Sender {
    /// Has all dead letters that are meant delivered once more, so many a second (at least one), by
    /// a dispatcher; those of endpoints that are disabled are left. It goes on after a restart. Its
    /// number, and how many are meant, which are those that are dead now.
    ///
    /// Their failures do not count against an endpoint's health, and an endpoint that is given a
    /// rest is tried all the same, since somebody asked for it.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn replay_all(
        &self,
        filter: &DeliveryFilter,
        per_second: u32,
    ) -> Result<Replay, Error> {
        let filter = DeliveryFilter {
            state: None,
            before: None,
            ..filter.clone()
        };
        let (wanted, values) = filter.conditions();
        let wanted = Wanted {
            is_dead: true,
            ..wanted
        };
        let count = Statement::new(Kind::Rows, outbox::count(wanted), values);
        let per_second = per_second.max(1);
        let work = Work::new(Purpose::Store, vec![count]).then(move |_, answers| {
            let row = answers[0].rows.first();
            let total = row.and_then(|row| row.integer(0).ok()).unwrap_or(0);
            let last = row
                .and_then(|row| row.integer_or_null(1).ok()?)
                .unwrap_or(0);
            let text = |text: &Option<String>| Value::text_or_null(text.as_deref());
            let millis = |time: Option<UnixTime>| match time {
                Some(time) => Value::Integer(time.millis().try_into().unwrap_or(i64::MAX)),
                None => Value::Null,
            };
            let values = [
                text(&filter.endpoint),
                text(&filter.event_type),
                text(&filter.reason),
                millis(filter.since),
                millis(filter.until),
                Value::Integer(per_second.into()),
                Value::Integer(last),
                Value::Integer(total),
                Value::Now,
                Value::Now,
            ];
            Next::new(vec![Statement::new(
                Kind::Insert,
                outbox::BEGIN_REPLAY,
                values,
            )])
        });
        let done = self.run(work).await?;
        let read = || {
            let row = done.rows(0).first().ok_or(Unreadable)?;
            let number = done.rows(1).first().ok_or(Unreadable)?.integer(0)?;
            Ok::<_, Unreadable>(Replay {
                number,
                total: row.integer(0)?.try_into().map_err(|_| Unreadable)?,
                replayed: 0,
                per_second,
                state: ReplayState::Running,
                created: time(done.now)?,
            })
        };
        let replay = read().map_err(|_| unreadable())?;
        self.shared.signals.look();
        Ok(replay)
    }

    /// The latest replays, at most so many, the latest first.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn replays(&self, count: u32) -> Result<Vec<Replay>, Error> {
        let rows = self
            .shared
            .read(outbox::REPLAYS, [Value::Integer(count.into())])
            .await?;
        read_all(&rows, Replay::read)
    }

    /// Ends a replay before its end; whether it was running.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn cancel_replay(&self, number: i64) -> Result<bool, Error> {
        let values = [Value::Integer(number)];
        let statement = outbox::CANCEL_REPLAY;
        Ok(self
            .shared
            .change(Purpose::Store, statement, values)
            .await?
            == 1)
    }
}

/// What one look at the replays did.
pub(crate) struct ReplayStep {
    /// The endpoints for which something waits now.
    pub(crate) endpoints: Vec<i64>,
    /// When there is more to do.
    pub(crate) next: Option<Duration>,
}

impl Shared {
    /// Has those delivered once more whose turn it is.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub(crate) async fn step_replays(&self) -> Result<ReplayStep, DeliveryError> {
        let running = Statement::new(Kind::LockedRows, outbox::RUNNING_REPLAYS, []);
        let work = Work::new(Purpose::Note, vec![running]).then(|now, answers| {
            let due = |row: &&Row| row.integer(13).is_ok_and(|next| is_due(next, now));
            // One at a time: the others are next. One that cannot be read holds up none of them.
            let mut due = answers[0].rows.iter().filter(due);
            due.find_map(|row| begin(row, now).ok())
                .unwrap_or_else(Next::nothing)
        });
        let done = self.run(work).await?;
        let mut endpoints: Vec<i64> = match done.answers.get(1) {
            Some(found) => found
                .rows
                .iter()
                .filter_map(|row| row.integer(1).ok())
                .collect(),
            None => Vec::new(),
        };
        endpoints.sort_unstable();
        endpoints.dedup();
        let did_some = done.answers.len() > 1;
        let next = match done.rows(0) {
            [] => None,
            _ if did_some => Some(Duration::ZERO),
            rows => {
                let times = rows.iter().filter_map(|row| row.integer(13).ok());
                // One that is due and yet was not begun cannot be read.
                let wait = times.map(|next| next.saturating_sub(done.now));
                let wait = wait.filter(|wait| *wait > 0).min().unwrap_or(LONGEST);
                Some(Duration::from_millis(wait.try_into().unwrap_or(0)))
            }
        };
        Ok(ReplayStep { endpoints, next })
    }
}

/// A page that is further ahead was noted by a clock that has been set back.
fn is_due(next: i64, now: i64) -> bool {
    next <= now || next > now.saturating_add(LONGEST)
}

/// Looks for the next page of a replay, and what is to be done with it.
fn begin(row: &Row, now: i64) -> Result<Next, Unreadable> {
    let number = row.integer(0)?;
    let per_second = row.integer(6)?.max(1);
    let [position, last] = [row.integer(7)?, row.integer(8)?];
    let mut values = Vec::new();
    for place in 1..=3 {
        values.extend(row.text_or_null(place)?.map(Value::text));
    }
    for place in 4..=5 {
        values.extend(row.integer_or_null(place)?.map(Value::Integer));
    }
    let wanted = Wanted {
        is_dead: true,
        endpoint: row.text_or_null(1)?.is_some(),
        event_type: row.text_or_null(2)?.is_some(),
        reason: row.text_or_null(3)?.is_some(),
        since: row.integer_or_null(4)?.is_some(),
        until: row.integer_or_null(5)?.is_some(),
        after: true,
        last: true,
        ..Wanted::default()
    };
    // Ten times a second, so that they do not come in bursts of a second.
    let page = (per_second / 10).clamp(1, PAGE);
    values.extend([
        Value::Integer(position),
        Value::Integer(last),
        Value::Integer(page),
    ]);
    let find = Statement::new(Kind::Rows, outbox::numbers(wanted), values);
    Ok(Next::new(vec![find]).then(move |_, answers| {
        let found = &answers[1].rows;
        let mut statements = Vec::new();
        let mut position = position;
        for row in found {
            let Ok(delivery) = row.integer(0) else {
                continue;
            };
            position = delivery;
            if row.text_or_null(2).is_ok_and(|disabled| disabled.is_none()) {
                let values = [Value::Integer(1), Value::Now, Value::Integer(delivery)];
                statements.push(Statement::new(Kind::Change, outbox::REPLAY_ONE, values));
            }
        }
        let count = i64::try_from(statements.len()).unwrap_or(0);
        let is_done = i64::try_from(found.len()).unwrap_or(0) < page;
        let state = match is_done {
            true => ReplayState::Done,
            false => ReplayState::Running,
        };
        let wait = count.saturating_mul(1_000).div_euclid(per_second);
        let values = [
            Value::Integer(position),
            Value::Integer(count),
            Value::text(state.as_str()),
            Value::Integer(now.saturating_add(wait)),
            Value::Integer(number),
        ];
        statements.push(Statement::new(Kind::Change, outbox::PUT_REPLAY, values));
        Next::new(statements)
    }))
}
