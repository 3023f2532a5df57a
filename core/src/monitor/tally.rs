//! What one receiver was seen to do, in bounded memory.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::histogram::Histogram;
use crate::answer::Handling;

/// What further names are counted as.
pub(super) const OTHER: &str = "other";
/// The longest text of a request that is kept, in characters.
const LONGEST: usize = 200;
/// More than there are codes.
const MOST_RESULTS: usize = 128;

/// A text that senders choose, or its beginning with an ellipsis: at most 200 characters.
///
/// ```
/// use countersign::monitor::shortened;
///
/// assert_eq!(shortened("push"), "push");
/// assert_eq!(shortened(&"x".repeat(10_000)).chars().count(), 200);
/// ```
pub fn shortened(text: &str) -> Cow<'_, str> {
    match longest_beginning(text) {
        None => text.into(),
        Some(beginning) => {
            let mut short = String::with_capacity(beginning.len() + '…'.len_utf8());
            short.push_str(beginning);
            short.push('…');
            short.into()
        }
    }
}

/// What remains of a text that is too long.
fn longest_beginning(text: &str) -> Option<&str> {
    if text.len() <= LONGEST {
        return None;
    }
    let mut ends = text.char_indices().map(|(at, _)| at).skip(LONGEST - 1);
    let end = ends.next()?;
    // There is a character beyond the last that may be kept.
    ends.next().map(|_| &text[..end])
}

/// The counts of one receiver.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    pub(super) name: Arc<str>,
    pub(super) scheme: Arc<str>,
    /// Requests by result.
    pub(super) results: Counts,
    /// Authentic events by type; those without one are under the empty text.
    pub(super) types: Counts,
    pub(super) durations: Histogram,
}

impl Tally {
    pub(super) fn new(name: &str, scheme: &str) -> Self {
        Self {
            name: name.into(),
            scheme: scheme.into(),
            results: Counts::default(),
            types: Counts::default(),
            durations: Histogram::default(),
        }
    }

    /// Counts a result; its text.
    pub(super) fn count_result(&mut self, result: &str) -> Arc<str> {
        let counted = self.results.count(result, MOST_RESULTS);
        counted.unwrap_or_else(|| result.into())
    }

    /// Counts the type of what is an event; its text, shortened.
    pub(super) fn count_type(
        &mut self,
        event_type: Option<&str>,
        has_id: bool,
        result: &str,
        most: usize,
    ) -> Option<Arc<str>> {
        let event_type = event_type.map(shortened);
        let mut counted = None;
        if event_type.is_some() || has_id || Handling::named(result).is_some() {
            counted = self
                .types
                .count(event_type.as_deref().unwrap_or_default(), most);
        }
        event_type.map(|text| counted.unwrap_or_else(|| (*text).into()))
    }
}

/// How often each name was seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// In the order in which they came.
    entries: Vec<(Arc<str>, u64)>,
    /// The places of the names in their order as texts, to find them by.
    sorted: Vec<usize>,
}

impl Counts {
    /// Counts a name; the text that is held for it, if it is told apart.
    fn count(&mut self, name: &str, most: usize) -> Option<Arc<str>> {
        let place = match self.find(name) {
            Ok(place) => place,
            Err(at) if self.entries.len() < most => self.insert(at, name),
            Err(_) => {
                let other = self.find(OTHER).unwrap_or_else(|at| self.insert(at, OTHER));
                self.entries[other].1 += 1;
                return None;
            }
        };
        let (text, count) = &mut self.entries[place];
        *count += 1;
        Some(text.clone())
    }

    /// Each name with its count, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.entries.iter().map(|(name, count)| (&**name, *count))
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        let found = self
            .sorted
            .binary_search_by(|place| (*self.entries[*place].0).cmp(name));
        found.map(|at| self.sorted[at])
    }

    fn insert(&mut self, at: usize, name: &str) -> usize {
        let place = self.entries.len();
        self.entries.push((name.into(), 0));
        self.sorted.insert(at, place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        for character in ['i', 'ř', '🐎'] {
            let fits: String = core::iter::repeat_n(character, 200).collect();
            assert_eq!(shortened(&fits), fits);
            let mut long = fits.clone();
            long.push('x');
            let shown = shortened(&long);
            assert_eq!(shown.chars().count(), 200);
            assert_eq!(
                shown.strip_suffix('…'),
                long.get(..199 * character.len_utf8())
            );
        }
    }

    #[test]
    fn further_names_are_counted_as_other() {
        let mut counts = Counts::default();
        for name in ["b", "a", "c", "d", "a"] {
            counts.count(name, 2);
        }
        let counted: Vec<_> = counts.iter().collect();
        assert_eq!(counted, [("b", 1), ("a", 2), ("other", 2)]);
    }
}
