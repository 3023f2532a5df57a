//! Workers: they take events out of an inbox and give them to the handlers of a receiver.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::RetryPolicy;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::keeper::{Common, keep};
use super::store::Inbox;
use crate::receiver::Receiver;
use crate::service::ReceiverService;

/// How long [`run_until`](Workers::run_until) waits for handlers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Handles the events of a receiver's scheme, in tasks of tokio.
///
/// Start them in the process of the server, or in another with a receiver of the same webhook and
/// handlers. An attempt fails if its handler returns an error (noted and logged is the name of its
/// type, as [`std::any::type_name`] has it: one of the program's own tells more than
/// `Box<dyn Error>`), panics (`panic`), or takes too long (`handler_timeout`); or if there is no
/// handler any more (`no_handler`). An event whose workers died each time is `lease_expired`. The
/// text of an error goes nowhere.
///
/// ```
/// use std::convert::Infallible;
/// use std::time::Duration;
/// use countersign::{RetryPolicy, Scheme, Secret, Webhook};
/// use countersign_tower::Receiver;
/// use countersign_tower::inbox::{Inbox, Workers};
///
/// async fn serve(webhook: Webhook, inbox: Inbox) -> Result<(), countersign::Error> {
///     let service = Receiver::new(webhook)
///         .inbox(inbox.clone())
///         .on("invoice.paid", async |event| {
///             println!("{:?}", event.id());
///             Ok::<(), Infallible>(())
///         })?
///         .into_service();
///     let workers = Workers::new(&service, &inbox)
///         .policy(RetryPolicy::exponential(Duration::from_secs(1), 5))
///         .start();
///     // Here the server runs.
///     workers.stop(Duration::from_secs(30)).await;
///     Ok(())
/// }
/// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
/// # let folder = tempfile::tempdir().unwrap();
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// #     let inbox = countersign_tower::inbox::SqliteInbox::new(folder.path().join("inbox.db"));
/// #     serve(webhook, inbox.open().unwrap()).await
/// # })?;
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "workers do nothing until they are started"]
pub struct Workers {
    receiver: Arc<Receiver>,
    inbox: Inbox,
    settings: Settings,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    pub(super) policy: RetryPolicy,
    pub(super) lease: Duration,
    pub(super) time_limit: Duration,
    pub(super) poll: Duration,
}

impl Workers {
    /// Workers with the handlers of this service.
    pub fn new(service: &ReceiverService, inbox: &Inbox) -> Self {
        Self {
            receiver: service.receiver().clone(),
            inbox: inbox.clone(),
            settings: Settings {
                concurrency: 4,
                policy: RetryPolicy::standard(),
                lease: Duration::from_secs(60),
                time_limit: Duration::from_secs(600),
                poll: Duration::from_secs(1),
            },
        }
    }

    /// How many events are handled at a time, at least one; 4 if not said.
    pub fn concurrency(mut self, count: usize) -> Self {
        self.settings.concurrency = count.max(1);
        self
    }

    /// When a failed event is tried again and how often; as Standard Webhooks has it, ten times in
    /// three days, if not said.
    pub fn policy(mut self, policy: RetryPolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// How long an event of a process that died waits for another; 60 seconds if not said. It is
    /// renewed while a handler runs.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease.max(Duration::from_millis(1));
        self
    }

    /// After how long a handler counts as failed and is cancelled where it awaits something; 600
    /// seconds if not said. One that blocks its thread cannot be stopped.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.settings.time_limit = time;
        self
    }

    /// How often to look for what other processes have inserted; every second if not said. What
    /// this process inserts is found at once.
    pub fn poll(mut self, interval: Duration) -> Self {
        self.settings.poll = interval.max(Duration::from_millis(1));
        self
    }

    /// Starts them. Call it in a runtime of tokio.
    pub fn start(self) -> RunningWorkers {
        let common = Arc::new(Common::new(self.receiver, self.inbox, self.settings));
        let keeper = tokio::spawn(keep(common.clone()).in_current_span());
        RunningWorkers { common, keeper }
    }

    /// Works until the future ends, such as that of a signal, then ends what was begun, for which
    /// it waits 30 seconds; whether all ended in time.
    ///
    /// ```no_run
    /// # async fn work(workers: countersign_tower::inbox::Workers) {
    /// let stop = std::future::pending::<()>(); // tokio::signal::ctrl_c()
    /// workers.run_until(stop).await;
    /// # }
    /// ```
    pub async fn run_until<F: Future>(self, stop: F) -> bool {
        let running = self.start();
        stop.await;
        running.stop(PATIENCE).await
    }
}

/// Workers that were started. Dropping it stops them as [`stop`](Self::stop) does, but waits for
/// nothing.
#[must_use = "workers stop when this is dropped"]
pub struct RunningWorkers {
    common: Arc<Common>,
    keeper: JoinHandle<()>,
}

impl RunningWorkers {
    /// Takes no more events and waits so long for those that are being handled; whether all ended
    /// in time. The others are taken over when their leases have ended.
    pub async fn stop(mut self, patience: Duration) -> bool {
        self.drain();
        let has_ended = tokio::time::timeout(patience, &mut self.keeper)
            .await
            .is_ok();
        self.common.given_up.send_replace(true);
        self.common.inbox.shared.signals.ring();
        has_ended
    }

    fn drain(&self) {
        self.common.draining.send_replace(true);
        self.common.inbox.shared.signals.ring();
    }
}

impl Drop for RunningWorkers {
    fn drop(&mut self) {
        self.drain();
    }
}

impl fmt::Debug for RunningWorkers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningWorkers").finish_non_exhaustive()
    }
}
