//! Deliveries and attempts as they are stored.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use countersign::UnixTime;
use countersign_database::{Row, Unreadable};

/// One message and one endpoint that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredDelivery {
    /// What it is named by; never used twice.
    pub number: i64,
    /// The id of the message.
    pub message_id: String,
    /// The type of the message.
    pub event_type: String,
    /// When the message was sent.
    pub created: UnixTime,
    /// The id of the endpoint; `None` if it was deleted.
    pub endpoint: Option<String>,
    /// What became of it.
    pub state: DeliveryState,
    /// How many attempts were made, since it was last replayed.
    pub attempts: u32,
    /// Whether it was replayed.
    pub is_replay: bool,
    /// When it is due; until when it is leased; since when it is delivered or dead.
    pub due: UnixTime,
    /// Why it is dead: a word of [`DeadLetterReason`](countersign::DeadLetterReason), `disabled` or
    /// `deleted` after the endpoint, or the code of an error that kept it from being signed.
    pub reason: Option<String>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It waits for its time.
    Waiting,
    /// A dispatcher has it.
    Running,
    /// It arrived.
    Delivered,
    /// It is a dead letter: nobody tries again unless told to.
    Dead,
}

/// One attempt to deliver.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempted {
    /// Which one, counted from 1 and again after a replay.
    pub attempt: u32,
    /// When it began.
    pub at: UnixTime,
    /// How long it took.
    pub duration: Duration,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What kept the answer away: a word of [`ErrorClass`](crate::transport::ErrorClass);
    /// `interrupted` if the process died or froze, so that it is not known whether it arrived; or
    /// the code of an error that kept the message from being signed.
    pub error: Option<String>,
    /// The first 4 KiB of the answer's body.
    pub answer: Option<Bytes>,
}

impl DeliveryState {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Delivered, Self::Dead];

    /// The state as a word, as the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl StoredDelivery {
    pub(crate) fn read(row: &Row) -> Result<Self, Unreadable> {
        let text = |place| row.text(place).map(str::to_owned);
        Ok(Self {
            number: row.integer(0)?,
            message_id: text(1)?,
            event_type: text(2)?,
            created: time(row.integer(3)?)?,
            endpoint: row.text_or_null(4)?.map(str::to_owned),
            state: DeliveryState::named(row.text(5)?).ok_or(Unreadable)?,
            attempts: row.integer(6)?.try_into().map_err(|_| Unreadable)?,
            is_replay: row.integer(7)? != 0,
            due: time(row.integer(8)?)?,
            reason: row.text_or_null(9)?.map(str::to_owned),
        })
    }
}

impl Attempted {
    pub(crate) fn read(row: &Row) -> Result<Self, Unreadable> {
        let microseconds = row.integer(2)?.try_into().map_err(|_| Unreadable)?;
        let status = row.integer_or_null(3)?.map(u16::try_from).transpose();
        Ok(Self {
            attempt: row.integer(0)?.try_into().map_err(|_| Unreadable)?,
            at: time(row.integer(1)?)?,
            duration: Duration::from_micros(microseconds),
            status: status.map_err(|_| Unreadable)?,
            error: row.text_or_null(4)?.map(str::to_owned),
            answer: row.bytes_or_null(5)?.cloned(),
        })
    }
}

impl fmt::Debug for Attempted {
    /// Without the answer, which may quote what was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempted")
            .field("attempt", &self.attempt)
            .field("at", &self.at)
            .field("duration", &self.duration)
            .field("status", &self.status)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

pub(super) fn time(millis: i64) -> Result<UnixTime, Unreadable> {
    let millis = u64::try_from(millis).map_err(|_| Unreadable)?;
    Ok(UnixTime::from_millis(millis))
}
