//! How deliveries are taken out of the outbox, for several endpoints in one transaction.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign::DeliveryError;
use countersign::sql::outbox;
use countersign_database::{Done, Kind, Next, Purpose, Statement, Unreadable, Value, Work};

use super::Common;
use super::choice::{Choice, Chooser, Decision, bury};
use super::held::Lease;
use crate::outbox::ReadEndpoint;
use crate::target::Target;

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
                        let room = match target.manner.is_fifo {
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
