//! Claims and rates of this process.

use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign::{ClaimToken, MemoryRateLimiter, MemoryReplayGuard, RateLimit, UnixTime};

use super::{RateStore, ReplayStore, StoreFuture};

/// A clock that does not step.
#[derive(Debug, Clone, Copy)]
struct Monotonic(Instant);

impl Monotonic {
    fn now(self) -> UnixTime {
        UnixTime::from(self.0.elapsed())
    }
}

/// The claims of this process: another process, or this one when it starts again, knows nothing of
/// them.
///
/// Its size is bounded; see [`MemoryReplayGuard`].
#[derive(Debug)]
pub struct MemoryReplayStore {
    guard: Mutex<MemoryReplayGuard>,
    clock: Monotonic,
}

impl MemoryReplayStore {
    /// Remembers so many keys, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            guard: Mutex::new(MemoryReplayGuard::new(capacity)),
            clock: Monotonic(Instant::now()),
        }
    }
}

impl Default for MemoryReplayStore {
    /// Remembers [`MemoryReplayGuard::DEFAULT_CAPACITY`] keys.
    fn default() -> Self {
        Self::new(MemoryReplayGuard::DEFAULT_CAPACITY)
    }
}

impl ReplayStore for MemoryReplayStore {
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String> {
        let claimed = lock(&self.guard).claim(key, self.clock.now(), lease);
        Box::pin(ready(claimed.map(|token| token.number().to_string())))
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        _token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()> {
        lock(&self.guard).complete(key, self.clock.now(), lifetime);
        Box::pin(ready(Ok(())))
    }

    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()> {
        // What is no number is no token of this store's, and holds nothing.
        if let Ok(number) = token.parse() {
            lock(&self.guard).release(key, ClaimToken::from_number(number));
        }
        Box::pin(ready(Ok(())))
    }
}

/// The requests of the last callers of this process.
///
/// Its size is bounded; see [`MemoryRateLimiter`].
#[derive(Debug)]
pub struct MemoryRateStore {
    capacity: usize,
    /// One for each limit that is asked about.
    limiters: Mutex<Vec<(RateLimit, MemoryRateLimiter)>>,
    clock: Monotonic,
}

impl MemoryRateStore {
    /// Remembers so many callers of each limit, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            limiters: Mutex::default(),
            clock: Monotonic(Instant::now()),
        }
    }
}

impl Default for MemoryRateStore {
    /// Remembers [`MemoryRateLimiter::DEFAULT_CAPACITY`] callers.
    fn default() -> Self {
        Self::new(MemoryRateLimiter::DEFAULT_CAPACITY)
    }
}

impl RateStore for MemoryRateStore {
    fn admit<'a>(&'a self, caller: &'a str, limit: RateLimit) -> StoreFuture<'a, ()> {
        let mut limiters = lock(&self.limiters);
        let at = limiters.iter().position(|(known, _)| *known == limit);
        let at = at.unwrap_or_else(|| {
            limiters.push((limit, MemoryRateLimiter::new(limit, self.capacity)));
            limiters.len() - 1
        });
        let verdict = limiters[at].1.admit(caller, self.clock.now());
        Box::pin(ready(verdict))
    }
}

/// What another thread left in a panic is still in order: the core's guards do not panic half way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
