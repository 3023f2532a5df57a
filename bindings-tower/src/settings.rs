use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::{AddressPolicy, DEFAULT_BODY_LIMIT, DEFAULT_LEASE, RateLimit, UnixTime};
use http::uri::{Authority, Scheme};

use crate::handler::Consent;
use crate::inbox::EventStore;
use crate::journal::system_time;
use crate::store::{MemoryRateStore, MemoryReplayStore, RateStore, ReplayStore};

const BODY_TIMEOUT: Duration = Duration::from_secs(10);
const DEADLINE: Duration = Duration::from_secs(8);

/// What becomes of requests while a store fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenStoreFails {
    /// They are refused with `store_unavailable` (503), so that the provider delivers again.
    #[default]
    Refuse,
    /// They pass: events may then be handled twice, and callers are not limited.
    Admit,
}

/// The settings of a receiver, with what is meant where nothing is said.
pub(crate) struct Settings {
    pub(crate) address: AddressPolicy,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) rate_store: Arc<dyn RateStore>,
    pub(crate) replay: Option<Arc<dyn ReplayStore>>,
    pub(crate) inbox: Option<Arc<dyn EventStore>>,
    /// How long an answer waits for a worker.
    pub(crate) wait: Duration,
    pub(crate) lease: Duration,
    pub(crate) body_limit: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) when_store_fails: WhenStoreFails,
    pub(crate) clock: Box<dyn Fn() -> UnixTime + Send + Sync>,
    pub(crate) origin: Option<(Scheme, Authority)>,
    /// Whether the program asked for what a handshake hands over.
    pub(crate) on_handshake: Option<Consent>,
    #[cfg(feature = "asymmetric")]
    pub(crate) keys: Option<Arc<dyn crate::keys::KeySource>>,
    /// Whether the client's address decides anything.
    pub(crate) needs_peer: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: AddressPolicy::new(),
            rate_limit: None,
            rate_store: Arc::new(MemoryRateStore::default()),
            replay: Some(Arc::new(MemoryReplayStore::default())),
            inbox: None,
            wait: Duration::ZERO,
            lease: DEFAULT_LEASE,
            body_limit: DEFAULT_BODY_LIMIT,
            body_timeout: BODY_TIMEOUT,
            deadline: DEADLINE,
            when_store_fails: WhenStoreFails::default(),
            clock: Box::new(system_time),
            origin: None,
            on_handshake: None,
            #[cfg(feature = "asymmetric")]
            keys: None,
            needs_peer: false,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("rate_limit", &self.rate_limit)
            .field("has_replay_store", &self.replay.is_some())
            .field("has_inbox", &self.inbox.is_some())
            .field("wait", &self.wait)
            .field("lease", &self.lease)
            .field("body_limit", &self.body_limit)
            .field("body_timeout", &self.body_timeout)
            .field("deadline", &self.deadline)
            .field("when_store_fails", &self.when_store_fails)
            .finish_non_exhaustive()
    }
}
