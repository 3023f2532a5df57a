//! An outbox as a monitor shows it.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::availability::Availability;
use crate::time::UnixTime;

/// How many endpoints are shown; those that ail and those for which most waits come first.
pub const MOST_ENDPOINTS: usize = 100;
/// How many attempts are shown.
pub const MOST_ATTEMPTS: usize = 50;
/// How many replays are shown.
pub const MOST_REPLAYS: usize = 20;

/// What a host has read of its outbox, for all processes that share it. What the outbox did not
/// answer is `None`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OutboxView {
    /// The endpoints, of which the first [`MOST_ENDPOINTS`] are shown.
    pub endpoints: Option<Vec<ShownEndpoint>>,
    /// The replays, the latest first, of which [`MOST_REPLAYS`] are shown.
    pub replays: Option<Vec<ShownReplay>>,
    /// The attempts, the latest first, of which [`MOST_ATTEMPTS`] are shown. Metrics do not tell
    /// them.
    pub attempts: Option<Vec<ShownAttempt>>,
    /// The deliveries that are given up, the latest first, of which
    /// [`MOST_DEAD_LETTERS`](super::MOST_DEAD_LETTERS) are shown. Metrics do not tell them.
    pub dead_letters: Option<Vec<DeadDelivery>>,
}

impl OutboxView {
    /// An outbox that does not answer.
    pub fn down() -> Self {
        Self::default()
    }
}

/// Where messages go, and how it stands.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShownEndpoint {
    /// Its id.
    pub id: String,
    /// What its health says.
    pub availability: Availability,
    /// How many attempts failed since the last that did not.
    pub failures: u32,
    /// How many deliveries wait for it.
    pub waiting: u64,
    /// How many are under way.
    pub running: u64,
    /// How many are dead letters.
    pub dead: u64,
}

impl ShownEndpoint {
    /// An endpoint for which nothing waits.
    pub fn new(id: impl Into<String>, availability: Availability) -> Self {
        Self {
            id: id.into(),
            availability,
            failures: 0,
            waiting: 0,
            running: 0,
            dead: 0,
        }
    }
}

/// An attempt to deliver.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShownAttempt {
    /// The number of its delivery.
    pub delivery: u64,
    /// When it began.
    pub at: UnixTime,
    /// Which one of its delivery, from 1.
    pub attempt: u32,
    /// How long it took.
    pub duration: Duration,
    /// The id of the endpoint; `None` if it was deleted.
    pub endpoint: Option<String>,
    /// The id of the message.
    pub message_id: String,
    /// The type of the message.
    pub event_type: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What kept the answer away.
    pub error: Option<String>,
}

impl ShownAttempt {
    /// An attempt of which no more is known.
    pub fn new(delivery: u64, at: UnixTime, attempt: u32, duration: Duration) -> Self {
        Self {
            delivery,
            at,
            attempt,
            duration,
            endpoint: None,
            message_id: String::new(),
            event_type: String::new(),
            status: None,
            error: None,
        }
    }
}

/// A delivery that is given up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeadDelivery {
    /// Its number in the outbox.
    pub number: u64,
    /// When its message was sent.
    pub created: UnixTime,
    /// How many attempts were made.
    pub attempts: u32,
    /// The id of the endpoint; `None` if it was deleted.
    pub endpoint: Option<String>,
    /// The id of the message.
    pub message_id: String,
    /// The type of the message.
    pub event_type: String,
    /// Why it is given up.
    pub reason: Option<String>,
}

impl DeadDelivery {
    /// A delivery of which no more is known.
    pub fn new(number: u64, created: UnixTime, attempts: u32) -> Self {
        Self {
            number,
            created,
            attempts,
            endpoint: None,
            message_id: String::new(),
            event_type: String::new(),
            reason: None,
        }
    }
}

/// A replay of many dead letters, and how far it is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShownReplay {
    /// Its number in the outbox.
    pub number: u64,
    /// When it began.
    pub created: UnixTime,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// How many were meant when it began.
    pub total: u64,
    /// How many were delivered again, or wait for it.
    pub replayed: u64,
    /// How many a second.
    pub per_second: u32,
}

impl ShownReplay {
    /// A replay that has just begun.
    pub fn new(number: u64, created: UnixTime, total: u64, per_second: u32) -> Self {
        Self {
            number,
            created,
            state: "running".into(),
            total,
            replayed: 0,
            per_second,
        }
    }
}
