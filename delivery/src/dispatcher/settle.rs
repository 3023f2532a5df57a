//! How attempts ended, noted many at a time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::sql::outbox;
use countersign::{EndpointHealth, UnixTime};
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

    /// Whether it changes what is known of its endpoint. Who asks for a replay does so at their own
    /// risk.
    fn tells_of_health(&self) -> bool {
        match self.verdict {
            Verdict::Delivered => !self.was_well,
            Verdict::Unsigned(_) => false,
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
            common.note(ended).await;
        }
        for flush in flushes {
            // Who waited may have given up.
            let _ = flush.send(());
        }
    }
}

impl Common {
    /// However long the database is away.
    async fn note(&self, ended: Vec<Ended>) {
        let ended = Arc::new(ended);
        let mut given_up = self.given_up.subscribe();
        loop {
            match self.shared.run(work(&self.shared, &ended)).await {
                Ok(_) => break,
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
        }
        for one in &*ended {
            self.held.remove(one.number, &one.lease.token);
            if let Some(wait) = one.next() {
                self.shared.signals.tell(Note::Due(one.endpoint, wait));
            }
        }
    }
}

/// Notes all of them in one transaction: first what they tell of their endpoints, in the order of
/// numbers, so that nobody waits for each other for ever.
fn work(shared: &Arc<crate::sender::Shared>, ended: &Arc<Vec<Ended>>) -> Work {
    let mut telling: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (index, one) in ended.iter().enumerate() {
        if one.tells_of_health() {
            telling.entry(one.endpoint).or_default().push(index);
        }
    }
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
        return work;
    }
    let (shared, ended) = (shared.clone(), ended.clone());
    work.then(move |now, answers| {
        let now = UnixTime::from_millis(now.try_into().unwrap_or(0));
        let mut statements = Vec::new();
        for (place, (endpoint, indices)) in telling.iter().enumerate() {
            // It was deleted, if there is none.
            let Some(row) = answers[place * 2 + 1].rows.first() else {
                continue;
            };
            let Ok(before) = read_health(row, 1) else {
                continue;
            };
            let told = indices.iter().map(|index| &ended[*index]);
            let after = told.fold(before, |health, one| observe(&shared, health, one, now));
            if after != before {
                log_change(*endpoint, &before, &after);
                let mut values = health_values(&after).to_vec();
                values.push(Value::Integer(*endpoint));
                statements.push(Statement::new(Kind::Change, outbox::PUT_HEALTH, values));
            }
        }
        Next::new(statements)
    })
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
