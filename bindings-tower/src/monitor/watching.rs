//! Watches receivers and senders.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign::monitor::{
    self as decisions, Attached, InboxView, MonitorError, Observation, OutboxView,
};

use super::inbox::{self, ShownInbox};
use super::outbox::{self, ShownOutbox};
use crate::journal::system_time;
use crate::outcome::Outcome;
use crate::receiver::Receiver;

/// Keeps the last outcomes of receivers and counts all of them, and all attempts of senders, in this
/// process and in bounded memory. A clone is the same monitor.
///
/// ```
/// # use countersign::{Scheme, Secret, Webhook};
/// # use countersign_tower::Receiver;
/// # use countersign_tower::monitor::Monitor;
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # let webhook = Webhook::new(Scheme::GITHUB, [Secret::parse("hush")?])?;
/// let monitor = Monitor::new();
/// let receiver = monitor.watch(Receiver::new(webhook), "github")?;
/// let metrics = monitor.openmetrics().await;
/// assert!(metrics.starts_with("# TYPE countersign_requests counter\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Monitor {
    state: Arc<Mutex<decisions::Monitor>>,
    inbox: Option<Arc<dyn ShownInbox>>,
    outbox: Option<Arc<dyn ShownOutbox>>,
}

/// What was read of the stores.
pub(super) struct Views {
    inbox: Option<InboxView>,
    outbox: Option<OutboxView>,
}

impl Views {
    pub(super) fn attached(&self) -> Attached<'_> {
        Attached::new(self.inbox.as_ref(), self.outbox.as_ref())
    }
}

impl Monitor {
    /// A monitor that watches nothing yet and counts from now on.
    pub fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(decisions::Monitor::new(system_time()))),
            inbox: None,
            outbox: None,
        }
    }

    /// Keeps so many outcomes, at least one; 200 if not said.
    pub fn with_recent(self, outcomes: usize) -> Self {
        self.change(|state| state.with_recent(outcomes))
    }

    /// Tells so many types of events apart for each receiver, at least one; 100 if not said. The
    /// rest is counted as `other`.
    pub fn with_most_types(self, types: usize) -> Self {
        self.change(|state| state.with_most_types(types))
    }

    /// Shows this inbox, too, with its dead letters. Clones that were made before do not.
    pub fn with_inbox(mut self, inbox: impl ShownInbox) -> Self {
        self.inbox = Some(Arc::new(inbox));
        self
    }

    /// Tells so many endpoints of senders apart, at least one; 100 if not said. The rest is counted
    /// as `other`.
    pub fn with_most_endpoints(self, endpoints: usize) -> Self {
        self.change(|state| state.with_most_endpoints(endpoints))
    }

    /// Shows this outbox, too: its endpoints, replays, attempts and dead letters. Clones that were
    /// made before do not.
    pub fn with_outbox(mut self, outbox: impl ShownOutbox) -> Self {
        self.outbox = Some(Arc::new(outbox));
        self
    }

    /// Counts the attempts that this sender makes in this process, and shows its outbox. Clones that
    /// were made before do not show it.
    ///
    /// ```no_run
    /// use countersign_delivery::SenderOptions;
    /// use countersign_tower::monitor::Monitor;
    ///
    /// let sender = SenderOptions::new().open_sqlite("outbox.db")?;
    /// let monitor = Monitor::new().with_sender(&sender);
    /// # Ok::<(), countersign_delivery::OpenError>(())
    /// ```
    #[cfg(feature = "sender")]
    pub fn with_sender(self, sender: &countersign_delivery::Sender) -> Self {
        let state = self.state.clone();
        sender.observe(move |attempt| lock(&state).observe_attempt(attempt));
        self.with_outbox(sender.clone())
    }

    /// Counts what becomes of this receiver's requests. Those that are passed on to a service of
    /// the program, which answers them, have the status 0.
    ///
    /// # Errors
    /// If there is a receiver of this name, since their counts would be mixed.
    pub fn watch(&self, receiver: Receiver, name: &str) -> Result<Receiver, MonitorError> {
        let number = self.lock().watch(name, receiver.webhook.scheme_name())?;
        let state = self.state.clone();
        Ok(receiver.observe(move |outcome| lock(&state).observe(number, &observation(outcome))))
    }

    /// All counts as the text of OpenMetrics 1.0, to be sent as
    /// [`CONTENT_TYPE`](countersign::monitor::CONTENT_TYPE).
    pub async fn openmetrics(&self) -> String {
        let views = self.views(false).await;
        self.state().openmetrics(views.attached())
    }

    /// All that the status page shows, as a JSON object: times in Unix seconds, durations in
    /// seconds, the newest outcome first.
    pub async fn snapshot(&self) -> String {
        let views = self.views(true).await;
        let process = std::process::id().into();
        self.state()
            .snapshot(views.attached(), system_time(), process)
    }

    /// What it saw until now.
    pub(super) fn state(&self) -> decisions::Monitor {
        self.lock().clone()
    }

    pub(super) fn inbox(&self) -> Option<&Arc<dyn ShownInbox>> {
        self.inbox.as_ref()
    }

    pub(super) fn outbox(&self) -> Option<&Arc<dyn ShownOutbox>> {
        self.outbox.as_ref()
    }

    /// What is shown of the inbox and the outbox, if there are any.
    pub(super) async fn views(&self, on_page: bool) -> Views {
        let mut views = Views {
            inbox: None,
            outbox: None,
        };
        if let Some(inbox) = &self.inbox {
            views.inbox = Some(inbox::view(inbox, on_page).await);
        }
        if let Some(outbox) = &self.outbox {
            views.outbox = Some(outbox::view(outbox, on_page).await);
        }
        views
    }

    fn change(self, change: impl FnOnce(decisions::Monitor) -> decisions::Monitor) -> Self {
        let mut state = self.lock();
        *state = change(state.clone());
        drop(state);
        self
    }

    fn lock(&self) -> MutexGuard<'_, decisions::Monitor> {
        lock(&self.state)
    }
}

/// Nothing panics while it holds the lock.
fn lock(state: &Mutex<decisions::Monitor>) -> MutexGuard<'_, decisions::Monitor> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("has_inbox", &self.inbox.is_some())
            .field("has_outbox", &self.outbox.is_some())
            .finish_non_exhaustive()
    }
}

fn observation(outcome: &Outcome) -> Observation<'_> {
    let status = outcome.status.unwrap_or(0);
    let mut observation = Observation::new(outcome.time, status, outcome.result, outcome.duration);
    observation.event_id = outcome.event_id.as_deref();
    observation.event_type = outcome.event_type.as_deref();
    observation.key_index = outcome.key_index;
    observation
}
