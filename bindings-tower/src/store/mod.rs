//! Where claims on deliveries and the rates of callers are kept.

mod memory;
#[cfg(any(feature = "sqlite", feature = "redis", feature = "postgres"))]
mod open;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "redis", feature = "postgres"))]
mod token;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign::{GuardError, RateLimit};

pub use self::memory::{MemoryRateStore, MemoryReplayStore};
#[cfg(any(feature = "sqlite", feature = "redis", feature = "postgres"))]
pub use self::open::OpenError;
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) use self::token::random_token;

/// What a store will answer.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, GuardError>> + Send + 'a>>;

/// Keeps the claims on dedupe keys. Several processes that receive for one endpoint need one that
/// they share.
///
/// A claim is first in progress, under a lease: whoever holds its token may handle the event. Any
/// error but those named counts as `store_unavailable`.
///
/// ```
/// use std::time::Duration;
/// use countersign_tower::{MemoryReplayStore, ReplayStore};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let store = MemoryReplayStore::default();
/// let token = store.claim("stripe:evt_1", Duration::from_secs(300)).await?;
/// store.complete("stripe:evt_1", &token, Duration::from_secs(86_400)).await?;
/// let again = store.claim("stripe:evt_1", Duration::from_secs(300)).await;
/// assert_eq!(again.unwrap_err().code(), "duplicate_event");
/// # Ok::<(), countersign::GuardError>(())
/// # }).unwrap();
/// ```
pub trait ReplayStore: Send + Sync + 'static {
    /// Takes the key for a handler that is about to run; the claim's token.
    ///
    /// # Errors
    /// `duplicate_event` if it was handled; `event_in_progress` if another holds it.
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String>;

    /// The event was handled: its key is refused for this long.
    ///
    /// # Errors
    /// The store fails.
    fn complete<'a>(
        &'a self,
        key: &'a str,
        token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()>;

    /// The event was not handled: the next attempt may be. Nothing happens if another has the key.
    ///
    /// # Errors
    /// The store fails.
    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()>;
}

/// Keeps the requests of each caller. Several processes that receive for one endpoint need one that
/// they share.
pub trait RateStore: Send + Sync + 'static {
    /// Counts one more request of the caller.
    ///
    /// # Errors
    /// `rate_limited`. Anything else counts as `store_unavailable`.
    fn admit<'a>(&'a self, caller: &'a str, limit: RateLimit) -> StoreFuture<'a, ()>;
}

impl<S: ReplayStore + ?Sized> ReplayStore for Arc<S> {
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String> {
        (**self).claim(key, lease)
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()> {
        (**self).complete(key, token, lifetime)
    }

    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()> {
        (**self).release(key, token)
    }
}

impl<S: RateStore + ?Sized> RateStore for Arc<S> {
    fn admit<'a>(&'a self, caller: &'a str, limit: RateLimit) -> StoreFuture<'a, ()> {
        (**self).admit(caller, limit)
    }
}
