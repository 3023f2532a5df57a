//! What one task does for all workers: it takes events, renews leases, and deletes what is past.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::GuardError;
use tokio::sync::watch;
use tokio::time::Instant;

use super::attempt::{RECOVERY, start};
use super::store::{Inbox, Taken};
use super::workers::Settings;
use crate::journal::Journal;
use crate::receiver::Receiver;

/// How often handled events that nobody can deliver again are deleted.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// What the tasks of these workers share.
pub(super) struct Common {
    pub(super) receiver: Arc<Receiver>,
    pub(super) inbox: Inbox,
    pub(super) settings: Settings,
    /// No more events are taken.
    pub(super) draining: watch::Sender<bool>,
    /// Nobody waits for the end of those that were taken.
    pub(super) given_up: watch::Sender<bool>,
    running: Mutex<HashMap<i64, Taken>>,
}

impl Common {
    pub(super) fn new(receiver: Arc<Receiver>, inbox: Inbox, settings: Settings) -> Self {
        Self {
            receiver,
            inbox,
            settings,
            draining: watch::Sender::new(false),
            given_up: watch::Sender::new(false),
            running: Mutex::default(),
        }
    }

    pub(super) fn scheme(&self) -> &str {
        self.receiver.webhook.scheme_name()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<i64, Taken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a place for the event until the place is dropped.
    pub(super) fn occupy(self: Arc<Self>, taken: &Taken) -> Place {
        let number = taken.stored.number;
        self.running().insert(number, taken.clone());
        Place {
            common: self,
            number,
            token: taken.token().into(),
        }
    }
}

/// An event's place among those that are being handled.
pub(super) struct Place {
    common: Arc<Common>,
    number: i64,
    token: Box<str>,
}

impl Place {
    pub(super) fn common(&self) -> &Common {
        &self.common
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.common.running();
        // It may have been taken once more, after its lease.
        if running
            .get(&self.number)
            .is_some_and(|taken| taken.token() == &*self.token)
        {
            running.remove(&self.number);
        }
        drop(running);
        self.common.inbox.shared.signals.ring();
    }
}

/// Works until it is told to end and all that was taken has ended.
pub(super) async fn keep(common: Arc<Common>) {
    let mut rung = common.inbox.shared.signals.listen();
    let mut times = Times {
        renewal: Instant::now(),
        forgetting: Instant::now(),
    };
    loop {
        rung.mark_unchanged();
        let is_draining = *common.draining.borrow();
        let is_idle = common.running().is_empty();
        if *common.given_up.borrow() || is_draining && is_idle {
            return;
        }
        let looked = times.look_after(&common, is_draining).await;
        let pause = looked.unwrap_or_else(|_| {
            // Whatever the database has, it may come back.
            Journal::start(common.scheme()).store_failed("the inbox failed; workers try again");
            RECOVERY
        });
        if !pause.is_zero() {
            // Whether it rang or the time is over, there may be something to do.
            let _ = tokio::time::timeout(pause, rung.changed()).await;
        }
    }
}

/// When what is due again.
struct Times {
    renewal: Instant,
    forgetting: Instant,
}

impl Times {
    /// Does what is to be done now; after how long there may be more.
    async fn look_after(
        &mut self,
        common: &Arc<Common>,
        is_draining: bool,
    ) -> Result<Duration, GuardError> {
        let Settings {
            concurrency,
            lease,
            poll,
            ..
        } = common.settings;
        let running: Vec<Taken> = common.running().values().cloned().collect();
        let now = Instant::now();
        if running.is_empty() {
            self.renewal = now + lease / 3;
        } else if now >= self.renewal {
            common.inbox.renew(&running, lease).await?;
            self.renewal = now + lease / 3;
        }
        let pause = poll.min(lease / 3);
        if is_draining {
            return Ok(pause);
        }
        if now >= self.forgetting {
            let is_more = common.inbox.forget().await?;
            self.forgetting = now + if is_more { poll } else { FORGET_EVERY };
        }
        let free = concurrency.saturating_sub(running.len());
        if free == 0 {
            return Ok(pause);
        }
        let held: Vec<i64> = running.iter().map(|taken| taken.stored.number).collect();
        match common.inbox.next_due(common.scheme(), &held).await? {
            None => return Ok(pause),
            Some(wait) if !wait.is_zero() => return Ok(wait.min(pause)),
            Some(_) => {}
        }
        for taken in common
            .inbox
            .take(common.scheme(), free, lease, &held)
            .await?
        {
            start(common, taken);
        }
        Ok(Duration::ZERO)
    }
}
