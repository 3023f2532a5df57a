//! What has to be done from time to time: leases, replays, retention.

use std::sync::Arc;
use std::time::Duration;

use countersign::DeliveryError;
use countersign::sql::outbox;
use countersign_database::{Kind, Next, Purpose, Row, Statement, Unreadable, Value, Work};
use tokio::time::Instant;

use super::Common;
use super::held::Lease;
use crate::outbox::Cleaning;

/// How many leases are renewed, or end, in one transaction.
const PAGE: usize = 500;
/// How often to look for replays that other processes began.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often leases that have ended are looked for, at least and at most.
const RECLAIM_EVERY: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];

/// Works until it is aborted. What fails is logged by the database, and done the next time.
pub(super) async fn keep_up(common: Arc<Common>) {
    let lease = common.held.lease();
    let now = Instant::now();
    let (mut renewal, mut reclaim, mut replay, mut clean) = (now + lease / 3, now, now, now);
    let mut cleaning = Cleaning::default();
    loop {
        let now = Instant::now();
        if now >= renewal {
            renewal = now + lease / 3;
            let _ = common.renew().await;
        }
        if now >= reclaim {
            let [least, most] = RECLAIM_EVERY;
            reclaim = now + (lease / 4).clamp(least, most);
            let _ = common.reclaim().await;
        }
        if now >= replay {
            replay = Instant::now() + common.step_replays().await.min(LOOK_EVERY);
        }
        if now >= clean {
            let next = common.shared.clean(&mut cleaning).await;
            clean = Instant::now() + next.unwrap_or(LOOK_EVERY);
        }
        tokio::time::sleep_until(renewal.min(reclaim).min(replay).min(clean)).await;
    }
}

impl Common {
    /// Begins all leases again. What somebody else has by now does not begin.
    async fn renew(&self) -> Result<(), DeliveryError> {
        for page in self.held.all().chunks(PAGE) {
            let from = self.held.now();
            let renew = |(number, lease): &(i64, Arc<Lease>)| {
                let values = [
                    Value::After(self.held.lease()),
                    Value::Now,
                    Value::Integer(*number),
                    Value::text(&lease.token),
                ];
                Statement::new(Kind::Change, outbox::RENEW, values)
            };
            let statements: Vec<_> = page.iter().map(renew).collect();
            let done = self
                .shared
                .run(Work::new(Purpose::Note, statements))
                .await?;
            for ((number, lease), answer) in page.iter().zip(&done.answers) {
                match answer.changed {
                    0 => self.held.remove(*number, &lease.token),
                    _ => self.held.extend(lease, from),
                }
            }
        }
        Ok(())
    }

    /// Lets everybody have what a process had that died or froze.
    async fn reclaim(self: &Arc<Self>) -> Result<(), DeliveryError> {
        loop {
            let values = [
                Value::Now,
                Value::Integer(PAGE.try_into().unwrap_or(i64::MAX)),
            ];
            let expired = Statement::new(Kind::LockedRows, outbox::EXPIRED, values);
            let common = self.clone();
            let work = Work::new(Purpose::Note, vec![expired]).then(move |_, answers| {
                let rows = answers[0].rows.iter();
                // What is held here is renewed: only a clock that jumped can have ended it.
                let others = rows.filter(|row| !common.holds(row));
                Next::new(
                    others
                        .filter_map(|row| take_over(row).ok())
                        .flatten()
                        .collect::<Vec<_>>(),
                )
            });
            let done = self.shared.run(work).await?;
            let others = done.rows(0).iter().filter(|row| !self.holds(row));
            let mut count = 0;
            for endpoint in others.filter_map(|row| row.integer(1).ok()) {
                count += 1;
                self.shared.signals.due(endpoint, Duration::ZERO);
            }
            if count > 0 {
                tracing::warn!(count, "took over from a dispatcher that died or froze");
            }
            if count < PAGE {
                return Ok(());
            }
        }
    }

    fn holds(&self, row: &Row) -> bool {
        row.integer(0).is_ok_and(|number| self.held.holds(number))
    }

    /// Gives back what is still held.
    pub(super) async fn release_all(&self) {
        self.release(&self.held.all()).await;
    }

    /// Gives these back.
    pub(super) async fn release(&self, leases: &[(i64, Arc<Lease>)]) {
        for page in leases.chunks(PAGE) {
            let release = |(number, lease): &(i64, Arc<Lease>)| {
                let values = [
                    Value::Now,
                    Value::Now,
                    Value::Integer(*number),
                    Value::text(&lease.token),
                ];
                Statement::new(Kind::Change, outbox::RELEASE, values)
            };
            let statements: Vec<_> = page.iter().map(release).collect();
            let begun = page.iter().map(|(number, lease)| (*number, lease.begun()));
            let begun: Vec<_> = begun.collect();
            let work = Work::new(Purpose::Note, statements).then(move |_, answers| {
                // Of what somebody else took over, that one has recorded it.
                let released = begun.iter().zip(answers).filter(|(_, it)| it.changed > 0);
                let cut_off =
                    released.filter_map(|((number, begun), _)| Some((*number, (*begun)?)));
                Next::new(cut_off.map(|(number, (attempt, at))| {
                    let at = i64::try_from(at.millis()).unwrap_or(i64::MAX);
                    interrupted(number, attempt.into(), at)
                }))
            });
            // If it fails, which is logged, others have them when the leases end.
            let _ = self.shared.run(work).await;
            for (number, lease) in page {
                self.held.remove(*number, &lease.token);
            }
        }
    }

    /// Goes on with replays; when there is more to do.
    async fn step_replays(&self) -> Duration {
        let Ok(step) = self.shared.step_replays().await else {
            return LOOK_EVERY;
        };
        for endpoint in step.endpoints {
            self.shared.signals.due(endpoint, Duration::ZERO);
        }
        step.next.unwrap_or(LOOK_EVERY)
    }

    /// What was due soon before the clock was set back shall be due soon, not that much later.
    pub(super) async fn follow_clock(&self, now: i64) -> Result<(), DeliveryError> {
        if self.shared.was_later(now) {
            let now = |count| vec![Value::Now; count];
            let statements = [
                Statement::new(Kind::Change, outbox::SET_BLOCKS_BACK, now(2)),
                Statement::new(Kind::Change, outbox::SET_CLOCK_BACK, now(4)),
            ];
            let work = Work::new(Purpose::Note, statements);
            let count = self.shared.run(work).await?.changed(1);
            if count > 0 {
                tracing::warn!(count, "the clock was set back");
            }
        }
        Ok(())
    }
}

/// What gives one to everybody, and records the attempt of which nobody knows how it ended.
fn take_over(row: &Row) -> Result<[Statement; 2], Unreadable> {
    let number = row.integer(0)?;
    let reclaim = [Value::Now, Value::Now, Value::Integer(number), Value::Now];
    Ok([
        interrupted(number, row.integer(2)? + 1, row.integer(3)?),
        Statement::new(Kind::Change, outbox::RECLAIM, reclaim),
    ])
}

/// What records an attempt of which nobody knows how it ended: the delivery, which attempt, when.
fn interrupted(number: i64, attempt: i64, at: i64) -> Statement {
    let values = [
        Value::Integer(number),
        Value::Integer(attempt),
        Value::Integer(at),
        Value::Integer(0),
        Value::Null,
        Value::Text("interrupted".into()),
        Value::Null,
    ];
    Statement::new(Kind::Change, outbox::RECORD, values)
}
