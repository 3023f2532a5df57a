//! What was read of the stores that a monitor shows. Times are in milliseconds.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::monitor::{
    Attached, DeadDelivery, DeadLetter, InboxView, MOST_ATTEMPTS, MOST_DEAD_LETTERS,
    MOST_ENDPOINTS, MOST_REPLAYS, OutboxView, ShownAttempt, ShownEndpoint, ShownReplay,
};
use countersign::{Availability, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::monitor::{instant, length};

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

/// What was read of an outbox.
#[wasm_bindgen]
#[derive(Debug)]
pub struct OutboxHandle(OutboxView);

#[wasm_bindgen]
impl OutboxHandle {
    /// An outbox that has answered nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(OutboxView::down())
    }

    /// It has answered which endpoints there are: so far, none.
    pub fn has_endpoints(&mut self) {
        self.0.endpoints = Some(Vec::new());
    }

    /// It has answered which replays there are: so far, none.
    pub fn has_replays(&mut self) {
        self.0.replays = Some(Vec::new());
    }

    /// It has answered which attempts there were: so far, none.
    pub fn has_attempts(&mut self) {
        self.0.attempts = Some(Vec::new());
    }

    /// It has answered which deliveries are given up: so far, none.
    pub fn has_dead_letters(&mut self) {
        self.0.dead_letters = Some(Vec::new());
    }

    /// Adds an endpoint; `state` is as [`is_availability`] takes it, and `until` the end of a pause.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn add_endpoint(
        &mut self,
        id: String,
        state: &str,
        until: f64,
        failures: u32,
        waiting: f64,
        running: f64,
        dead: f64,
    ) {
        let Some(availability) = Availability::named(state, instant(until)) else {
            return;
        };
        let mut endpoint = ShownEndpoint::new(id, availability);
        endpoint.failures = failures;
        endpoint.waiting = waiting as u64;
        endpoint.running = running as u64;
        endpoint.dead = dead as u64;
        self.0.endpoints.get_or_insert_default().push(endpoint);
    }

    /// Adds a replay.
    pub fn add_replay(
        &mut self,
        number: f64,
        created: f64,
        state: String,
        total: f64,
        replayed: f64,
        per_second: u32,
    ) {
        let created = instant(created);
        let mut replay = ShownReplay::new(number as u64, created, total as u64, per_second);
        replay.state = state;
        replay.replayed = replayed as u64;
        self.0.replays.get_or_insert_default().push(replay);
    }

    /// Adds an attempt; the duration is in seconds.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn add_attempt(
        &mut self,
        delivery: f64,
        at: f64,
        attempt: u32,
        duration: f64,
        endpoint: Option<String>,
        message_id: String,
        event_type: String,
        status: Option<u16>,
        error: Option<String>,
    ) {
        let duration = length(duration);
        let mut shown = ShownAttempt::new(delivery as u64, instant(at), attempt, duration);
        shown.endpoint = endpoint;
        shown.message_id = message_id;
        shown.event_type = event_type;
        shown.status = status;
        shown.error = error;
        self.0.attempts.get_or_insert_default().push(shown);
    }

    /// Adds a delivery that is given up.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object would cross field by field"
    )]
    pub fn add_dead_letter(
        &mut self,
        number: f64,
        created: f64,
        attempts: u32,
        endpoint: Option<String>,
        message_id: String,
        event_type: String,
        reason: Option<String>,
    ) {
        let mut letter = DeadDelivery::new(number as u64, instant(created), attempts);
        letter.endpoint = endpoint;
        letter.message_id = message_id;
        letter.event_type = event_type;
        letter.reason = reason;
        self.0.dead_letters.get_or_insert_default().push(letter);
    }
}

pub(crate) fn attached<'a>(
    inbox: Option<&'a InboxHandle>,
    outbox: Option<&'a OutboxHandle>,
) -> Attached<'a> {
    Attached::new(inbox.map(|inbox| &inbox.0), outbox.map(|outbox| &outbox.0))
}

/// Whether this is a word for how it stands with an endpoint: of the reason, if it is disabled.
#[wasm_bindgen]
pub fn is_availability(word: &str) -> bool {
    Availability::named(word, UnixTime::EPOCH).is_some()
}

/// How many dead letters are shown, of an inbox and of an outbox.
#[wasm_bindgen]
pub fn most_dead_letters() -> usize {
    MOST_DEAD_LETTERS
}

/// How many endpoints are shown.
#[wasm_bindgen]
pub fn most_endpoints() -> usize {
    MOST_ENDPOINTS
}

/// How many replays are shown.
#[wasm_bindgen]
pub fn most_replays() -> usize {
    MOST_REPLAYS
}

/// How many attempts are shown.
#[wasm_bindgen]
pub fn most_attempts() -> usize {
    MOST_ATTEMPTS
}
