//! What a dispatcher decides: what is sent next of what waits for an endpoint.

use alloc::vec::Vec;

use crate::availability::Availability;
use crate::time::UnixTime;

const SECOND_US: u64 = 1_000_000;
/// The rates that are taken, in deliveries a second.
const RATES: core::ops::RangeInclusive<f64> = 0.001..=1_000_000.0;

/// How fast an endpoint is sent to: so many deliveries a second, of which at most those of a second
/// go at once.
///
/// ```
/// use countersign::dispatch::Pace;
/// assert!(Pace::per_second(0.5).is_some());
/// assert!(Pace::per_second(0.0).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    interval_us: u64,
}

/// How an endpoint wants to be sent to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manner {
    /// One at a time, in the order in which they were sent.
    pub is_fifo: bool,
    /// How fast; as fast as it goes, if `None`.
    pub pace: Option<Pace>,
}

/// How it stands with an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// What its health says.
    pub availability: Availability,
    /// How many deliveries to it are under way, in any process.
    pub running: u64,
    /// When the delivery whose turn it is is tried again, if they go in order; 1970 if now.
    pub blocked_until: UnixTime,
    /// Up to when its pace is used up, in Unix microseconds; 0 if it never was.
    pub paced_until_us: u64,
}

/// A delivery that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// When it is due.
    pub due: UnixTime,
    /// Whether somebody asked for it to be sent once more.
    pub is_replay: bool,
}

/// What is sent next, and what is to be noted of the endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// The places of those that are sent, in their order.
    pub taken: Vec<usize>,
    /// All that wait become dead letters, for the reason `disabled`.
    pub buries: bool,
    /// When to look again, if others wait and nobody tells that they may go.
    pub next: Option<UnixTime>,
    /// Up to when its pace is used up now, if that is to be noted.
    pub paced_until_us: Option<u64>,
    /// What it was blocked until is past, and is to be noted as 1970.
    pub unblocks: bool,
}

impl Pace {
    /// So many deliveries a second, from a thousandth to a million; `None` for any other number.
    pub fn per_second(rate: f64) -> Option<Self> {
        // Whole microseconds, rounded down, of which there is at least one.
        RATES.contains(&rate).then(|| Self {
            interval_us: (1e6 / rate) as u64,
        })
    }

    /// How long what may go at once lasts, in microseconds.
    fn burst_us(self) -> u64 {
        self.interval_us.max(SECOND_US)
    }

    /// How many may go of those that are wanted, and up to when that uses the pace up.
    fn admit(self, paced_until_us: u64, now_us: u64, wanted: usize) -> (usize, u64) {
        let full = now_us.saturating_add(self.burst_us());
        // From a clock that was set back it is at most the end of a burst.
        let used = paced_until_us.clamp(now_us, full);
        let room = usize::try_from((full - used) / self.interval_us).unwrap_or(usize::MAX);
        let admitted = room.min(wanted);
        let taken_us = self.interval_us.saturating_mul(admitted as u64);
        (admitted, used.saturating_add(taken_us))
    }

    /// When the next may go.
    fn next(self, paced_until_us: u64) -> UnixTime {
        let next_us = paced_until_us
            .saturating_add(self.interval_us)
            .saturating_sub(self.burst_us());
        UnixTime::from_millis(next_us / 1_000 + 1)
    }
}

impl Manner {
    /// A manner of this order and this pace.
    pub fn new(is_fifo: bool, pace: Option<Pace>) -> Self {
        Self { is_fifo, pace }
    }
}

impl Standing {
    /// The standing of an endpoint of this availability, to which nothing is under way, which is not
    /// blocked and whose pace is not used.
    pub fn new(availability: Availability) -> Self {
        Self {
            availability,
            running: 0,
            blocked_until: UnixTime::EPOCH,
            paced_until_us: 0,
        }
    }

    /// What is sent now of the first that wait, in their order, if there is room for so many.
    ///
    /// Nothing goes to an endpoint that is throttled, and all that waits for one that is disabled is
    /// given up. While its circuit is open only replays go, since somebody asked for them; after that
    /// one other at a time, while nothing else is under way. In order, one goes at a time, and those
    /// after it wait until it is tried again.
    ///
    /// ```
    /// use countersign::dispatch::{Manner, Standing, Waiting};
    /// use countersign::{Availability, UnixTime};
    ///
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let later = UnixTime::from_seconds(1_700_000_005);
    /// let waiting = [now, now, later].map(|due| Waiting::new(due, false));
    /// let standing = Standing::new(Availability::Ready);
    /// let choice = standing.choose(&Manner::default(), &waiting, 10, now);
    /// assert_eq!((choice.taken, choice.next), (vec![0, 1], Some(later)));
    /// ```
    pub fn choose(
        &self,
        manner: &Manner,
        waiting: &[Waiting],
        room: usize,
        now: UnixTime,
    ) -> Choice {
        let mut choice = Choice::default();
        if waiting.is_empty() {
            return choice;
        }
        // How many may go that nobody asked for, and when the others may.
        let (usual, later) = match self.availability {
            Availability::Ready => (usize::MAX, None),
            Availability::Probe => (usize::from(self.running == 0), None),
            Availability::CircuitOpenUntil(until) => (0, Some(until)),
            Availability::ThrottledUntil(until) => {
                choice.next = Some(until);
                return choice;
            }
            Availability::Disabled(_) => {
                choice.buries = true;
                // There may be more than are known here.
                choice.next = Some(now);
                return choice;
            }
        };
        let mut room = room;
        if manner.is_fifo {
            if self.running > 0 {
                // Whoever has it tells when it ends.
                return choice;
            }
            if self.blocked_until > now {
                choice.next = Some(self.blocked_until);
                return choice;
            }
            room = room.min(1);
        }
        choice.take(waiting, room, (usual, later), now);
        if let Some(pace) = manner.pace {
            choice.pace(pace, self.paced_until_us, now);
        }
        // It was for the one that is taken: a clock that is set back shall not revive it.
        choice.unblocks = self.blocked_until != UnixTime::EPOCH && !choice.taken.is_empty();
        choice
    }
}

impl Choice {
    fn take(
        &mut self,
        waiting: &[Waiting],
        room: usize,
        (mut usual, later): (usize, Option<UnixTime>),
        now: UnixTime,
    ) {
        for (place, one) in waiting.iter().enumerate() {
            if one.due > now || self.taken.len() == room {
                self.look_again(one.due.max(now));
                return;
            }
            if one.is_replay {
                self.taken.push(place);
            } else if usual > 0 {
                usual -= 1;
                self.taken.push(place);
            } else if let Some(later) = later {
                // Without it there is a probe, which tells when it ends.
                self.look_again(later);
            }
        }
    }

    fn look_again(&mut self, time: UnixTime) {
        self.next = Some(self.next.map_or(time, |next| next.min(time)));
    }

    fn pace(&mut self, pace: Pace, paced_until_us: u64, now: UnixTime) {
        if self.taken.is_empty() {
            return;
        }
        let wanted = self.taken.len();
        let now_us = now.millis().saturating_mul(1_000);
        let (admitted, until_us) = pace.admit(paced_until_us, now_us, wanted);
        if admitted < wanted {
            self.taken.truncate(admitted);
            let soonest = UnixTime::from_millis(now.millis().saturating_add(1));
            self.next = Some(pace.next(until_us).max(soonest));
        }
        // Also what a clock wrote that was set back, or nothing would be admitted until it is there
        // again.
        if admitted > 0 || until_us < paced_until_us {
            self.paced_until_us = Some(until_us);
        }
    }
}

impl Waiting {
    /// A delivery that is due then.
    pub fn new(due: UnixTime, is_replay: bool) -> Self {
        Self { due, is_replay }
    }
}
