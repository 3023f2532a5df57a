//! What a sender is made of.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, SystemTime};

use countersign::{
    ConfigurationError, HealthPolicy, RetryPolicy, Scheme, Secret, UnixTime, Webhook,
};
use countersign_database::Database;

use crate::open_error::OpenError;
use crate::sender::{Sender, Shared};
use crate::transport::{Timeouts, Transport, TransportSettings};
use crate::vault::Vault;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// How a [`Sender`] sends; each setting has a default.
///
/// ```
/// use countersign::{Scheme, Secret};
/// use countersign_delivery::SenderOptions;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("outbox.db");
///
/// let sender = SenderOptions::new()
///     .webhook(Scheme::STANDARD, [Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?])?
///     .encryption_key(&[7; 32])?
///     .concurrency(256)
///     .open_sqlite(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a sender is made by `open_sqlite` or `open_postgres`"]
pub struct SenderOptions {
    pub(crate) webhook: Option<Webhook>,
    pub(crate) schemes: Vec<Scheme>,
    #[cfg(feature = "schema")]
    pub(crate) schemas: crate::schemas::Schemas,
    pub(crate) vault: Vault,
    pub(crate) clock: Clock,
    pub(crate) retry_policy: RetryPolicy,
    pub(crate) health_policy: HealthPolicy,
    pub(crate) timeouts: Timeouts,
    pub(crate) transport: TransportSettings,
    pub(crate) retention: Retention,
    pub(crate) concurrency: usize,
    pub(crate) endpoint_concurrency: usize,
    pub(crate) lease: Duration,
    pub(crate) payload_limit: usize,
    #[cfg(feature = "sqlite")]
    pub(crate) survives_power_cut: bool,
}

/// How long is kept what is done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// What was delivered: seven days if not said.
    pub delivered: Duration,
    /// How many of these at most; a million if not said.
    pub delivered_count: u64,
    /// Dead letters: thirty days if not said.
    pub dead: Duration,
    /// How long an idempotency key is known at least: a day if not said.
    pub idempotency_keys: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            delivered: 7 * DAY,
            delivered_count: 1_000_000,
            dead: 30 * DAY,
            idempotency_keys: DAY,
        }
    }
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl SenderOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            webhook: None,
            schemes: Vec::new(),
            #[cfg(feature = "schema")]
            schemas: crate::schemas::Schemas::default(),
            vault: Vault::default(),
            clock: Arc::new(system_time),
            retry_policy: RetryPolicy::standard(),
            health_policy: HealthPolicy::new(),
            timeouts: Timeouts::default(),
            transport: TransportSettings::default(),
            retention: Retention::default(),
            concurrency: 512,
            endpoint_concurrency: 16,
            lease: Duration::from_secs(90),
            payload_limit: 1 << 20,
            #[cfg(feature = "sqlite")]
            survives_power_cut: true,
        }
    }

    /// The scheme and secrets of endpoints that have none of their own, and of URLs that are sent to
    /// without being registered. All secrets sign where the scheme has room for several signatures.
    ///
    /// # Errors
    /// As for [`Webhook::new`]; `malformed_scheme` if the scheme has its signature in the body.
    pub fn webhook(
        mut self,
        scheme: Scheme,
        secrets: impl IntoIterator<Item = Secret>,
    ) -> Result<Self, ConfigurationError> {
        let webhook = Webhook::new(scheme, secrets)?.with_every_secret_signing();
        webhook.check_signs_headers()?;
        self.webhook = Some(webhook);
        Ok(self)
    }

    /// A scheme of the program's own, which endpoints name besides those that are registered.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.schemes.push(scheme);
        self
    }

    /// What the payloads of some event types must be, as a JSON Schema 2020-12 of the whole payload:
    /// one that does not fit is not sent. The patterns are those of
    /// [`Routes`](countersign::Routes); the most specific one counts.
    ///
    /// ```
    /// use countersign_delivery::SenderOptions;
    ///
    /// let invoice = serde_json::json!({
    ///     "properties": {"data": {"required": ["id"]}}
    /// });
    /// let options = SenderOptions::new().payload_schema("invoice.*", &invoice)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    ///
    /// # Errors
    /// `malformed_schema`, `malformed_pattern`; `duplicate_handler` if the pattern has one.
    #[cfg(feature = "schema")]
    pub fn payload_schema(
        mut self,
        pattern: &str,
        schema: &serde_json::Value,
    ) -> Result<Self, ConfigurationError> {
        self.schemas.add(pattern, schema)?;
        Ok(self)
    }

    /// A key of 32 random bytes that encrypts the secrets of endpoints in the database. The first
    /// key encrypts, each decrypts, so that a key is replaced by putting a new one before it and
    /// registering the endpoints again. Without a key, who reads the database can sign for every
    /// endpoint, which is said in the log when a sender is opened.
    ///
    /// # Errors
    /// `malformed_secret` if it has not 32 bytes.
    pub fn encryption_key(mut self, key: &[u8]) -> Result<Self, ConfigurationError> {
        self.vault.add_key(key)?;
        Ok(self)
    }

    /// Another clock than the system's. PostgreSQL's own clock decides what is due there.
    pub fn clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// When a message is tried again and how often, at endpoints that do not say otherwise; as
    /// Standard Webhooks has it, ten times in three days, if not said.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = policy;
        self
    }

    /// When endpoints are throttled, given a rest and disabled.
    pub fn health_policy(mut self, policy: HealthPolicy) -> Self {
        self.health_policy = policy;
        self
    }

    /// How long an attempt may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How requests are made.
    pub fn transport(mut self, settings: TransportSettings) -> Self {
        self.transport = settings;
        self
    }

    /// How long is kept what is done.
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// How many attempts this process makes at a time, at least one; 512 if not said. The last quarter
    /// of them is for endpoints at which it makes none, so that those that hang hold up no others.
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// How many of these are at one endpoint that does not say otherwise, at least one; 16 if not
    /// said.
    pub fn endpoint_concurrency(mut self, count: usize) -> Self {
        self.endpoint_concurrency = count.max(1);
        self
    }

    /// How long what a process that died was about to send waits for another, at least twice the
    /// time that an attempt may take; 90 seconds if not said. It is renewed while the process lives.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// The longest payload, in bytes; a mebibyte if not said.
    pub fn payload_limit(mut self, bytes: usize) -> Self {
        self.payload_limit = bytes;
        self
    }

    /// Has [`Sender::send`] return before the disk has the message: it survives the end of the
    /// process, but a power cut may lose what was sent in the last moments. If not said it survives a
    /// power cut, too, as far as the disk keeps what it says it has written; that costs one
    /// synchronisation of the file, some tenths of a millisecond to some tens of milliseconds, for
    /// all messages that are sent meanwhile together.
    #[cfg(feature = "sqlite")]
    pub fn without_synchronisation(mut self) -> Self {
        self.survives_power_cut = false;
        self
    }

    /// Opens the outbox in the SQLite file at this path, which is made if there is none and which
    /// the processes of one machine can share; `:memory:` for one that ends with the process.
    ///
    /// # Errors
    /// The file cannot be opened, is none of SQLite's, or the host has no entropy or certificates.
    #[cfg(feature = "sqlite")]
    pub fn open_sqlite(self, path: impl AsRef<std::path::Path>) -> Result<Sender, OpenError> {
        use countersign_database::sqlite::{Durability, SqliteOptions};

        let signals = crate::dispatcher::Signals::default();
        let ringing = signals.clone();
        let clock = self.clock.clone();
        let durability = match self.survives_power_cut {
            true => Durability::PowerCut,
            false => Durability::Process,
        };
        let database = SqliteOptions::new(path, countersign::sql::outbox::SQLITE_SCHEMA)
            .clock(move || clock())
            .durability(durability)
            .thread_name("countersign-out")
            .on_foreign_commit(move || ringing.look())
            .open()
            .map_err(|error| OpenError::of(error.into_source()))?;
        let shared = self.share(Box::new(database), signals)?;
        Ok(Sender::new(shared))
    }

    /// Opens the outbox in the PostgreSQL database that is named as libpq takes it: a URL
    /// `postgresql://...` or `host=... dbname=...`. Any number of machines can share it; the server's
    /// clock decides what is due, and its settings what a commit survives (`synchronous_commit`). It
    /// connects with the first message, so that a program starts while the server is down. The
    /// connections are without TLS; see [`open_postgres_database`](Self::open_postgres_database).
    ///
    /// # Errors
    /// What names the database is malformed, or the host has no entropy or certificates.
    #[cfg(feature = "postgres")]
    pub fn open_postgres(self, conninfo: impl Into<String>) -> Result<Sender, OpenError> {
        let database = Self::postgres(conninfo).open();
        self.open_postgres_database(database.map_err(|error| OpenError::of(error.into_source()))?)
    }

    /// The database of an outbox, before it is opened: with other limits or with TLS.
    ///
    /// ```no_run
    /// use countersign_delivery::SenderOptions;
    ///
    /// let database = SenderOptions::postgres("postgresql://localhost/shop").connections(4).open()?;
    /// let sender = SenderOptions::new().open_postgres_database(database)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "postgres")]
    pub fn postgres(
        conninfo: impl Into<String>,
    ) -> countersign_database::postgres::PostgresOptions {
        countersign_database::postgres::PostgresOptions::new(
            conninfo,
            countersign::sql::outbox::POSTGRES_SCHEMA,
            "countersign_delivery",
        )
    }

    /// Opens the outbox in a database that [`postgres`](Self::postgres) named.
    ///
    /// # Errors
    /// The host has no entropy or certificates.
    #[cfg(feature = "postgres")]
    pub fn open_postgres_database(
        self,
        database: countersign_database::postgres::PostgresDatabase,
    ) -> Result<Sender, OpenError> {
        let mut shared = self.share(
            Box::new(database.clone()),
            crate::dispatcher::Signals::default(),
        )?;
        shared.postgres = Some(database);
        Ok(Sender::new(shared))
    }

    fn share(
        self,
        database: Box<dyn Database>,
        signals: crate::dispatcher::Signals,
    ) -> Result<Shared, OpenError> {
        if self.vault.is_open() {
            tracing::warn!(
                "the secrets of endpoints are stored unencrypted; give the sender an encryption key"
            );
        }
        let transport = Transport::new(self.transport.clone()).map_err(OpenError::new)?;
        Ok(Shared {
            database,
            transport,
            signals,
            options: self,
            observers: crate::observers::Observers::default(),
            latest: AtomicI64::default(),
            #[cfg(feature = "postgres")]
            postgres: None,
        })
    }
}

impl fmt::Debug for SenderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SenderOptions")
            .field("webhook", &self.webhook)
            .field("retry_policy", &self.retry_policy)
            .field("concurrency", &self.concurrency)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

fn system_time() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from(since_epoch.unwrap_or_default())
}
