//! An inbox as a monitor shows it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::time::UnixTime;

/// How many dead letters are shown.
pub const MOST_DEAD_LETTERS: usize = 100;

/// What a host has read of its inbox. What the inbox did not answer is `None`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct InboxView {
    /// How many events are in which state.
    pub counts: Option<Vec<(String, u64)>>,
    /// The events that are not tried again, of which the first [`MOST_DEAD_LETTERS`] are shown.
    /// Metrics do not tell them.
    pub dead_letters: Option<Vec<DeadLetter>>,
}

impl InboxView {
    /// An inbox that does not answer.
    pub fn down() -> Self {
        Self::default()
    }
}

/// An event that is not tried again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Its number in the inbox.
    pub number: u64,
    /// When it came.
    pub received: UnixTime,
    /// How often its handler was run.
    pub attempts: u32,
    /// The event's id.
    pub event_id: Option<String>,
    /// The event's type.
    pub event_type: Option<String>,
    /// Why the last attempt failed: the name of an error's class, or a code.
    pub error: Option<String>,
}

impl DeadLetter {
    /// A dead letter of which no more is known.
    pub fn new(number: u64, received: UnixTime, attempts: u32) -> Self {
        Self {
            number,
            received,
            attempts,
            event_id: None,
            event_type: None,
            error: None,
        }
    }
}

/// Whether the event of this number may be replayed: if it is among the dead letters that a page
/// shows now. `dead_letters` are the numbers of all of them, as the inbox has them.
///
/// An inbox would replay what was handled, too. A page that is no longer true must not do so.
///
/// ```
/// use countersign::monitor::is_shown;
///
/// assert!(is_shown([7, 9], 9));
/// assert!(!is_shown([7, 9], 8));
/// assert!(!is_shown(0..1_000, 100));
/// ```
pub fn is_shown(dead_letters: impl IntoIterator<Item = u64>, number: u64) -> bool {
    let mut shown = dead_letters.into_iter().take(MOST_DEAD_LETTERS);
    shown.any(|shown| shown == number)
}
