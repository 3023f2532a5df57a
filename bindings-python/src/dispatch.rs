//! `chosen`: what a dispatcher decides.

use countersign::dispatch::{Manner, Pace, Standing, Waiting};
use countersign::{Availability, UnixTime};
use pyo3::prelude::*;

use crate::errors::wrong_value;

type Chosen = (Vec<usize>, bool, Option<u64>, Option<u64>, bool);

/// What is sent next of what waits for an endpoint, as the sender's engine decides it.
///
/// ``state`` is that of an ``Availability`` or why the endpoint is disabled, ``until`` the end of its
/// pause; ``waiting`` has for each when it is due and whether it is a replay. Times are in Unix
/// milliseconds, ``paced_until`` in microseconds. Gives the places of what is sent, whether all are
/// given up, when to look again, up to when the pace is used up, and whether a block ends.
#[pyfunction]
#[pyo3(signature = (state, until, running, blocked_until, paced_until, waiting, room, fifo, per_second, now))]
#[expect(
    clippy::too_many_arguments,
    reason = "what a dispatcher knows, as it is in tables"
)]
pub(crate) fn chosen(
    state: &str,
    until: Option<u64>,
    running: u64,
    blocked_until: u64,
    paced_until: u64,
    waiting: Vec<(u64, bool)>,
    room: usize,
    fifo: bool,
    per_second: Option<f64>,
    now: u64,
) -> PyResult<Chosen> {
    let until = UnixTime::from_millis(until.unwrap_or(0));
    let availability = Availability::named(state, until);
    let availability = availability.ok_or_else(|| wrong_value("state", "an availability"))?;
    let mut standing = Standing::new(availability);
    standing.running = running;
    standing.blocked_until = UnixTime::from_millis(blocked_until);
    standing.paced_until_us = paced_until;
    let waiting = waiting.into_iter();
    let waiting =
        waiting.map(|(due, is_replay)| Waiting::new(UnixTime::from_millis(due), is_replay));
    let waiting: Vec<_> = waiting.collect();
    let manner = Manner::new(fifo, per_second.and_then(Pace::per_second));
    let choice = standing.choose(&manner, &waiting, room, UnixTime::from_millis(now));
    Ok((
        choice.taken,
        choice.buries,
        choice.next.map(UnixTime::millis),
        choice.paced_until_us,
        choice.unblocks,
    ))
}
