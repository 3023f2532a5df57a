//! What happens to a delivery, apart from HTTP.

use std::collections::{HashMap, VecDeque};
use std::error::Error as StdError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use countersign::{Error, Event, Headers, Request, UnixTime, Webhook};
use serde_json::{Value, json};

/// How many events the list holds.
const LISTED_EVENTS: usize = 100;

/// Why a handler failed. It is not logged, since such texts often quote the payload: a handler logs
/// its own reasons.
pub type HandlerError = Box<dyn StdError + Send + Sync>;

type Handler = Box<dyn Fn(&Event<'_>) -> Result<(), HandlerError> + Send + Sync>;
type Clock = Box<dyn Fn() -> UnixTime + Send + Sync>;

/// A webhook with the handlers of its event types and the list of its last events.
pub struct Receiver {
    webhook: Webhook,
    handlers: HashMap<String, Handler>,
    clock: Clock,
    /// The newest is in front.
    events: Mutex<VecDeque<Value>>,
}

/// What became of an authentic event.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Its handler took it.
    Handled {
        /// The answer to the provider.
        answer: Value,
    },
    /// There is no handler for its type.
    Ignored {
        /// The answer to the provider.
        answer: Value,
    },
    /// Its handler failed, so the provider must deliver it again.
    Failed,
}

impl Receiver {
    /// A receiver without handlers: it accepts every authentic event and ignores it.
    pub fn new(webhook: Webhook) -> Self {
        Self {
            webhook,
            handlers: HashMap::new(),
            clock: Box::new(system_time),
            events: Mutex::new(VecDeque::with_capacity(LISTED_EVENTS)),
        }
    }

    /// The same receiver with a handler for the events of one type.
    ///
    /// The provider waits for it: hand work that takes longer than seconds to a queue.
    pub fn on(
        mut self,
        event_type: &str,
        handler: impl Fn(&Event<'_>) -> Result<(), HandlerError> + Send + Sync + 'static,
    ) -> Self {
        self.handlers
            .insert(event_type.to_owned(), Box::new(handler));
        self
    }

    /// The same receiver with another clock than the system's, for tests with recorded requests.
    pub fn clock(mut self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Verifies, parses, lists and handles one delivery.
    ///
    /// # Errors
    /// The request is not authentic, or its payload is not what the scheme says.
    pub fn receive(&self, headers: &impl Headers, body: &[u8]) -> Result<Outcome, Error> {
        let request = Request::new(headers, body);
        let verified = self.webhook.verify(&request, (self.clock)())?;
        let event = verified.event()?;
        self.list(&event, verified.key_index());

        let answer =
            |status| json!({"status": status, "id": event.id(), "type": event.event_type()});
        let handler = event.event_type().and_then(|name| self.handlers.get(name));
        Ok(match handler.map(|handle| handle(&event)) {
            None => Outcome::Ignored {
                answer: answer("ignored"),
            },
            Some(Ok(())) => Outcome::Handled {
                answer: answer("handled"),
            },
            Some(Err(_)) => {
                // Not the error's text: texts of parsers quote the payload.
                let (id, event_type) = (event.id(), event.event_type());
                tracing::error!(?id, ?event_type, "the handler failed");
                Outcome::Failed
            }
        })
    }

    /// The last events, the newest first; each attempt of a delivery counts.
    pub fn events(&self) -> Vec<Value> {
        self.lock_events().iter().cloned().collect()
    }

    fn list(&self, event: &Event<'_>, key_index: usize) {
        let listed = json!({
            "id": event.id(),
            "type": event.event_type(),
            "timestamp": event.timestamp().map(unix_seconds),
            "key_index": key_index,
        });
        let mut events = self.lock_events();
        events.truncate(LISTED_EVENTS - 1);
        events.push_front(listed);
    }

    /// A list that another thread left in a panic is still a list.
    fn lock_events(&self) -> MutexGuard<'_, VecDeque<Value>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn system_time() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // A clock before 1970 is wrong; with time 0 every signed timestamp is refused as too new.
    UnixTime::from(since_epoch.unwrap_or(Duration::ZERO))
}

/// Whole seconds as an integer, as other languages print them.
fn unix_seconds(time: UnixTime) -> Value {
    match time.subsecond_nanos() {
        0 => json!(time.seconds()),
        _ => json!(time.as_seconds_f64()),
    }
}
