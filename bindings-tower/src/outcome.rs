use std::time::Duration;

use countersign::UnixTime;

/// What became of one request: never a secret or a payload.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// When it arrived.
    pub time: UnixTime,
    /// The HTTP status of the answer; none if the request was passed on to a service or handler of
    /// the program, which answers it.
    pub status: Option<u16>,
    /// The code of the refusal; else `handled`, `ignored`, `duplicate`, `accepted`, `pending`,
    /// `handshake`, or `verified` for a request that was passed on.
    pub result: &'static str,
    /// The scheme's name.
    pub scheme: Box<str>,
    /// The event's id, if the request got so far and has one.
    pub event_id: Option<Box<str>>,
    /// The event's type, likewise.
    pub event_type: Option<Box<str>>,
    /// When the event happened, as its payload says.
    pub event_time: Option<UnixTime>,
    /// From the arrival to the answer.
    pub duration: Duration,
    /// Which secret fitted, counted from 0; none if the request was not verified.
    pub key_index: Option<usize>,
}
