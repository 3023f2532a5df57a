//! What the coordinator knows of one endpoint.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::claim::Delivery;
use crate::target::Target;

/// The most that is taken for an endpoint at once.
const MOST: usize = 256;

#[derive(Default)]
pub(super) struct Lane {
    /// None until something was taken for it.
    pub(super) target: Option<(i64, Arc<Target>)>,
    /// Whether the endpoint was changed since.
    pub(super) is_stale: bool,
    /// Taken, and not begun.
    pub(super) queue: VecDeque<Delivery>,
    /// Begun.
    pub(super) running: usize,
    /// When there is something to take.
    pub(super) due: Option<Instant>,
    /// Whether something is being taken for it.
    pub(super) is_claiming: bool,
    /// Attempts that failed, of which it is not known yet what they say about the endpoint. Until
    /// then nothing begins: they may have asked for a pause.
    pub(super) untold: usize,
    /// Whether what is being taken is to be given back.
    pub(super) is_halted: bool,
    /// Whether it is in the queue of those at which something may begin.
    pub(super) is_ready: bool,
}

impl Lane {
    /// How many may be taken now: twice as many as may run, so that the next are there when those
    /// end, but not few at a time.
    fn room(&self) -> usize {
        if self.untold > 0 {
            return 0;
        }
        let Some((_, target)) = &self.target else {
            // What may run is not known yet, and looked up when it is taken.
            return MOST;
        };
        if target.manner.is_fifo {
            return usize::from(self.running == 0 && self.queue.is_empty());
        }
        let concurrency = target.concurrency;
        if self.queue.len() * 2 > concurrency {
            return 0;
        }
        let most = concurrency.saturating_mul(2);
        most.saturating_sub(self.running + self.queue.len())
            .min(MOST)
    }

    /// How many may be taken now, in a crowd only for those that have nothing.
    pub(super) fn may_take(&self, is_crowded: bool) -> usize {
        let is_empty = self.queue.is_empty() && self.running == 0;
        match is_crowded {
            true => self.room().min(usize::from(is_empty)),
            false => self.room(),
        }
    }

    /// Whether one that was taken may begin.
    pub(super) fn may_begin(&self) -> bool {
        let concurrency = self
            .target
            .as_ref()
            .map_or(1, |(_, target)| target.concurrency);
        !self.queue.is_empty() && self.running < concurrency && self.untold == 0
    }

    /// Whether there is nothing to know.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty()
            && self.running == 0
            && self.untold == 0
            && self.due.is_none()
            && !self.is_claiming
    }
}
