//! How attempts ended, noted many at a time.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign::sql::outbox;
use countersign::{Availability, EndpointHealth, UnixTime};
use countersign_database::{Kind, Next, Purpose, Statement, Value, Work};
use tokio::sync::{mpsc, oneshot};

use super::Common;
use super::claim::RECOVERY;
use super::held::Lease;
use super::signals::Note;
use crate::outbox::{DeliveryState, health_values, read_health};

/// How many are noted in one transaction.
const MOST: usize = 512;

pub(super) enum Settlement {
    Ended(Box<Ended>),
    /// All before it are to be noted.
    Flush(oneshot::Sender<()>),
}

/// An attempt that ended.
#[derive(Clone)]
pub(super) struct Ended {
    pub(super) number: i64,
    pub(super) endpoint: i64,
    pub(super) lease: Arc<Lease>,
    pub(super) attempt: u32,
    pub(super) is_replay: bool,
    pub(super) was_well: bool,
    pub(super) is_fifo: bool,
    pub(super) at: UnixTime,
    pub(super) duration: Duration,
    pub(super) seen: Seen,
    pub(super) verdict: Verdict,
}

/// What came back.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) status: Option<u16>,
    pub(super) retry_after: Option<String>,
    pub(super) answer: Option<Bytes>,
    pub(super) error: Option<&'static str>,
    pub(super) is_forbidden: bool,
}

/// What follows.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    Delivered,
    RetryAfter(Duration),
    Dead(&'static str),
    /// Dead, without anything having been sent.
    Unsigned(&'static str),
}

impl Verdict {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::RetryAfter(_) => "retry",
            Self::Dead(reason) | Self::Unsigned(reason) => reason,
        }
    }
}

impl Ended {
    fn settle(&self) -> Statement {
        let (state, due, reason) = match self.verdict {
            Verdict::Delivered => (DeliveryState::Delivered, Value::Now, None),
            // It stays the first, and its endpoint is blocked.
            Verdict::RetryAfter(_) if self.is_fifo => {
                (DeliveryState::Waiting, Value::Integer(0), None)
            }
            Verdict::RetryAfter(wait) => (DeliveryState::Waiting, Value::After(wait), None),
            Verdict::Dead(reason) | Verdict::Unsigned(reason) => {
                (DeliveryState::Dead, Value::Now, Some(reason))
            }
        };
        let values = [
            Value::Text(state.as_str().into()),
            Value::Integer(self.attempt.into()),
            due,
            Value::Now,
            reason.map_or(Value::Null, |reason| Value::Text(reason.into())),
            Value::Integer(self.number),
            Value::text(&self.lease.token),
        ];
        Statement::new(Kind::Change, outbox::SETTLE, values)
    }

    fn record(&self) -> Statement {
        let microseconds = self.duration.as_micros().try_into().unwrap_or(i64::MAX);
        let values = [
            Value::Integer(self.number),
            Value::Integer(self.attempt.into()),
            Value::Integer(self.at.millis().try_into().unwrap_or(i64::MAX)),
            Value::Integer(microseconds),
            Value::integer_or_null(self.seen.status.map(i64::from)),
            self.seen
                .error
                .map_or(Value::Null, |error| Value::Text(error.into())),
            self.seen.answer.clone().map_or(Value::Null, Value::Bytes),
        ];
        Statement::new(Kind::Change, outbox::RECORD, values)
    }

    /// Whether it is a failure of its endpoint. Who asks for a replay does so at their own risk.
    pub(super) fn is_failure_that_tells(&self) -> bool {
        match self.verdict {
            Verdict::Delivered | Verdict::Unsigned(_) => false,
            _ => !self.is_replay,
        }
    }

    /// When there is something to take that nobody else tells of.
    fn next(&self) -> Option<Duration> {
        match self.verdict {
            Verdict::RetryAfter(wait) => Some(wait),
            // The next in order, or the next probe.
            _ if self.is_fifo || !self.was_well => Some(Duration::ZERO),
            _ => None,
        }
    }
}

/// Notes what it is told until nobody can tell anything.
pub(super) async fn settle(common: Arc<Common>, mut settlements: mpsc::Receiver<Settlement>) {
    let mut waiting = Vec::with_capacity(MOST);
    let mut ailing = HashSet::new();
    while settlements.recv_many(&mut waiting, MOST).await > 0 {
        let mut ended = Vec::with_capacity(waiting.len());
        let mut flushes = Vec::new();
        for settlement in waiting.drain(..) {
            match settlement {
                Settlement::Ended(one) => ended.push(*one),
                Settlement::Flush(flush) => flushes.push(flush),
            }
        }
        if !ended.is_empty() {
            common.note(ended, &mut ailing).await;
        }
        for flush in flushes {
            // Who waited may have given up.
            let _ = flush.send(());
        }
    }
}

impl Common {
    /// However long the database is away. Of endpoints that ail every success is news.
    async fn note(&self, ended: Vec<Ended>, ailing: &mut HashSet<i64>) {
        let ended = Arc::new(ended);
        let telling = telling(&ended, ailing);
        let mut given_up = self.given_up.subscribe();
        let observed = loop {
            let (work, observed) = work(&self.shared, &ended, &telling);
            match self.shared.run(work).await {
                Ok(_) => break observed,
                Err(error) => tracing::error!(
                    code = error.code(),
                    count = ended.len(),
                    "how attempts ended could not be noted yet"
                ),
            }
            let is_given_up = given_up.wait_for(|given_up| *given_up);
            if tokio::time::timeout(RECOVERY, is_given_up).await.is_ok() {
                return;
            }
        };
        for (endpoint, observed) in observed.take() {
            match observed.is_well {
                true => ailing.remove(&endpoint),
                false => ailing.insert(endpoint),
            };
            let failures = telling[&endpoint].iter();
            let failures = failures.filter(|index| ended[**index].is_failure_that_tells());
            let note = Note::Observed(endpoint, failures.count(), observed.is_available);
            self.tell(note);
        }
        for one in &*ended {
            self.held.remove(one.number, &one.lease.token);
            if let Some(wait) = one.next() {
                self.shared.signals.due(one.endpoint, wait);
            }
        }
    }
}

/// Which attempts tell something of each endpoint.
type Telling = BTreeMap<i64, Vec<usize>>;

/// All that failed, and all that succeeded at endpoints that are not known to be well: a success
/// among failures ends their row even if the endpoint was well when that attempt was taken.
fn telling(ended: &[Ended], ailing: &HashSet<i64>) -> Telling {
    let failed = ended.iter().filter(|one| one.is_failure_that_tells());
    let failing: HashSet<i64> = failed.map(|one| one.endpoint).collect();
    let mut telling = Telling::new();
    for (index, one) in ended.iter().enumerate() {
        let is_known = one.was_well && !failing.contains(&one.endpoint);
        let tells = match one.verdict {
            Verdict::Delivered => !is_known || ailing.contains(&one.endpoint),
            _ => one.is_failure_that_tells(),
        };
        if tells {
            telling.entry(one.endpoint).or_default().push(index);
        }
    }
    telling
}

/// What was found about endpoints.
#[derive(Clone, Default)]
struct Observations(Arc<Mutex<Vec<(i64, Observed)>>>);

struct Observed {
    is_well: bool,
    is_available: bool,
}

impl Observations {
    fn push(&self, endpoint: i64, observed: Observed) {
        let mut observations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        observations.push((endpoint, observed));
    }

    fn take(&self) -> Vec<(i64, Observed)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes all of them in one transaction: first what they tell of their endpoints, in the order of
/// numbers, so that nobody waits for each other for ever.
fn work(
    shared: &Arc<crate::sender::Shared>,
    ended: &Arc<Vec<Ended>>,
    telling: &Telling,
) -> (Work, Observations) {
    let observations = Observations::default();
    let mut statements = Vec::with_capacity(ended.len() * 2);
    for endpoint in telling.keys() {
        let endpoint = [Value::Integer(*endpoint)];
        statements.push(Statement::new(Kind::Change, outbox::LOCK, endpoint.clone()));
        statements.push(Statement::new(Kind::Rows, outbox::STANDING, endpoint));
    }
    for one in &**ended {
        statements.push(one.settle());
        statements.push(one.record());
        if let (true, Verdict::RetryAfter(wait)) = (one.is_fifo, one.verdict) {
            let values = [Value::After(wait), Value::Integer(one.endpoint)];
            statements.push(Statement::new(Kind::Change, outbox::BLOCK, values));
        }
    }
    let work = Work::new(Purpose::Note, statements);
    if telling.is_empty() {
        return (work, observations);
    }
    let (shared, ended, telling) = (shared.clone(), ended.clone(), telling.clone());
    let observed = observations.clone();
    let work = work.then(move |now, answers| {
        let now = UnixTime::from_millis(now.try_into().unwrap_or(0));
        let mut statements = Vec::new();
        for (place, (endpoint, indices)) in telling.iter().enumerate() {
            // It was deleted, if there is none.
            let row = answers[place * 2 + 1].rows.first();
            let Some(Ok(before)) = row.map(|row| read_health(row, 1)) else {
                let observed_nothing = Observed {
                    is_well: true,
                    is_available: false,
                };
                observed.push(*endpoint, observed_nothing);
                continue;
            };
            let told = indices.iter().map(|index| &ended[*index]);
            let after = told.fold(before, |health, one| observe(&shared, health, one, now));
            let availability = shared.options.health_policy.availability(&after, now);
            let found = Observed {
                is_well: after == EndpointHealth::new(),
                is_available: availability == Availability::Ready,
            };
            observed.push(*endpoint, found);
            if after != before {
                log_change(*endpoint, &before, &after);
                let mut values = health_values(&after).to_vec();
                values.push(Value::Integer(*endpoint));
                statements.push(Statement::new(Kind::Change, outbox::PUT_HEALTH, values));
            }
        }
        Next::new(statements)
    });
    (work, observations)
}

fn observe(
    shared: &crate::sender::Shared,
    health: EndpointHealth,
    one: &Ended,
    now: UnixTime,
) -> EndpointHealth {
    let entropy = getrandom::u32().unwrap_or_default();
    let policy = &shared.options.health_policy;
    policy.observe(&health, &one.seen.outcome(), now, entropy)
}

fn log_change(endpoint: i64, before: &EndpointHealth, after: &EndpointHealth) {
    if let (None, Some(reason)) = (before.disabled, after.disabled) {
        tracing::error!(
            endpoint,
            reason = reason.as_str(),
            "an endpoint was disabled"
        );
    } else if after.openings > before.openings {
        tracing::warn!(
            endpoint,
            failures = after.failures,
            "an endpoint is given a rest"
        );
    } else if before.openings > 0 && after.openings == 0 {
        tracing::info!(endpoint, "an endpoint is well again");
    }
}
