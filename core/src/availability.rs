//! Whether an endpoint may be sent to now, as a word with what belongs to it.

use crate::time::UnixTime;

/// Why an endpoint is sent nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisableReason {
    /// It answered 410.
    Gone,
    /// No attempt succeeded for days.
    Failing,
    /// Its owner or the operator said so.
    Manual,
}

/// Whether an endpoint may be sent to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Availability {
    /// It may.
    Ready,
    /// Not before then: it asked for a pause.
    ThrottledUntil(UnixTime),
    /// Not before then: it is down.
    CircuitOpenUntil(UnixTime),
    /// One attempt at a time, to find out whether it is still down.
    Probe,
    /// Not at all.
    Disabled(DisableReason),
}

impl DisableReason {
    const ALL: [Self; 3] = [Self::Gone, Self::Failing, Self::Manual];

    /// The reason as a word, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::Manual => "manual",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl Availability {
    /// All words of [`as_str`](Self::as_str).
    pub const WORDS: [&'static str; 5] =
        ["ready", "throttled", "circuit_open", "probe", "disabled"];

    /// The availability as a word.
    ///
    /// ```
    /// use countersign::{Availability, DisableReason};
    /// assert_eq!(Availability::Disabled(DisableReason::Gone).as_str(), "disabled");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::ThrottledUntil(_) => "throttled",
            Self::CircuitOpenUntil(_) => "circuit_open",
            Self::Probe => "probe",
            Self::Disabled(_) => "disabled",
        }
    }

    /// The end of a pause.
    pub fn until(self) -> Option<UnixTime> {
        match self {
            Self::ThrottledUntil(until) | Self::CircuitOpenUntil(until) => Some(until),
            Self::Ready | Self::Probe | Self::Disabled(_) => None,
        }
    }

    /// Why it is disabled.
    pub fn reason(self) -> Option<DisableReason> {
        match self {
            Self::Disabled(reason) => Some(reason),
            _ => None,
        }
    }

    /// The availability of a word, where a disabled one has the word of its reason; `until` is the
    /// end of a pause.
    ///
    /// ```
    /// use countersign::{Availability, DisableReason, UnixTime};
    /// let gone = Availability::Disabled(DisableReason::Gone);
    /// assert_eq!(Availability::named("gone", UnixTime::EPOCH), Some(gone));
    /// assert_eq!(Availability::named("away", UnixTime::EPOCH), None);
    /// ```
    pub fn named(word: &str, until: UnixTime) -> Option<Self> {
        Some(match word {
            "ready" => Self::Ready,
            "throttled" => Self::ThrottledUntil(until),
            "circuit_open" => Self::CircuitOpenUntil(until),
            "probe" => Self::Probe,
            reason => Self::Disabled(DisableReason::named(reason)?),
        })
    }
}
