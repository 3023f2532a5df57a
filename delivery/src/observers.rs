//! Those who are told how attempts end.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use countersign::monitor::AttemptObservation;

use crate::sender::Sender;

type Observer = Arc<dyn Fn(&AttemptObservation<'_>) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Observers(RwLock<Vec<Observer>>);

impl Observers {
    pub(crate) fn tell(&self, attempt: &AttemptObservation<'_>) {
        let observers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for observer in &*observers {
            // One that panics harms no delivery.
            if catch_unwind(AssertUnwindSafe(|| observer(attempt))).is_err() {
                tracing::error!("an observer of attempts panicked");
            }
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").finish_non_exhaustive()
    }
}

impl Sender {
    /// Has this called with how each attempt of this process ends, such as to count it in a
    /// [`Monitor`](countersign::monitor::Monitor). It must not block.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use countersign::UnixTime;
    /// use countersign::monitor::Monitor;
    /// # fn example(sender: &countersign_delivery::Sender, now: UnixTime) {
    /// let monitor = Arc::new(Mutex::new(Monitor::new(now)));
    /// let counted = monitor.clone();
    /// sender.observe(move |attempt| counted.lock().unwrap().observe_attempt(attempt));
    /// # }
    /// ```
    pub fn observe(&self, observer: impl Fn(&AttemptObservation<'_>) + Send + Sync + 'static) {
        let observers = &self.shared.observers.0;
        let mut observers = observers.write().unwrap_or_else(PoisonError::into_inner);
        observers.push(Arc::new(observer));
    }
}
