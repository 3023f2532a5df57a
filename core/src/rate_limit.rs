//! A sliding window over the requests of each caller. The decision is a pure function from a
//! caller's window to a verdict and the next window; a store only keeps the windows.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use crate::error::{ConfigurationError, GuardError};
use crate::time::UnixTime;

/// Into how many slots a window is cut. More slots are finer and cost more to keep.
const SLOTS: u64 = 32;
const MAX_WINDOW: Duration = Duration::from_secs(31 * 86_400);

/// At most so many requests in any window of this length.
///
/// Requests are counted in slots of 1/32 of the window, and a slot counts until all of it has left
/// the window. So no window ever holds more than the limit, whatever the bursts; in exchange, room
/// comes back up to one slot late. A refused request is not counted.
///
/// ```
/// use std::time::Duration;
/// use countersign::{RateLimit, RateWindow, UnixTime};
///
/// let limit = RateLimit::new(2, Duration::from_secs(32))?;
/// let mut window = RateWindow::new();
/// let at = UnixTime::from_seconds;
/// assert!(limit.admit(&mut window, at(1_000)).is_ok());
/// assert!(limit.admit(&mut window, at(1_010)).is_ok());
/// let refused = limit.admit(&mut window, at(1_020)).unwrap_err();
/// assert_eq!(refused.code(), "rate_limited");
/// assert_eq!(refused.retry_after(), Some(Duration::from_secs(13)));
/// assert!(limit.admit(&mut window, at(1_033)).is_ok());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    window_ms: u64,
    slot_ms: u64,
}

/// The requests of one caller that still count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateWindow {
    /// The number of each slot and the requests in it, the oldest first.
    slots: Vec<(u64, u32)>,
}

impl RateWindow {
    /// No requests.
    pub const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// The requests of each slot by the slot's number, as [`slots`](Self::slots) gave them.
    pub fn from_slots(slots: impl IntoIterator<Item = (u64, u32)>) -> Self {
        let mut slots: Vec<_> = slots.into_iter().collect();
        slots.sort_unstable();
        Self { slots }
    }

    /// The number of each slot and the requests in it, the oldest first; for stores that keep them.
    pub fn slots(&self) -> &[(u64, u32)] {
        &self.slots
    }
}

impl RateLimit {
    /// A limit of so many requests in a window of up to 31 days, rounded up to a millisecond.
    ///
    /// # Errors
    /// `malformed_limit` if it is of no request or no time.
    pub fn new(requests: u32, window: Duration) -> Result<Self, ConfigurationError> {
        if requests == 0 || window.is_zero() || window > MAX_WINDOW {
            return Err(ConfigurationError::MalformedLimit);
        }
        let begun = u64::from(!window.subsec_nanos().is_multiple_of(1_000_000));
        let window_ms = window.as_secs() * 1_000 + u64::from(window.subsec_millis()) + begun;
        Ok(Self {
            requests,
            window_ms,
            slot_ms: window_ms.div_ceil(SLOTS),
        })
    }

    /// The most requests in a window.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// The length of the window in milliseconds.
    pub fn window_ms(&self) -> u64 {
        self.window_ms
    }

    /// The length of a slot in milliseconds, which stores that decide by themselves need.
    pub fn slot_ms(&self) -> u64 {
        self.slot_ms
    }

    /// Counts one more request of this caller, or refuses it.
    ///
    /// A clock that steps back for more than a window forgets what was counted; one that steps
    /// back for less keeps it.
    ///
    /// # Errors
    /// `rate_limited`, and when there is room again.
    pub fn admit(&self, window: &mut RateWindow, now: UnixTime) -> Result<(), GuardError> {
        let now = now.millis();
        let horizon = now.saturating_add(self.window_ms);
        window.slots.retain(|(slot, _)| {
            self.leaves(*slot) > now && slot.saturating_mul(self.slot_ms) <= horizon
        });
        let counts = window.slots.iter().map(|(_, count)| u64::from(*count));
        let total: u64 = counts.sum();
        let limit = u64::from(self.requests);
        if total < limit {
            window.count(now / self.slot_ms);
            return Ok(());
        }
        let mut surplus = total - limit + 1;
        for (slot, count) in &window.slots {
            surplus = surplus.saturating_sub((*count).into());
            if surplus == 0 {
                let retry_after = Duration::from_millis(self.leaves(*slot) - now);
                return Err(GuardError::RateLimited { retry_after });
            }
        }
        // The counts add up to more than the surplus, so the loop has returned.
        let retry_after = Duration::from_millis(self.window_ms);
        Err(GuardError::RateLimited { retry_after })
    }

    /// When nothing of this slot is in the window any more, in milliseconds.
    fn leaves(&self, slot: u64) -> u64 {
        slot.saturating_add(1)
            .saturating_mul(self.slot_ms)
            .saturating_add(self.window_ms)
    }
}

impl RateWindow {
    fn count(&mut self, slot: u64) {
        match self.slots.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(at) => self.slots[at].1 = self.slots[at].1.saturating_add(1),
            Err(at) => self.slots.insert(at, (slot, 1)),
        }
    }
}

/// The windows of the last callers, in memory.
///
/// Its size is bounded: when there are more callers than the capacity, the one that was silent for
/// longest is forgotten and begins anew. So an attacker with more addresses than that is not
/// limited by them; what each request costs until then is an address to look up.
#[derive(Debug, Clone)]
pub struct MemoryRateLimiter {
    limit: RateLimit,
    capacity: usize,
    callers: BTreeMap<Arc<str>, Caller>,
    /// The callers by when they were last seen.
    order: BTreeMap<u64, Arc<str>>,
    next: u64,
}

#[derive(Debug, Clone)]
struct Caller {
    window: RateWindow,
    seen: u64,
}

impl MemoryRateLimiter {
    /// How many callers are remembered if nothing else is said.
    pub const DEFAULT_CAPACITY: usize = 20_000;

    /// Remembers so many callers, at least one.
    pub fn new(limit: RateLimit, capacity: usize) -> Self {
        Self {
            limit,
            capacity: capacity.max(1),
            callers: BTreeMap::new(),
            order: BTreeMap::new(),
            next: 0,
        }
    }

    /// Counts one more request of this caller, or refuses it. `now` may be of any clock that does
    /// not step.
    ///
    /// # Errors
    /// `rate_limited`, and when there is room again.
    pub fn admit(&mut self, caller: &str, now: UnixTime) -> Result<(), GuardError> {
        let seen = self.next;
        self.next += 1;
        if let Some(known) = self.callers.get_mut(caller) {
            let name = self.order.remove(&known.seen);
            self.order
                .insert(seen, name.unwrap_or_else(|| caller.into()));
            known.seen = seen;
            return self.limit.admit(&mut known.window, now);
        }
        while self.callers.len() >= self.capacity {
            match self.order.pop_first() {
                Some((_, silent)) => self.callers.remove(&silent),
                None => break,
            };
        }
        let name: Arc<str> = caller.into();
        let mut window = RateWindow::new();
        let verdict = self.limit.admit(&mut window, now);
        self.order.insert(seen, name.clone());
        self.callers.insert(name, Caller { window, seen });
        verdict
    }

    /// How many callers are remembered.
    pub fn len(&self) -> usize {
        self.callers.len()
    }

    /// Whether nobody has called.
    pub fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }
}
