use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign::{
    AddressPolicy, ConfigurationError, HandshakeReply, RateLimit, Routes, UnixTime, Webhook,
};
use http::uri::{Authority, Scheme};

use crate::event::ReceivedEvent;
use crate::handler::{Handler, consent, handler};
use crate::inbox::EventStore;
use crate::journal::Observer;
#[cfg(feature = "asymmetric")]
use crate::keys::KeySource;
use crate::layer::VerifyLayer;
use crate::outcome::Outcome;
#[cfg(feature = "schema")]
use crate::schemas::Schemas;
use crate::service::ReceiverService;
use crate::settings::{Settings, WhenStoreFails};
use crate::store::{RateStore, ReplayStore};

/// Takes the deliveries of one webhook: checks each request, gives its event to the handler of its
/// type once, and answers.
///
/// ```
/// use std::convert::Infallible;
/// use std::time::Duration;
/// use countersign::{RateLimit, Scheme, Secret, Webhook};
/// use countersign_tower::Receiver;
///
/// let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
/// let service = Receiver::new(webhook)
///     .rate_limit(RateLimit::new(100, Duration::from_secs(60))?)
///     .on("invoice.paid", async |event| {
///         println!("{:?} was paid", event.id());
///         Ok::<(), Infallible>(())
///     })?
///     .into_service();
/// # Ok::<(), countersign::Error>(())
/// ```
pub struct Receiver {
    pub(crate) webhook: Webhook,
    pub(crate) settings: Settings,
    pub(crate) routes: Routes,
    /// By the numbers of `routes`.
    pub(crate) handlers: Vec<Handler>,
    #[cfg(feature = "schema")]
    pub(crate) schemas: Schemas,
    pub(crate) observers: Vec<Observer>,
    peer_was_missed: AtomicBool,
}

impl Receiver {
    /// A receiver without handlers: it ignores every authentic event.
    pub fn new(webhook: Webhook) -> Self {
        Self {
            webhook,
            settings: Settings::default(),
            routes: Routes::new(),
            handlers: Vec::new(),
            #[cfg(feature = "schema")]
            schemas: Schemas::default(),
            observers: Vec::new(),
            peer_was_missed: AtomicBool::new(false),
        }
    }

    /// Gives events of this type to the handler: a whole name, a beginning such as `payment.*`, or
    /// `*` for all. The most specific pattern wins.
    ///
    /// A handler that fails or panics is answered 500, so that the provider delivers the event
    /// again. The text of its error goes nowhere, since such texts quote payloads: a handler logs
    /// its own reasons. (With `panic = "abort"` a panic ends the process, as everywhere.)
    ///
    /// # Errors
    /// `malformed_pattern`, `duplicate_handler`.
    pub fn on<H, F, E>(mut self, pattern: &str, handle: H) -> Result<Self, ConfigurationError>
    where
        H: Fn(ReceivedEvent) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        self.routes.add(pattern)?;
        self.handlers.push(handler(handle));
        Ok(self)
    }

    /// Who may call; anybody if not said.
    ///
    /// The server must tell the address at the other end of each connection: axum with
    /// `into_make_service_with_connect_info::<SocketAddr>()`, others as a
    /// [`PeerAddress`](crate::PeerAddress).
    pub fn address(mut self, policy: AddressPolicy) -> Self {
        self.settings.address = policy;
        self.settings.needs_peer = true;
        self
    }

    /// How often each client may call; without end if not said. The server must tell the address,
    /// as for [`address`](Self::address); callers without one are counted together.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.settings.rate_limit = Some(limit);
        self.settings.needs_peer = true;
        self
    }

    /// Where calls are counted; in the memory of this process if not said.
    pub fn rate_store(mut self, store: impl RateStore) -> Self {
        self.settings.rate_store = Arc::new(store);
        self
    }

    /// Where claims on deliveries are kept; in the memory of this process if not said, which
    /// neither other processes nor a restart know of.
    pub fn replay_store(mut self, store: impl ReplayStore) -> Self {
        self.settings.replay = Some(Arc::new(store));
        self
    }

    /// Events are handled as often as they come.
    pub fn without_replay_store(mut self) -> Self {
        self.settings.replay = None;
        self
    }

    /// Events are stored there and answered, and handled later by workers: see [`inbox`].
    ///
    /// The inbox is its own guard against repeated deliveries: neither the replay store nor the
    /// deadline has a part in it. What it does not store is refused with `store_unavailable`
    /// (503), whatever [`when_store_fails`](Self::when_store_fails) says, because it would be lost.
    ///
    /// [`inbox`]: crate::inbox
    pub fn inbox(mut self, inbox: impl EventStore) -> Self {
        self.settings.inbox = Some(Arc::new(inbox));
        self
    }

    /// How long an answer waits for a worker of this process to handle the event: `handled` (200)
    /// if that succeeds in time, else `pending` (202). Not at all if not said (`accepted`, 200). It
    /// is for receivers with an [`inbox`](Self::inbox).
    pub fn wait(mut self, time: Duration) -> Self {
        self.settings.wait = time;
        self
    }

    /// How long a handler may hold a delivery; 300 seconds if not said.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// The largest body in bytes; 1 MiB if not said. No more than that is ever held.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// How long a body may take to arrive; 10 seconds if not said.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.settings.body_timeout = time;
        self
    }

    /// After how long a handler is answered for with `handler_timeout`; 8 seconds if not said. It
    /// runs on and keeps its claim.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.deadline = time;
        self
    }

    /// What the whole payload of events of this type must be: JSON Schema 2020-12, by pattern as
    /// in [`on`](Self::on). Nothing is ever fetched. A form is the object of its last values.
    ///
    /// # Errors
    /// `malformed_schema`, also for a reference to another document; `malformed_pattern`;
    /// `duplicate_handler` if the pattern has a schema.
    ///
    /// ```
    /// # use countersign::{Scheme, Secret, Webhook};
    /// # use countersign_tower::Receiver;
    /// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
    /// let schema = serde_json::json!({"required": ["data"]});
    /// let receiver = Receiver::new(webhook).schema("payment.*", &schema)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    #[cfg(feature = "schema")]
    pub fn schema(
        mut self,
        pattern: &str,
        schema: &serde_json::Value,
    ) -> Result<Self, ConfigurationError> {
        self.schemas.add(pattern, schema)?;
        Ok(self)
    }

    /// What becomes of requests while a store fails; they are refused if not said.
    pub fn when_store_fails(mut self, choice: WhenStoreFails) -> Self {
        self.settings.when_store_fails = choice;
        self
    }

    /// Another clock than the system's to judge requests by, for tests with recorded requests.
    pub fn clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.settings.clock = Box::new(clock);
        self
    }

    /// Scheme and host that senders call, for schemes that sign the URL, if this host sees others.
    pub fn origin(mut self, scheme: Scheme, authority: Authority) -> Self {
        self.settings.origin = Some((scheme, authority));
        self
    }

    /// Who decides on a handshake that hands over a secret (Asana, Notion) or a subscription to confirm
    /// (Amazon SNS): true if this program asked for it just now. Without it they are refused, because
    /// anybody can send them.
    ///
    /// ```
    /// # use countersign::{Scheme, Secret, Webhook};
    /// # use countersign_tower::Receiver;
    /// // Until the secret is known: nothing verifies by one that nobody has.
    /// let webhook = Webhook::new(Scheme::ASANA, [Secret::parse("4f1c7be09d")?])?;
    /// let receiver = Receiver::new(webhook).on_handshake(async |reply| {
    ///     let is_pending = true; // Whether this program is making a webhook right now.
    ///     is_pending && reply.secret().is_some() // And it stores the secret.
    /// });
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn on_handshake<H, F>(mut self, decide: H) -> Self
    where
        H: Fn(HandshakeReply) -> F + Send + Sync + 'static,
        F: Future<Output = bool> + Send + 'static,
    {
        self.settings.on_handshake = Some(consent(decide));
        self
    }

    /// Fetches the keys of schemes that need it, such as `paypal`; without it their requests are answered
    /// 503.
    #[cfg(feature = "asymmetric")]
    pub fn keys(mut self, source: impl KeySource) -> Self {
        self.settings.keys = Some(Arc::new(source));
        self
    }

    /// Tells the observer what becomes of each request. One that panics changes no answer.
    pub fn observe(mut self, observer: impl Fn(&Outcome) + Send + Sync + 'static) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// The service that answers requests.
    pub fn into_service(self) -> ReceiverService {
        ReceiverService::new(Arc::new(self))
    }

    /// The layer that verifies in front of a service of the program; see [`VerifyLayer`].
    pub fn into_layer(self) -> VerifyLayer {
        VerifyLayer::new(Arc::new(self))
    }

    /// The state that the extractor [`VerifiedEvent`](crate::VerifiedEvent) verifies by.
    #[cfg(feature = "axum")]
    pub fn into_verifier(self) -> crate::Verifier {
        crate::Verifier::new(Arc::new(self))
    }

    /// Says once that the address at the other end is wanted and not known.
    pub(crate) fn report_missing_peer(&self) {
        if !self.peer_was_missed.swap(true, Ordering::Relaxed) {
            tracing::error!(
                scheme = self.webhook.scheme_name(),
                "the server does not tell who called: axum needs ConnectInfo, others PeerAddress"
            );
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("webhook", &self.webhook)
            .field("settings", &self.settings)
            .field("handlers", &self.handlers.len())
            .finish_non_exhaustive()
    }
}
