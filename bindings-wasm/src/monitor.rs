//! What a monitor counts.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use countersign::UnixTime;
use countersign::monitor::{
    DeadLetter, InboxView, MOST_DEAD_LETTERS, Monitor, MonitorError, Observation, shortened,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The counts of receivers. Times are in milliseconds.
#[wasm_bindgen]
#[derive(Debug)]
pub struct MonitorHandle(pub(crate) Monitor);

#[wasm_bindgen]
impl MonitorHandle {
    /// Counts from now on, and keeps so much.
    #[wasm_bindgen(constructor)]
    pub fn new(since: f64, recent: u32, most_types: u32) -> Self {
        let monitor = Monitor::new(instant(since));
        let monitor = monitor.with_recent(recent as usize);
        Self(monitor.with_most_types(most_types as usize))
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
        // A duration that is none counts as the shortest.
        let duration = Duration::try_from_secs_f64(duration).unwrap_or_default();
        let mut observation = Observation::new(instant(at), status, result, duration);
        observation.event_id = event_id.as_deref();
        observation.event_type = event_type.as_deref();
        observation.key_index = key_index;
        self.0.observe(receiver, &observation);
    }

    /// The counts as text.
    pub fn openmetrics(&self, inbox: Option<InboxHandle>) -> String {
        self.0.openmetrics(view(inbox.as_ref()))
    }

    /// What the page shows, as JSON.
    pub fn snapshot(&self, inbox: Option<InboxHandle>, now: f64, process: f64) -> String {
        let inbox = view(inbox.as_ref());
        self.0.snapshot(inbox, instant(now), process as u64)
    }
}

/// What was read of an inbox.
#[wasm_bindgen]
#[derive(Debug)]
pub struct InboxHandle(InboxView);

#[wasm_bindgen]
impl InboxHandle {
    /// An inbox that has answered nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(InboxView::down())
    }

    /// It has answered how many events are in which state: so far, none.
    pub fn has_counts(&mut self) {
        self.0.counts = Some(Vec::new());
    }

    /// It has answered which dead letters there are: so far, none.
    pub fn has_dead_letters(&mut self) {
        self.0.dead_letters = Some(Vec::new());
    }

    /// Adds how many events are in a state.
    pub fn add_count(&mut self, state: String, count: f64) {
        let counts = self.0.counts.get_or_insert_default();
        counts.push((state, count as u64));
    }

    /// Adds a dead letter.
    pub fn add_dead_letter(
        &mut self,
        number: f64,
        received: f64,
        attempts: u32,
        event_id: Option<String>,
        event_type: Option<String>,
        error: Option<String>,
    ) {
        let mut letter = DeadLetter::new(number as u64, instant(received), attempts);
        letter.event_id = event_id;
        letter.event_type = event_type;
        letter.error = error;
        let letters = self.0.dead_letters.get_or_insert_default();
        letters.push(letter);
    }
}

pub(crate) fn view(inbox: Option<&InboxHandle>) -> Option<&InboxView> {
    inbox.map(|inbox| &inbox.0)
}

/// A text of a request, no longer than a monitor keeps it.
#[wasm_bindgen]
pub fn shortened_text(text: &str) -> String {
    shortened(text).into_owned()
}

/// How many dead letters are shown.
#[wasm_bindgen]
pub fn most_dead_letters() -> usize {
    MOST_DEAD_LETTERS
}

pub(crate) fn thrown(error: MonitorError) -> JsValue {
    JsValue::from_str(&error.to_string())
}

pub(crate) fn instant(milliseconds: f64) -> UnixTime {
    UnixTime::from_millis(milliseconds as u64)
}
