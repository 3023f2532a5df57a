//! Which handler an event goes to, by its type.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::error::{ConfigurationError, PatternDefect};

const MAX_PATTERN_LENGTH: usize = 256;
/// What may stand before the `*` of a pattern.
const SEPARATORS: [char; 3] = ['.', '/', ':'];

/// Patterns of event types: a whole name (`payment.succeeded`), the names that begin so
/// (`payment.*`, `orders/*`), or all (`*`).
///
/// The most specific pattern wins: the whole name, else the longest beginning, else `*`. An event
/// without a type goes to `*` alone.
///
/// ```
/// use countersign::Routes;
///
/// let mut routes = Routes::new();
/// let any = routes.add("*")?;
/// let payments = routes.add("payment.*")?;
/// let failures = routes.add("payment.failed")?;
/// assert_eq!(routes.find(Some("payment.failed")), Some(failures));
/// assert_eq!(routes.find(Some("payment.refund.created")), Some(payments));
/// assert_eq!(routes.find(Some("payments")), Some(any));
/// assert_eq!(routes.find(None), Some(any));
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Routes {
    names: BTreeMap<Box<str>, usize>,
    /// The longest first.
    beginnings: Vec<(Box<str>, usize)>,
    any: Option<usize>,
    count: usize,
}

impl Routes {
    /// No patterns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pattern; its number, counted from 0.
    ///
    /// # Errors
    /// `malformed_pattern` if it is empty, longer than 256 bytes, or has a `*` elsewhere than alone
    /// or at the end after `.`, `/` or `:`; `duplicate_handler` if it was added before.
    pub fn add(&mut self, pattern: &str) -> Result<usize, ConfigurationError> {
        let number = self.count;
        if !matches!(pattern.len(), 1..=MAX_PATTERN_LENGTH) {
            return Err(malformed(PatternDefect::Length));
        }
        if pattern == "*" {
            if self.any.is_some() {
                return Err(ConfigurationError::DuplicateHandler);
            }
            self.any = Some(number);
        } else if let Some(beginning) = pattern.strip_suffix('*') {
            if beginning.contains('*') || !beginning.ends_with(SEPARATORS) {
                return Err(malformed(PatternDefect::Star));
            }
            if self
                .beginnings
                .iter()
                .any(|(known, _)| **known == *beginning)
            {
                return Err(ConfigurationError::DuplicateHandler);
            }
            let shorter = |(known, _): &(Box<str>, usize)| known.len() >= beginning.len();
            let at = self.beginnings.partition_point(shorter);
            self.beginnings.insert(at, (beginning.into(), number));
        } else {
            if pattern.contains('*') {
                return Err(malformed(PatternDefect::Star));
            }
            if self.names.contains_key(pattern) {
                return Err(ConfigurationError::DuplicateHandler);
            }
            self.names.insert(pattern.into(), number);
        }
        self.count += 1;
        Ok(number)
    }

    /// The number of the pattern that fits best, if one fits.
    pub fn find(&self, event_type: Option<&str>) -> Option<usize> {
        let by_type = event_type.and_then(|event_type| {
            let begins = |(beginning, _): &&(Box<str>, usize)| {
                event_type.len() > beginning.len() && event_type.starts_with(&**beginning)
            };
            let by_beginning = || self.beginnings.iter().find(begins);
            let by_name = self.names.get(event_type).copied();
            by_name.or_else(|| by_beginning().map(|(_, number)| *number))
        });
        by_type.or(self.any)
    }
}

fn malformed(defect: PatternDefect) -> ConfigurationError {
    ConfigurationError::MalformedPattern(defect)
}
