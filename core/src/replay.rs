//! Each delivery is handled once: a claim on its dedupe key before the handler runs, and what
//! becomes of the claim after it.
//!
//! A claim is first *in progress*, under a lease: whoever holds it may handle the event. When the
//! handler succeeds the claim is *handled*, for the lifetime of the scheme's dedupe keys. When it
//! fails the claim is released, so that the provider's next attempt is handled; when the process
//! dies the lease runs out, which has the same effect, later.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use core::time::Duration;

use crate::error::GuardError;
use crate::time::UnixTime;

/// The longest that a provider is asked to wait for a handler that is running.
const MAX_PROGRESS_WAIT: Duration = Duration::from_secs(10);

/// How long an event may be in progress if nothing else is said. It must be longer than any
/// handler takes, and is how long an event waits whose process died.
pub const DEFAULT_LEASE: Duration = Duration::from_secs(300);

/// What a store holds for a dedupe key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Held {
    /// Somebody handles it and has until then.
    InProgress {
        /// When the lease ends.
        until: UnixTime,
    },
    /// It was handled, which is remembered until then.
    Handled {
        /// When it is forgotten.
        until: UnixTime,
    },
}

/// Whether a delivery may be handled now, given what the store holds for its key. The caller
/// becomes the holder of a new lease if it may.
///
/// A wrong refusal of a handled key costs an event; so one is held no longer than the provider can
/// send it again. A wrong admission costs that it is handled twice; so a key whose end lies further
/// ahead than a lease, because the clock was set back, is still in progress.
///
/// # Errors
/// `duplicate_event`; `event_in_progress`, and when to ask again.
///
/// ```
/// use countersign::{Held, UnixTime, decide_claim};
///
/// let at = UnixTime::from_seconds;
/// assert!(decide_claim(None, at(1_000)).is_ok());
/// let held = Some(Held::InProgress { until: at(1_004) });
/// assert_eq!(decide_claim(held, at(1_000)).unwrap_err().code(), "event_in_progress");
/// assert!(decide_claim(held, at(1_004)).is_ok());
/// ```
pub fn decide_claim(held: Option<Held>, now: UnixTime) -> Result<(), GuardError> {
    match held {
        Some(Held::InProgress { until }) if now < until => Err(GuardError::EventInProgress {
            retry_after: until.saturating_since(now).min(MAX_PROGRESS_WAIT),
        }),
        Some(Held::Handled { until }) if now < until => Err(GuardError::DuplicateEvent),
        _ => Ok(()),
    }
}

/// Which claim on a key: one that was lost with its lease cannot release its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimToken(u64);

impl ClaimToken {
    /// The number that [`number`](Self::number) gave.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The token as a number, for hosts that cannot hold the type.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The claims of one process, in memory.
///
/// Its size is bounded: beyond the capacity the handled key that would be forgotten next is
/// forgotten now, so that a provider which sends that old delivery again has it handled again. A
/// capacity of more than the deliveries of a day avoids it. Keys in progress are never dropped.
///
/// ```
/// use std::time::Duration;
/// use countersign::{MemoryReplayGuard, UnixTime};
///
/// let at = UnixTime::from_seconds;
/// let (lease, lifetime) = (Duration::from_secs(300), Duration::from_secs(86_400));
/// let mut guard = MemoryReplayGuard::new(1_000);
///
/// let token = guard.claim("stripe:evt_1", at(1_000), lease)?;
/// guard.complete("stripe:evt_1", at(1_002), lifetime);
/// let again = guard.claim("stripe:evt_1", at(1_003), lease).unwrap_err();
/// assert_eq!(again.code(), "duplicate_event");
///
/// let token = guard.claim("stripe:evt_2", at(1_004), lease)?;
/// guard.release("stripe:evt_2", token);
/// assert!(guard.claim("stripe:evt_2", at(1_005), lease).is_ok());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MemoryReplayGuard {
    capacity: usize,
    claims: BTreeMap<Arc<str>, Claim>,
    /// All keys by when their claim ends.
    ends: BTreeSet<(UnixTime, Arc<str>)>,
    next: u64,
}

#[derive(Debug, Clone, Copy)]
struct Claim {
    held: Held,
    token: ClaimToken,
}

impl Held {
    fn until(self) -> UnixTime {
        match self {
            Self::InProgress { until } | Self::Handled { until } => until,
        }
    }
}

impl MemoryReplayGuard {
    /// How many keys are remembered if nothing else is said.
    pub const DEFAULT_CAPACITY: usize = 100_000;

    /// Remembers so many keys, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            claims: BTreeMap::new(),
            ends: BTreeSet::new(),
            next: 0,
        }
    }

    /// Takes the key for a handler that is about to run. `now` may be of any clock that does not
    /// step, the same in all calls.
    ///
    /// # Errors
    /// As [`decide_claim`]; `store_unavailable` if so many keys as there is room for are in
    /// progress.
    pub fn claim(
        &mut self,
        key: &str,
        now: UnixTime,
        lease: Duration,
    ) -> Result<ClaimToken, GuardError> {
        self.forget_ended(now);
        let held = self.claims.get(key).map(|claim| claim.held);
        decide_claim(held, now)?;
        self.make_room(key)?;
        let token = ClaimToken(self.next);
        self.next += 1;
        let until = now.saturating_add(lease);
        self.hold(key, Held::InProgress { until }, token);
        Ok(token)
    }

    /// The event was handled: its key is refused for this long. That is not noted if the claim ran
    /// out long ago and as many keys as there is room for are in progress.
    pub fn complete(&mut self, key: &str, now: UnixTime, lifetime: Duration) {
        self.forget_ended(now);
        if self.make_room(key).is_err() {
            return;
        }
        let until = now.saturating_add(lifetime);
        self.hold(key, Held::Handled { until }, ClaimToken(self.next));
        self.next += 1;
    }

    /// The event was not handled: the next attempt may be. Nothing happens if the key was taken by
    /// another since, or handled.
    pub fn release(&mut self, key: &str, token: ClaimToken) {
        let known = self.claims.get_key_value(key);
        let Some((key, claim)) = known.filter(|(_, claim)| claim.token == token) else {
            return;
        };
        self.ends.remove(&(claim.held.until(), key.clone()));
        let key = key.clone();
        self.claims.remove(&key);
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }

    fn hold(&mut self, key: &str, held: Held, token: ClaimToken) {
        let known = self.claims.remove_entry(key);
        let key = match known {
            None => key.into(),
            Some((key, claim)) => {
                self.ends.remove(&(claim.held.until(), key.clone()));
                key
            }
        };
        self.ends.insert((held.until(), key.clone()));
        self.claims.insert(key, Claim { held, token });
    }

    fn forget_ended(&mut self, now: UnixTime) {
        while let Some((until, _)) = self.ends.first() {
            if now < *until {
                break;
            }
            if let Some((_, key)) = self.ends.pop_first() {
                self.claims.remove(&key);
            }
        }
    }

    /// Forgets the handled key that ends next, if this one needs its place.
    fn make_room(&mut self, key: &str) -> Result<(), GuardError> {
        if self.claims.len() < self.capacity || self.claims.contains_key(key) {
            return Ok(());
        }
        let is_handled = |key: &Arc<str>| {
            let claim = self.claims.get(key);
            claim.is_some_and(|claim| matches!(claim.held, Held::Handled { .. }))
        };
        let next = self.ends.iter().find(|(_, key)| is_handled(key)).cloned();
        let next = next.ok_or(GuardError::StoreUnavailable)?;
        self.claims.remove(&next.1);
        self.ends.remove(&next);
        Ok(())
    }
}
