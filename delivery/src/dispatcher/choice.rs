//! What is taken, decided within the transaction that takes it.

use std::sync::Arc;
use std::time::Duration;

use countersign::dispatch::{Standing, Waiting};
use countersign::sql::outbox;
use countersign::{DeadLetterReason, EndpointHealth, UnixTime};
use countersign_database::{Answered, Kind, Row, Statement, Unreadable, Value};

use crate::outbox::read_health;
use crate::sender::Shared;
use crate::target::Target;

/// How many dead letters are made in one transaction.
const BURIED: i64 = 1_000;
/// How long to wait for another dispatcher that takes for the same endpoint.
const BUSY: Duration = Duration::from_millis(20);

/// What the transaction decides for one endpoint.
pub(super) struct Decision {
    pub(super) taken: Vec<Choice>,
    pub(super) was_well: bool,
    pub(super) is_stale: bool,
    /// In Unix milliseconds of the database.
    pub(super) next: Option<i64>,
}

/// One that is taken, and where the answer with its message is.
pub(super) struct Choice {
    pub(super) number: i64,
    pub(super) attempts: i64,
    pub(super) is_replay: bool,
    pub(super) answer: usize,
}

/// Chooses within the transaction.
pub(super) struct Chooser {
    pub(super) shared: Arc<Shared>,
    pub(super) lease: Duration,
    pub(super) token: Arc<str>,
    pub(super) lanes: Vec<(i64, usize, i64, Arc<Target>)>,
}

impl Chooser {
    pub(super) fn choose(&self, now: i64, answers: &[Answered]) -> (Vec<Decision>, Vec<Statement>) {
        let mut statements = Vec::new();
        let first = answers.len();
        let decisions = self.lanes.iter().zip(answers.chunks_exact(2));
        let decisions = decisions.map(|((endpoint, room, version, target), answers)| {
            let decision = match answers[0].rows.first() {
                // It was deleted, or another dispatcher is at it.
                None => Err(Unreadable),
                Some(row) => known(row, &self.shared, now).and_then(|known| {
                    if known.version != *version {
                        return Ok(Decision::stale(now));
                    }
                    let lane = (*endpoint, *room, &**target);
                    self.decide(lane, &known, &answers[1].rows, now, first, &mut statements)
                }),
            };
            decision.unwrap_or_else(|Unreadable| {
                Decision::stale(now + i64::try_from(BUSY.as_millis()).unwrap_or(0))
            })
        });
        (decisions.collect(), statements)
    }

    fn decide(
        &self,
        (endpoint, room, target): (i64, usize, &Target),
        known: &Known,
        waiting: &[Row],
        now: i64,
        first: usize,
        statements: &mut Vec<Statement>,
    ) -> Result<Decision, Unreadable> {
        let mut decision = Decision {
            taken: Vec::new(),
            was_well: known.is_well,
            is_stale: false,
            next: None,
        };
        let waiting_ones = waiting.iter().map(|row| {
            let due = UnixTime::from_millis(not_negative(row, 4)?);
            Ok(Waiting::new(due, row.integer(3)? != 0))
        });
        let waiting_ones = waiting_ones.collect::<Result<Vec<_>, Unreadable>>()?;
        let time = UnixTime::from_millis(now.try_into().map_err(|_| Unreadable)?);
        let choice = known
            .standing
            .choose(&target.manner, &waiting_ones, room, time);
        decision.next = choice.next.map(millis);
        if choice.buries {
            statements.push(bury(endpoint, DeadLetterReason::Disabled.as_str()));
        }
        if let Some(until) = choice.paced_until_us {
            let until = Value::Integer(until.try_into().unwrap_or(i64::MAX));
            let values = [until, Value::Integer(endpoint)];
            statements.push(Statement::new(Kind::Change, outbox::PACE, values));
        }
        if choice.unblocks {
            let values = [Value::Integer(0), Value::Integer(endpoint)];
            statements.push(Statement::new(Kind::Change, outbox::BLOCK, values));
        }
        for row in choice.taken.iter().filter_map(|place| waiting.get(*place)) {
            decision.taken.push(Choice {
                number: row.integer(0)?,
                attempts: row.integer(2)?,
                is_replay: row.integer(3)? != 0,
                // The number of the message, until it is known where the answer is.
                answer: usize::try_from(row.integer(1)?).map_err(|_| Unreadable)?,
            });
        }
        for choice in &mut decision.taken {
            let message = i64::try_from(choice.answer).map_err(|_| Unreadable)?;
            let take = [
                Value::After(self.lease),
                Value::Now,
                Value::text(&self.token),
                Value::Integer(choice.number),
            ];
            statements.push(Statement::new(Kind::Change, outbox::TAKE, take));
            choice.answer = first + statements.len();
            let message = [Value::Integer(message)];
            statements.push(Statement::new(Kind::Rows, outbox::MESSAGE, message));
        }
        Ok(decision)
    }
}

impl Decision {
    /// Its endpoint is to be read again.
    fn stale(next: i64) -> Self {
        Self {
            taken: Vec::new(),
            was_well: false,
            is_stale: true,
            next: Some(next),
        }
    }
}

/// What is to be known of an endpoint before more is taken for it.
struct Known {
    version: i64,
    is_well: bool,
    standing: Standing,
}

fn known(row: &Row, shared: &Shared, now: i64) -> Result<Known, Unreadable> {
    let health = read_health(row, 1)?;
    let now = UnixTime::from_millis(now.try_into().map_err(|_| Unreadable)?);
    let policy = &shared.options.health_policy;
    let mut standing = Standing::new(policy.availability(&health, now));
    standing.blocked_until = UnixTime::from_millis(not_negative(row, 7)?);
    standing.paced_until_us = not_negative(row, 8)?;
    standing.running = not_negative(row, 9)?;
    Ok(Known {
        version: row.integer(0)?,
        is_well: health == EndpointHealth::new(),
        standing,
    })
}

/// What a clock that was set back has moved to before 1970 is past as well.
fn not_negative(row: &Row, place: usize) -> Result<u64, Unreadable> {
    Ok(row.integer(place)?.try_into().unwrap_or(0))
}

fn millis(time: UnixTime) -> i64 {
    time.millis().try_into().unwrap_or(i64::MAX)
}

pub(super) fn bury(endpoint: i64, reason: &'static str) -> Statement {
    let values = [
        Value::Now,
        Value::Now,
        Value::Text(reason.into()),
        Value::Integer(endpoint),
        Value::Integer(BURIED),
    ];
    Statement::new(Kind::Change, outbox::BURY, values)
}
