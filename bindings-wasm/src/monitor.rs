//! What a monitor counts.

use alloc::string::{String, ToString};
use core::time::Duration;

use countersign::UnixTime;
use countersign::monitor::{AttemptObservation, Monitor, MonitorError, Observation, shortened};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::views::{InboxHandle, OutboxHandle, attached};

/// The counts of receivers and senders. Times are in milliseconds.
#[wasm_bindgen]
#[derive(Debug)]
pub struct MonitorHandle(pub(crate) Monitor);

#[wasm_bindgen]
impl MonitorHandle {
    /// Counts from now on, and keeps so much.
    #[wasm_bindgen(constructor)]
    pub fn new(since: f64, recent: u32, most_types: u32, most_endpoints: u32) -> Self {
        let monitor = Monitor::new(instant(since))
            .with_recent(recent as usize)
            .with_most_types(most_types as usize)
            .with_most_endpoints(most_endpoints as usize);
        Self(monitor)
    }

    /// Counts from this instant on.
    pub fn count_from(&mut self, since: f64) {
        self.0.count_from(instant(since));
    }

    /// How many outcomes are kept if nothing else is said.
    pub fn default_recent() -> usize {
        Monitor::DEFAULT_RECENT
    }

    /// How many types are told apart if nothing else is said.
    pub fn default_types() -> usize {
        Monitor::DEFAULT_TYPES
    }

    /// How many endpoints are told apart if nothing else is said.
    pub fn default_endpoints() -> usize {
        Monitor::DEFAULT_ENDPOINTS
    }

    /// The number of the receiver.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn watch(&mut self, name: &str, scheme: &str) -> Result<usize, JsValue> {
        self.0.watch(name, scheme).map_err(thrown)
    }

    /// Counts an outcome; the duration is in seconds.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn observe(
        &mut self,
        receiver: usize,
        at: f64,
        status: u16,
        result: &str,
        duration: f64,
        event_id: Option<String>,
        event_type: Option<String>,
        key_index: Option<usize>,
    ) {
        let mut observation = Observation::new(instant(at), status, result, length(duration));
        observation.event_id = event_id.as_deref();
        observation.event_type = event_type.as_deref();
        observation.key_index = key_index;
        self.0.observe(receiver, &observation);
    }

    /// Counts how an attempt of a sender ended; the duration is in seconds.
    pub fn observe_attempt(
        &mut self,
        endpoint: &str,
        verdict: &str,
        duration: f64,
        status: Option<u16>,
        error: Option<String>,
    ) {
        let mut observation = AttemptObservation::new(endpoint, verdict, length(duration));
        observation.status = status;
        observation.error = error.as_deref();
        self.0.observe_attempt(&observation);
    }

    /// The counts as text.
    pub fn openmetrics(&self, inbox: Option<InboxHandle>, outbox: Option<OutboxHandle>) -> String {
        self.0
            .openmetrics(attached(inbox.as_ref(), outbox.as_ref()))
    }

    /// What the page shows, as JSON.
    pub fn snapshot(
        &self,
        inbox: Option<InboxHandle>,
        outbox: Option<OutboxHandle>,
        now: f64,
        process: f64,
    ) -> String {
        let attached = attached(inbox.as_ref(), outbox.as_ref());
        self.0.snapshot(attached, instant(now), process as u64)
    }
}

/// A text of a request, no longer than a monitor keeps it.
#[wasm_bindgen]
pub fn shortened_text(text: &str) -> String {
    shortened(text).into_owned()
}

pub(crate) fn thrown(error: MonitorError) -> JsValue {
    JsValue::from_str(&error.to_string())
}

pub(crate) fn instant(milliseconds: f64) -> UnixTime {
    UnixTime::from_millis(milliseconds as u64)
}

/// A duration that is none counts as the shortest.
pub(crate) fn length(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
