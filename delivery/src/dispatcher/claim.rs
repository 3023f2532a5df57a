//! How deliveries are taken out of the outbox, for several endpoints in one transaction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign::sql::outbox;
use countersign::{Availability, DeadLetterReason, DeliveryError, UnixTime};
use countersign_database::{
    Answered, Done, Kind, Next, Purpose, Row, Statement, Unreadable, Value, Work,
};

use super::Common;
use super::held::Lease;
use crate::outbox::{ReadEndpoint, read_health};
use crate::target::Target;

/// How many dead letters are made in one transaction.
const BURIED: i64 = 1_000;
/// How long to wait for another dispatcher that takes for the same endpoint.
const BUSY: Duration = Duration::from_millis(20);
/// How long to wait after a failure of the database.
pub(super) const RECOVERY: Duration = Duration::from_secs(1);
/// How long to wait for somebody to mend an endpoint that cannot be sent to.
const BROKEN: Duration = Duration::from_secs(60);

/// One that was taken.
pub(super) struct Delivery {
    pub(super) number: i64,
    pub(super) endpoint: i64,
    pub(super) message_id: String,
    pub(super) event_type: String,
    pub(super) payload: Bytes,
    /// How many attempts were made before.
    pub(super) attempts: u32,
    pub(super) is_replay: bool,
    pub(super) lease: Arc<Lease>,
    /// Whether the endpoint's health is as that of a new one.
    pub(super) was_well: bool,
}

/// What is to be taken for an endpoint.
pub(super) struct Wish {
    pub(super) endpoint: i64,
    pub(super) room: usize,
    /// None if it is to be read.
    pub(super) target: Option<(i64, Arc<Target>)>,
}

/// What was taken for each endpoint.
pub(crate) struct Claimed(pub(super) Vec<ClaimedLane>);

pub(super) struct ClaimedLane {
    pub(super) endpoint: i64,
    /// None if it is to be read again.
    pub(super) target: Option<(i64, Arc<Target>)>,
    pub(super) deliveries: Vec<Delivery>,
    /// When to look again, as far as is known now.
    pub(super) next: Option<Duration>,
}

impl ClaimedLane {
    fn nothing(endpoint: i64, next: Option<Duration>) -> Self {
        Self {
            endpoint,
            target: None,
            deliveries: Vec::new(),
            next,
        }
    }
}

/// What the transaction decides for one endpoint.
struct Decision {
    taken: Vec<Choice>,
    was_well: bool,
    is_stale: bool,
    /// In Unix milliseconds of the database.
    next: Option<i64>,
}

/// One that is taken, and where the answer with its message is.
struct Choice {
    number: i64,
    attempts: i64,
    is_replay: bool,
    answer: usize,
}

impl Common {
    pub(super) async fn claim(&self, wishes: Vec<Wish>) -> Claimed {
        let endpoints: Vec<i64> = wishes.iter().map(|wish| wish.endpoint).collect();
        let claimed = match self.try_claim(wishes).await {
            Ok(claimed) => claimed,
            Err(_) => {
                let later = |endpoint| ClaimedLane::nothing(endpoint, Some(RECOVERY));
                endpoints.into_iter().map(later).collect()
            }
        };
        Claimed(claimed)
    }

    async fn try_claim(&self, wishes: Vec<Wish>) -> Result<Vec<ClaimedLane>, DeliveryError> {
        let mut lanes = Vec::new();
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        for wish in wishes {
            match wish.target {
                Some((version, target)) => known.push((wish.endpoint, wish.room, version, target)),
                None => unknown.push((wish.endpoint, wish.room)),
            }
        }
        if !unknown.is_empty() {
            let endpoints = unknown.iter().map(|(endpoint, _)| *endpoint).collect();
            let found = self.read_targets(endpoints).await?;
            for ((_, most), (endpoint, found)) in unknown.into_iter().zip(found) {
                match found {
                    Found::Target(version, target) => {
                        let room = match target.is_fifo {
                            true => 1,
                            false => target.concurrency,
                        };
                        known.push((endpoint, room.min(most), version, target));
                    }
                    Found::Broken => lanes.push(ClaimedLane::nothing(endpoint, Some(BROKEN))),
                    Found::Nothing => lanes.push(self.bury_of_deleted(endpoint).await?),
                }
            }
        }
        if !known.is_empty() {
            lanes.extend(self.take(known).await?);
        }
        Ok(lanes)
    }

    async fn read_targets(&self, endpoints: Vec<i64>) -> Result<Vec<(i64, Found)>, DeliveryError> {
        let read = |number: &i64| {
            let values = [Value::Integer(*number)];
            Statement::new(Kind::Rows, outbox::ENDPOINT_OF_NUMBER, values)
        };
        let statements: Vec<_> = endpoints.iter().map(read).collect();
        let done = self
            .shared
            .run(Work::new(Purpose::Read, statements))
            .await?;
        let options = &self.shared.options;
        let found = endpoints.into_iter().enumerate().map(|(index, number)| {
            let Some(row) = done.rows(index).first() else {
                return (number, Found::Nothing);
            };
            let target = ReadEndpoint::read(row, &options.vault)
                .map_err(countersign::Error::from)
                .and_then(|read| Ok((read.version, Target::new(&read.endpoint, options)?)));
            match target {
                Ok((version, target)) => (number, Found::Target(version, Arc::new(target))),
                Err(error) => {
                    let endpoint = row.text(1).unwrap_or_default();
                    tracing::error!(
                        code = error.code(),
                        endpoint,
                        "nothing can be sent to an endpoint: {error}"
                    );
                    (number, Found::Broken)
                }
            }
        });
        Ok(found.collect())
    }

    async fn bury_of_deleted(&self, endpoint: i64) -> Result<ClaimedLane, DeliveryError> {
        let bury = bury(endpoint, "deleted");
        let done = self
            .shared
            .run(Work::new(Purpose::Note, vec![bury]))
            .await?;
        let is_more = done.changed(0) > 0;
        Ok(ClaimedLane::nothing(
            endpoint,
            is_more.then_some(Duration::ZERO),
        ))
    }

    async fn take(
        &self,
        lanes: Vec<(i64, usize, i64, Arc<Target>)>,
    ) -> Result<Vec<ClaimedLane>, DeliveryError> {
        let mut statements = Vec::with_capacity(lanes.len() * 2);
        for (endpoint, room, ..) in &lanes {
            let endpoint = Value::Integer(*endpoint);
            let limit = i64::try_from(room + 1).unwrap_or(i64::MAX);
            let waiting = [endpoint.clone(), Value::Integer(limit)];
            statements.push(Statement::new(
                Kind::LockedRows,
                outbox::STANDING,
                [endpoint],
            ));
            statements.push(Statement::new(Kind::LockedRows, outbox::WAITING, waiting));
        }
        let token = self.held.new_token();
        let from = self.held.now();
        let decided: Arc<Mutex<Vec<Decision>>> = Arc::default();
        let chooser = Chooser {
            shared: self.shared.clone(),
            lease: self.held.lease(),
            token: token.clone(),
            lanes: lanes.clone(),
        };
        let deciding = decided.clone();
        let work = Work::new(Purpose::Note, statements).then(move |now, answers| {
            let (decisions, statements) = chooser.choose(now, answers);
            *deciding.lock().unwrap_or_else(PoisonError::into_inner) = decisions;
            Next::new(statements)
        });
        let done = self.shared.run(work).await?;
        let decisions =
            std::mem::take(&mut *decided.lock().unwrap_or_else(PoisonError::into_inner));
        let claimed = lanes.into_iter().zip(decisions);
        let claimed = claimed.map(|((endpoint, _, version, target), decision)| {
            let taken = decision.taken.iter();
            let deliveries = taken.filter_map(|choice| {
                // Its lease is renewed, or ends, if nothing can be made of it.
                let lease = self.held.add(choice.number, token.clone(), from);
                let delivery = read_delivery(&done, endpoint, choice, lease, decision.was_well);
                delivery.map_err(|_| crate::outbox::unreadable()).ok()
            });
            ClaimedLane {
                endpoint,
                deliveries: deliveries.collect(),
                target: (!decision.is_stale).then_some((version, target)),
                next: decision.next.map(|next| {
                    let wait = next.saturating_sub(done.now).max(0);
                    Duration::from_millis(wait.try_into().unwrap_or(0))
                }),
            }
        });
        Ok(claimed.collect())
    }
}

enum Found {
    Target(i64, Arc<Target>),
    /// It is not to be used as it is, which is logged.
    Broken,
    Nothing,
}

fn bury(endpoint: i64, reason: &'static str) -> Statement {
    let values = [
        Value::Now,
        Value::Now,
        Value::Text(reason.into()),
        Value::Integer(endpoint),
        Value::Integer(BURIED),
    ];
    Statement::new(Kind::Change, outbox::BURY, values)
}

fn read_delivery(
    done: &Done,
    endpoint: i64,
    choice: &Choice,
    lease: Arc<Lease>,
    was_well: bool,
) -> Result<Delivery, Unreadable> {
    let message = done.rows(choice.answer).first().ok_or(Unreadable)?;
    Ok(Delivery {
        number: choice.number,
        endpoint,
        message_id: message.text(0)?.to_owned(),
        event_type: message.text(1)?.to_owned(),
        payload: message.bytes(2)?.clone(),
        attempts: choice.attempts.try_into().map_err(|_| Unreadable)?,
        is_replay: choice.is_replay,
        lease,
        was_well,
    })
}

/// Chooses within the transaction.
struct Chooser {
    shared: Arc<crate::sender::Shared>,
    lease: Duration,
    token: Arc<str>,
    lanes: Vec<(i64, usize, i64, Arc<Target>)>,
}

impl Chooser {
    fn choose(&self, now: i64, answers: &[Answered]) -> (Vec<Decision>, Vec<Statement>) {
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

fn standing(row: &Row, shared: &crate::sender::Shared, now: i64) -> Result<Standing, Unreadable> {
    let health = read_health(row, 1)?;
    let now = UnixTime::from_millis(now.try_into().map_err(|_| Unreadable)?);
    Ok(Standing {
        version: row.integer(0)?,
        availability: shared.options.health_policy.availability(&health, now),
        is_well: health == countersign::EndpointHealth::new(),
        blocked_until: row.integer(7)?,
        paced_until_us: row.integer(8)?,
        running: row.integer(9)?,
    })
}

fn millis(time: UnixTime) -> i64 {
    time.millis().try_into().unwrap_or(i64::MAX)
}
