//! Events as rows of an inbox, and back.

use std::time::Duration;

use bytes::Bytes;
use countersign::UnixTime;
use countersign::sql::inbox::stored_key;
use countersign_database::{Row, Unreadable, Value};
use serde::{Deserialize, Serialize};

use crate::event::ReceivedEvent;

/// What an event of an inbox is about to become, or has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It is to be handled, for the first time or again.
    Waiting,
    /// A worker has it.
    Running,
    /// It was handled, and is kept so that deliveries of it are known.
    Handled,
    /// It is not tried again unless it is replayed.
    Dead,
}

impl State {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Handled, Self::Dead];

    /// The word for it, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Handled => "handled",
            Self::Dead => "dead",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    pub(super) fn value(self) -> Value {
        Value::Text(self.as_str().into())
    }
}

/// An event of an inbox.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredEvent {
    /// What it is named by; never used twice.
    pub number: i64,
    /// What it is about to become.
    pub state: State,
    /// The name of the scheme.
    pub scheme: Box<str>,
    /// What was verified.
    pub event: ReceivedEvent,
    /// When it was stored.
    pub received: UnixTime,
    /// When it is to be tried, when the lease of its worker ends, or until when it is kept.
    pub due: UnixTime,
    /// How often a worker took it.
    pub attempts: u32,
    /// Why the last attempt failed: the name of the error's type or a code, never its text; see
    /// [`Workers`](super::Workers).
    pub error: Option<Box<str>>,
}

/// What the table has of an event beside its own columns.
#[derive(Serialize, Deserialize)]
struct Parts {
    form: bool,
    /// From which byte of the body to which.
    payload: (usize, usize),
    data: Option<(usize, usize)>,
    key_index: usize,
    /// If the column has another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dedupe_key: Option<Box<str>>,
}

/// The columns from `dedupe_key` to `parts`.
pub(super) fn to_values(event: &ReceivedEvent, scheme: &str) -> serde_json::Result<[Value; 7]> {
    let key = event.dedupe_key().map(stored_key);
    let is_another = key.as_deref() != event.dedupe_key();
    let parts = Parts {
        form: event.is_form,
        payload: place(&event.raw, &event.payload),
        data: event.data.as_ref().map(|data| place(&event.raw, data)),
        key_index: event.key_index,
        dedupe_key: event.dedupe_key.clone().filter(|_| is_another),
    };
    let timestamp = event.timestamp.map(UnixTime::as_seconds_f64);
    Ok([
        Value::text_or_null(key.as_deref()),
        Value::text(scheme),
        Value::text_or_null(event.id()),
        Value::text_or_null(event.event_type()),
        timestamp.map_or(Value::Null, Value::Real),
        Value::Bytes(event.raw.clone()),
        Value::Text(serde_json::to_string(&parts)?.into()),
    ])
}

/// Where a part of the body is in it.
fn place(raw: &Bytes, part: &Bytes) -> (usize, usize) {
    if part.is_empty() {
        // It shares no memory with the body.
        return (0, 0);
    }
    let start = part.as_ptr().addr() - raw.as_ptr().addr();
    (start, start + part.len())
}

impl StoredEvent {
    /// The event of a row with all columns in their order.
    pub(super) fn read(row: &Row) -> Result<Self, Unreadable> {
        let raw = row.bytes(6)?.clone();
        let parts: Parts = serde_json::from_str(row.text(7)?).map_err(|_| Unreadable)?;
        let part = |(start, end): (usize, usize)| match raw.get(start..end) {
            Some(part) => Ok(raw.slice_ref(part)),
            None => Err(Unreadable),
        };
        let key = match parts.dedupe_key {
            Some(key) => Some(key),
            None => row.text_or_null(1)?.map(Into::into),
        };
        let event = ReceivedEvent {
            id: row.text_or_null(3)?.map(Into::into),
            event_type: row.text_or_null(4)?.map(Into::into),
            timestamp: row.real_or_null(5)?.map(time).transpose()?,
            dedupe_key: key,
            key_index: parts.key_index,
            is_form: parts.form,
            payload: part(parts.payload)?,
            data: parts.data.map(part).transpose()?,
            raw: raw.clone(),
        };
        Ok(Self {
            number: row.integer(0)?,
            state: State::named(row.text(9)?).ok_or(Unreadable)?,
            scheme: row.text(2)?.into(),
            event,
            received: milliseconds(row.integer(8)?),
            due: milliseconds(row.integer(11)?),
            attempts: row.integer(10)?.try_into().map_err(|_| Unreadable)?,
            error: row.text_or_null(12)?.map(Into::into),
        })
    }
}

/// Before 1970 is over too.
pub(super) fn milliseconds(time: i64) -> UnixTime {
    UnixTime::from_millis(time.try_into().unwrap_or(0))
}

/// The time whose seconds these are. Their shortest decimals are those that the payload had, while
/// the number itself is a little beside them.
fn time(seconds: f64) -> Result<UnixTime, Unreadable> {
    let decimal = format!("{seconds}");
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let whole = whole.parse().map_err(|_| Unreadable)?;
    let nanoseconds = format!("{fraction:0<9.9}")
        .parse()
        .map_err(|_| Unreadable)?;
    Ok(UnixTime::from_seconds(whole).saturating_add(Duration::from_nanos(nanoseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_out_as_they_went_in() {
        for (seconds, nanoseconds) in [
            (0, 0),
            (0, 1_000_000),
            (1_704_164_645, 0),
            (1_704_164_645, 123_456_000),
            (253_402_300_799, 999_000_000),
        ] {
            let original =
                UnixTime::from_seconds(seconds).saturating_add(Duration::from_nanos(nanoseconds));
            assert_eq!(time(original.as_seconds_f64()).unwrap(), original);
        }
        for nonsense in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(time(nonsense).is_err());
        }
    }
}
