//! What is taken, decided within the transaction that takes it.

use std::sync::Arc;
use std::time::Duration;

use countersign::sql::outbox;
use countersign::{Availability, DeadLetterReason, EndpointHealth, UnixTime};
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
                Some(row) => standing(row, &self.shared, now).and_then(|standing| {
                    if standing.version != *version {
                        return Ok(Decision::stale(now));
                    }
                    let lane = (*endpoint, *room, &**target);
                    self.decide(
                        lane,
                        &standing,
                        &answers[1].rows,
                        now,
                        first,
                        &mut statements,
                    )
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
        standing: &Standing,
        waiting: &[Row],
        now: i64,
        first: usize,
        statements: &mut Vec<Statement>,
    ) -> Result<Decision, Unreadable> {
        let mut decision = Decision {
            taken: Vec::new(),
            was_well: standing.is_well,
            is_stale: false,
            next: None,
        };
        // How many may go that nobody asked for, and when the others may.
        let (usual, later) = match standing.availability {
            Availability::Ready => (usize::MAX, None),
            Availability::Probe => (usize::from(standing.running == 0), None),
            Availability::CircuitOpenUntil(until) => (0, Some(millis(until))),
            Availability::ThrottledUntil(until) => {
                decision.next = (!waiting.is_empty()).then_some(millis(until));
                return Ok(decision);
            }
            Availability::Disabled(_) => {
                if !waiting.is_empty() {
                    statements.push(bury(endpoint, DeadLetterReason::Disabled.as_str()));
                    decision.next = Some(now);
                }
                return Ok(decision);
            }
            // A state that this version does not know.
            _ => (0, Some(now + 60_000)),
        };
        if target.is_fifo {
            if standing.running > 0 {
                // Whoever has it tells when it ends; another process is asked a second later.
                return Ok(decision);
            }
            if standing.blocked_until > now {
                decision.next = (!waiting.is_empty()).then_some(standing.blocked_until);
                return Ok(decision);
            }
        }
        let mut usual = usual;
        let mut left = None;
        for row in waiting {
            let due = row.integer(4)?;
            let is_replay = row.integer(3)? != 0;
            if due > now {
                left = earliest(left, due);
                break;
            }
            if decision.taken.len() == room {
                left = earliest(left, now);
                break;
            }
            if !is_replay {
                if usual == 0 {
                    // A probe tells when it ends.
                    left = match later {
                        Some(later) => earliest(left, later),
                        None => left,
                    };
                    continue;
                }
                usual -= 1;
            }
            decision.taken.push(Choice {
                number: row.integer(0)?,
                attempts: row.integer(2)?,
                is_replay,
                // The number of the message, until it is known where the answer is.
                answer: usize::try_from(row.integer(1)?).map_err(|_| Unreadable)?,
            });
        }
        if let Some(pace) = target.pace
            && !decision.taken.is_empty()
        {
            let wanted = decision.taken.len();
            let (admitted, until) = pace.admit(standing.paced_until_us, now, wanted);
            if admitted < wanted {
                decision.taken.truncate(admitted);
                left = Some(pace.next_ms(until).max(now + 1));
            }
            // Also what a clock wrote that was set back, or nothing would be admitted until it is
            // there again.
            if admitted > 0 || until < standing.paced_until_us {
                let values = [Value::Integer(until), Value::Integer(endpoint)];
                statements.push(Statement::new(Kind::Change, outbox::PACE, values));
            }
        }
        decision.next = left;
        if standing.blocked_until != 0 && !decision.taken.is_empty() {
            // It was for the one that is taken: a clock that is set back shall not revive it.
            let values = [Value::Integer(0), Value::Integer(endpoint)];
            statements.push(Statement::new(Kind::Change, outbox::BLOCK, values));
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

fn earliest(one: Option<i64>, other: i64) -> Option<i64> {
    Some(one.map_or(other, |one| one.min(other)))
}

/// What is to be known of an endpoint before more is taken for it.
struct Standing {
    version: i64,
    availability: Availability,
    is_well: bool,
    blocked_until: i64,
    paced_until_us: i64,
    running: i64,
}

fn standing(row: &Row, shared: &Shared, now: i64) -> Result<Standing, Unreadable> {
    let health = read_health(row, 1)?;
    let now = UnixTime::from_millis(now.try_into().map_err(|_| Unreadable)?);
    Ok(Standing {
        version: row.integer(0)?,
        availability: shared.options.health_policy.availability(&health, now),
        is_well: health == EndpointHealth::new(),
        blocked_until: row.integer(7)?,
        paced_until_us: row.integer(8)?,
        running: row.integer(9)?,
    })
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
