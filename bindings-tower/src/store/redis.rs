//! Claims and rates in Redis: what several machines share. One atomic script decides.

use std::sync::Arc;
use std::time::Duration;

use countersign::redis::{ADMIT, CLAIM, CLAIM_PREFIX, COMPLETE, RATE_PREFIX, RELEASE};
use countersign::{GuardError, RateLimit};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult, Script};

use super::token::random_token;
use super::{OpenError, RateStore, ReplayStore, StoreFuture};

/// After how long Redis counts as down.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long one attempt to connect may take.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);
/// What the script answers about a key.
const CLAIMED: i64 = -1;
const HANDLED: i64 = -2;
/// The longest that a sender is asked to wait for a handler that is running, in milliseconds.
const MAX_PROGRESS_WAIT: u64 = 10_000;

/// Claims and rates in Redis, for both stores of a receiver: clones share the connection, which
/// comes back when the server does. Its clock is that of the server.
///
/// ```no_run
/// # use countersign::{Scheme, Secret, Webhook};
/// use countersign_tower::{Receiver, RedisStore};
///
/// # async fn receiver(webhook: Webhook) -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::open("redis://127.0.0.1/")?;
/// let receiver = Receiver::new(webhook)
///     .replay_store(store.clone())
///     .rate_store(store);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    scripts: Arc<Scripts>,
    timeout: Duration,
}

struct Scripts {
    claim: Script,
    complete: Script,
    release: Script,
    admit: Script,
}

impl RedisStore {
    /// The store on the server at this URL, such as `redis://127.0.0.1:6379/0`. It connects with
    /// the first request, so that a receiver starts while Redis is down. Call it in a runtime of
    /// tokio.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let client = Client::open(url).map_err(OpenError::new)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let connection = ConnectionManager::new_lazy_with_config(client, config);
        Ok(Self {
            connection: connection.map_err(OpenError::new)?,
            scripts: Arc::new(Scripts {
                claim: Script::new(CLAIM),
                complete: Script::new(COMPLETE),
                release: Script::new(RELEASE),
                admit: Script::new(ADMIT),
            }),
            timeout: TIMEOUT,
        })
    }

    /// After how long Redis counts as down; 2 seconds if not said, which is the most.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(TIMEOUT);
        self
    }

    /// What a script answers.
    async fn run(
        &self,
        script: impl Fn(&Scripts) -> &Script,
        key: String,
        arguments: impl AsRef<[String]>,
    ) -> RedisResult<i64> {
        let mut invocation = script(&self.scripts).key(key);
        for argument in arguments.as_ref() {
            invocation.arg(argument);
        }
        // A server that was restarted has forgotten the script; this sends it again.
        invocation.invoke_async(&mut self.connection.clone()).await
    }

    async fn in_time<T>(
        &self,
        answer: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, GuardError> {
        let kind = match tokio::time::timeout(self.timeout, answer).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => Some(error.kind()),
            Err(_) => None,
        };
        // The kind alone: texts of Redis quote keys and arguments.
        tracing::error!(
            code = "store_unavailable",
            ?kind,
            "Redis failed, or was too slow if there is no kind"
        );
        Err(GuardError::StoreUnavailable)
    }
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the connection, whose address may have a password.
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

impl ReplayStore for RedisStore {
    fn claim<'a>(&'a self, key: &'a str, lease: Duration) -> StoreFuture<'a, String> {
        Box::pin(async move {
            let token = random_token()?;
            let answer = self
                .in_time(self.claim_or_give_back(key, &token, lease))
                .await?;
            match answer {
                CLAIMED => Ok(token),
                HANDLED => Err(GuardError::DuplicateEvent),
                wait => Err(GuardError::EventInProgress {
                    retry_after: Duration::from_millis(wait.unsigned_abs().min(MAX_PROGRESS_WAIT)),
                }),
            }
        })
    }

    fn complete<'a>(
        &'a self,
        key: &'a str,
        _token: &'a str,
        lifetime: Duration,
    ) -> StoreFuture<'a, ()> {
        let (key, lifetime) = (claim_name(key), milliseconds(lifetime));
        Box::pin(async move {
            let noted = self.run(|scripts| &scripts.complete, key, [lifetime]);
            self.in_time(noted).await.map(drop)
        })
    }

    fn release<'a>(&'a self, key: &'a str, token: &'a str) -> StoreFuture<'a, ()> {
        let (key, token) = (claim_name(key), token.to_owned());
        Box::pin(async move {
            let noted = self.run(|scripts| &scripts.release, key, [token]);
            self.in_time(noted).await.map(drop)
        })
    }
}

impl RedisStore {
    /// The answer of the script that claims, from a task that runs on if nobody waits any more: a
    /// claim that came too late is nobody's, and must not hold the key until its lease ends.
    async fn claim_or_give_back(
        &self,
        key: &str,
        token: &str,
        lease: Duration,
    ) -> RedisResult<i64> {
        let (store, name, token) = (self.clone(), claim_name(key), token.to_owned());
        let (sender, receiver) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let arguments = [token.clone(), milliseconds(lease)];
            let claimed = store
                .run(|scripts| &scripts.claim, name.clone(), arguments)
                .await;
            let is_mine = matches!(claimed, Ok(CLAIMED));
            // Redis may have claimed it, or still do, even if its answer was lost.
            let is_lost = claimed.is_err();
            let is_late = sender.send(claimed).is_err();
            if is_lost || is_mine && is_late {
                let released = store.run(|scripts| &scripts.release, name, [token]);
                // That Redis fails was told; if it fails here too, the lease ends by itself.
                let _ = released.await;
            }
        });
        // The task always answers, unless the runtime ends.
        let ended = || std::io::Error::from(std::io::ErrorKind::Interrupted).into();
        receiver.await.unwrap_or_else(|_| Err(ended()))
    }
}

impl RateStore for RedisStore {
    fn admit<'a>(&'a self, caller: &'a str, limit: RateLimit) -> StoreFuture<'a, ()> {
        let name = format!("{RATE_PREFIX}{caller}");
        let numbers = [
            limit.requests().to_string(),
            limit.window_ms().to_string(),
            limit.slot_ms().to_string(),
        ];
        Box::pin(async move {
            let admitted = self.run(|scripts| &scripts.admit, name, numbers);
            match self.in_time(admitted).await? {
                0 => Ok(()),
                wait => Err(GuardError::RateLimited {
                    retry_after: Duration::from_millis(wait.unsigned_abs()),
                }),
            }
        })
    }
}

fn claim_name(key: &str) -> String {
    format!("{CLAIM_PREFIX}{key}")
}

/// Whole milliseconds, rounded up.
fn milliseconds(duration: Duration) -> String {
    duration.as_nanos().div_ceil(1_000_000).to_string()
}
