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
    /// Taken, and not begun.
    pub(super) queue: VecDeque<Delivery>,
    /// Begun.
    pub(super) running: usize,
    /// When there is something to take.
    pub(super) due: Option<Instant>,
    /// Whether something is being taken for it.
    pub(super) is_claiming: bool,
    /// Whether it is in the queue of those at which something may begin.
    pub(super) is_ready: bool,
}

impl Lane {
    /// How many may be taken now: twice as many as may run, so that the next are there when those
    /// end, but not few at a time.
    pub(super) fn room(&self) -> usize {
        let Some((_, target)) = &self.target else {
            // What may run is not known yet.
            return 1;
        };
        if target.is_fifo {
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

    /// Whether one that was taken may begin.
    pub(super) fn may_begin(&self) -> bool {
        let concurrency = self
            .target
            .as_ref()
            .map_or(1, |(_, target)| target.concurrency);
        !self.queue.is_empty() && self.running < concurrency
    }

    /// Whether there is nothing to know.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.running == 0 && self.due.is_none() && !self.is_claiming
    }
}
