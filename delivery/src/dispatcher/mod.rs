//! The dispatcher: it takes what is due out of the outbox, and has it delivered.
//!
//! One task, the coordinator, knows what each endpoint may have and gives each delivery its task.
//! How attempts ended is noted by another, many at a time. A third one renews leases, takes over
//! from the dead, goes on with replays and deletes what is past.

mod attempt;
mod choice;
mod claim;
mod coordinator;
mod held;
mod lane;
mod settle;
mod signals;
mod upkeep;

pub(crate) use signals::Signals;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign::DeliveryError;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::sender::{Sender, Shared};
use coordinator::Coordinator;
use held::Held;
use settle::Settlement;
use signals::Note;

/// How many attempts may have ended without being noted.
const UNNOTED: usize = 1_024;

/// What the tasks of a dispatcher share.
pub(crate) struct Common {
    pub(crate) shared: Arc<Shared>,
    pub(crate) held: Held,
    /// To this dispatcher's own coordinator, whoever has come after it.
    notes: mpsc::UnboundedSender<Note>,
    settlements: mpsc::Sender<Settlement>,
    /// Nobody waits any more for what is not noted.
    given_up: watch::Sender<bool>,
    #[cfg(feature = "postgres")]
    _listening: Option<countersign_database::postgres::Listening>,
}

/// A dispatcher that runs. Dropping it stops it as [`stop`](Self::stop) does, but waits for nothing:
/// what is under way ends in the background.
#[must_use = "a dispatcher stops when this is dropped"]
pub struct Dispatcher {
    common: Arc<Common>,
    tasks: Option<Tasks>,
    runtime: Handle,
}

struct Tasks {
    coordinator: JoinHandle<bool>,
    settler: JoinHandle<()>,
    upkeep: JoinHandle<()>,
}

impl Sender {
    /// Starts a dispatcher: it delivers what is due, what is sent by this sender at once. Call it in
    /// a runtime of tokio, once.
    ///
    /// # Errors
    /// `outbox_unavailable` if this sender has a dispatcher already, or the host has no randomness.
    pub fn start(&self) -> Result<Dispatcher, DeliveryError> {
        let held = Held::new(self.shared.options.lease)?;
        let (notes, noted) = mpsc::unbounded_channel();
        if !self.shared.signals.connect(notes.clone()) {
            tracing::error!(
                code = "outbox_unavailable",
                "this sender has a dispatcher already"
            );
            return Err(DeliveryError::OutboxUnavailable);
        }
        // Before this, too, the clock may have been set back.
        self.shared.latest.store(i64::MAX, Ordering::Relaxed);
        let (settlements, settled) = mpsc::channel(UNNOTED);
        let common = Arc::new(Common {
            shared: self.shared.clone(),
            held,
            notes,
            settlements,
            given_up: watch::Sender::new(false),
            #[cfg(feature = "postgres")]
            _listening: self.listen(),
        });
        let coordinator = Coordinator::new(common.clone(), noted);
        let settler = settle::settle(common.clone(), settled);
        let upkeep = upkeep::keep_up(common.clone());
        Ok(Dispatcher {
            common,
            tasks: Some(Tasks {
                coordinator: tokio::spawn(coordinator.run().in_current_span()),
                settler: tokio::spawn(settler.in_current_span()),
                upkeep: tokio::spawn(upkeep.in_current_span()),
            }),
            runtime: Handle::current(),
        })
    }
}

#[cfg(feature = "postgres")]
impl Sender {
    /// Hears of what other processes send.
    fn listen(&self) -> Option<countersign_database::postgres::Listening> {
        let signals = self.shared.signals.clone();
        let hear = move |payload: Option<&str>| match payload {
            None | Some("") => signals.look(),
            Some(list) => signals.sent(list.split(',').filter_map(|number| number.parse().ok())),
        };
        let database = self.shared.postgres.as_ref()?;
        Some(database.listen("countersign_outbox", hear))
    }
}

impl Dispatcher {
    /// Begins no more attempts, and waits so long for those that are under way; whether all ended
    /// in time. The others are cut off, and tried again by whoever comes next.
    pub async fn stop(mut self, patience: Duration) -> bool {
        let Some(tasks) = self.tasks.take() else {
            return true;
        };
        let common = self.common.clone();
        // To its end, even if nobody awaits this any more.
        let stopping = self.runtime.spawn(async move {
            let has_ended = tasks.end(&common, Some(patience)).await;
            common.shared.signals.disconnect();
            has_ended
        });
        stopping.await.unwrap_or(false)
    }
}

impl Tasks {
    /// Ends them, with what is under way cut off after so long; whether nothing was.
    async fn end(mut self, common: &Common, patience: Option<Duration>) -> bool {
        common.tell(Note::Stop);
        // A patience that is longer than a clock has room for has no end.
        let deadline = patience.and_then(|patience| Instant::now().checked_add(patience));
        let ended = match deadline {
            Some(deadline) => timeout_at(deadline, &mut self.coordinator).await.ok(),
            None => Some((&mut self.coordinator).await),
        };
        let has_ended = match ended {
            Some(ended) => ended.unwrap_or(false),
            None => {
                common.tell(Note::CutOff);
                let ended = timeout_at(soon(), &mut self.coordinator).await;
                self.coordinator.abort();
                matches!(ended, Ok(Ok(true)))
            }
        };
        self.upkeep.abort();
        // What is not noted by now is soon, if the database is there.
        let deadline = deadline.map_or(soon(), |deadline| deadline.max(soon()));
        let is_noted = timeout_at(deadline, common.drain()).await.is_ok();
        common.given_up.send_replace(true);
        self.settler.abort();
        has_ended && is_noted
    }
}

/// What a stop may take beyond its patience, to note what has ended.
fn soon() -> Instant {
    Instant::now() + Duration::from_secs(1)
}

impl Common {
    fn tell(&self, note: Note) {
        // It has ended: nobody needs to know.
        let _ = self.notes.send(note);
    }

    /// Notes all that ended, and gives back what did not begin.
    async fn drain(&self) {
        let (noted, all) = tokio::sync::oneshot::channel();
        if self
            .settlements
            .send(Settlement::Flush(noted))
            .await
            .is_ok()
        {
            let _ = all.await;
        }
        self.release_all().await;
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        if let Some(tasks) = self.tasks.take() {
            let common = self.common.clone();
            common.shared.signals.disconnect();
            self.runtime.spawn(async move {
                tasks.end(&common, None).await;
                // There may be another dispatcher by now, for what was given back.
                common.shared.signals.look();
            });
        }
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher").finish_non_exhaustive()
    }
}
