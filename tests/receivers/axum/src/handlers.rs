//! Handlers as the corpus wants them, and the list of what they did.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_tower::ReceivedEvent;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a slow handler takes.
const SLOW: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Behaviour {
    Succeed,
    Fail,
    /// On its first run alone.
    FailOnce,
    Slow,
}

/// Pattern, id and type of each event whose handler succeeded, in order.
#[derive(Clone, Default)]
pub(crate) struct Handled(Arc<Mutex<Vec<Value>>>);

type Handling = Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

impl Handled {
    pub(crate) fn list(&self) -> Vec<Value> {
        self.lock().clone()
    }

    /// The list, which begins anew.
    pub(crate) fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.lock())
    }

    pub(crate) fn handler(
        &self,
        pattern: &str,
        behaviour: Behaviour,
    ) -> impl Fn(ReceivedEvent) -> Handling + Send + Sync + 'static {
        let handled = self.clone();
        let pattern: Arc<str> = pattern.into();
        let ran_before = Arc::new(AtomicBool::new(false));
        move |event| {
            let is_first = !ran_before.swap(true, Ordering::SeqCst);
            let (handled, pattern) = (handled.clone(), pattern.clone());
            Box::pin(async move {
                let fails =
                    behaviour == Behaviour::Fail || behaviour == Behaviour::FailOnce && is_first;
                if fails {
                    return Err("as the case wants it");
                }
                if behaviour == Behaviour::Slow {
                    tokio::time::sleep(SLOW).await;
                }
                handled.add(json!([&*pattern, event.id(), event.event_type()]));
                Ok(())
            })
        }
    }

    fn add(&self, entry: Value) {
        self.lock().push(entry);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
