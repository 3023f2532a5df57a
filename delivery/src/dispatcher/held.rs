//! What this process has taken, and until when it is nobody else's.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use countersign::{DeliveryError, UnixTime};

/// The deliveries that this process has taken.
pub(crate) struct Held {
    lease: Duration,
    /// Of this process; a count makes it a token of one taking.
    name: String,
    count: AtomicU64,
    start: Instant,
    leases: Mutex<HashMap<i64, Arc<Lease>>>,
}

/// One that was taken.
pub(crate) struct Lease {
    pub(crate) token: Arc<str>,
    /// Until when it is nobody else's, in milliseconds from a start.
    until: AtomicU64,
    /// The attempt that was begun, and when.
    begun: OnceLock<(u32, UnixTime)>,
}

impl Lease {
    /// This attempt begins.
    pub(super) fn begin(&self, attempt: u32, at: UnixTime) {
        // There is one attempt for each lease.
        let _ = self.begun.set((attempt, at));
    }

    pub(super) fn begun(&self) -> Option<(u32, UnixTime)> {
        self.begun.get().copied()
    }
}

impl Held {
    pub(super) fn new(lease: Duration) -> Result<Self, DeliveryError> {
        let name = getrandom::u64().map_err(|_| DeliveryError::OutboxUnavailable)?;
        Ok(Self {
            lease,
            name: format!("{name:016x}"),
            count: AtomicU64::new(0),
            start: Instant::now(),
            leases: Mutex::default(),
        })
    }

    /// How long a lease is.
    pub(super) fn lease(&self) -> Duration {
        self.lease
    }

    /// A token that nobody has.
    pub(super) fn new_token(&self) -> Arc<str> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{}-{count:x}", self.name).into()
    }

    /// The time, to be asked before the database is, so that a lease never ends later here than it
    /// does there.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// It was taken for one lease from then on.
    pub(super) fn add(&self, number: i64, token: Arc<str>, from: u64) -> Arc<Lease> {
        let lease = Arc::new(Lease {
            token,
            until: AtomicU64::new(self.end(from)),
            begun: OnceLock::new(),
        });
        self.leases().insert(number, lease.clone());
        lease
    }

    /// It is not held any more under this token.
    pub(super) fn remove(&self, number: i64, token: &str) {
        let mut leases = self.leases();
        if leases
            .get(&number)
            .is_some_and(|lease| &*lease.token == token)
        {
            leases.remove(&number);
        }
    }

    /// All that are held.
    pub(super) fn all(&self) -> Vec<(i64, Arc<Lease>)> {
        let leases = self.leases();
        leases
            .iter()
            .map(|(number, lease)| (*number, lease.clone()))
            .collect()
    }

    pub(super) fn holds(&self, number: i64) -> bool {
        self.leases().contains_key(&number)
    }

    /// It is held for one lease from then on.
    pub(super) fn extend(&self, lease: &Lease, from: u64) {
        lease.until.store(self.end(from), Ordering::Relaxed);
    }

    /// Whether it stays nobody else's for so long.
    pub(super) fn lasts(&self, lease: &Lease, duration: Duration) -> bool {
        let duration = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let end = self.now().saturating_add(duration);
        lease.until.load(Ordering::Relaxed) > end
    }

    fn end(&self, from: u64) -> u64 {
        from.saturating_add(u64::try_from(self.lease.as_millis()).unwrap_or(u64::MAX))
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<i64, Arc<Lease>>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
