//! Routes, against all patterns that fit, sorted.

use countersign::Routes;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::config;

/// Whether the pattern may be added, whatever there is already.
fn is_pattern(text: &str) -> bool {
    let stars = text.matches('*').count();
    let ends = [".*", "/*", ":*"].iter().any(|end| text.ends_with(end));
    (1..=256).contains(&text.len()) && (stars == 0 || text == "*" || stars == 1 && ends)
}

fn fits(pattern: &str, event_type: Option<&str>) -> bool {
    match (pattern.strip_suffix('*'), event_type) {
        (Some(""), _) => true,
        (_, None) => false,
        (None, Some(event_type)) => pattern == event_type,
        (Some(beginning), Some(event_type)) => {
            event_type != beginning && event_type.starts_with(beginning)
        }
    }
}

/// The number of the most specific pattern that fits: a whole name, else the longest.
fn best(patterns: &[&str], event_type: Option<&str>) -> Option<usize> {
    let numbered = patterns.iter().enumerate();
    let mut fitting: Vec<_> = numbered
        .filter(|(_, pattern)| fits(pattern, event_type))
        .map(|(number, pattern)| (!pattern.ends_with('*'), pattern.len(), number))
        .collect();
    fitting.sort_unstable();
    fitting.last().map(|(_, _, number)| *number)
}

/// Few letters, so that patterns and types meet.
const NAME: &str = "[ab\u{e9}]{0,2}([./:][ab]{0,2}){0,3}";

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn the_most_specific_pattern_wins(
        patterns in prop::collection::vec(
            (NAME, select(vec!["", "*", "*", ".*", "**", "*."])).prop_map(|(name, end)| name + end),
            0..12,
        ),
        types in prop::collection::vec(prop::option::of(NAME), 1..6),
    ) {
        let mut routes = Routes::new();
        let mut added: Vec<&str> = Vec::new();
        for pattern in &patterns {
            let expected = if !is_pattern(pattern) {
                Err("malformed_pattern")
            } else if added.contains(&pattern.as_str()) {
                Err("duplicate_handler")
            } else {
                added.push(pattern);
                Ok(added.len() - 1)
            };
            prop_assert_eq!(routes.add(pattern).map_err(|error| error.code()), expected, "{}", pattern);
        }
        let own_names = added.iter().map(|pattern| Some(pattern.trim_end_matches('*')));
        for event_type in types.iter().map(Option::as_deref).chain(own_names) {
            prop_assert_eq!(routes.find(event_type), best(&added, event_type), "{:?}", event_type);
        }
    }

    #[test]
    fn any_text_is_a_pattern_or_is_refused(text in "\\PC{0,40}|[a*.]{250,260}") {
        prop_assert_eq!(Routes::new().add(&text).is_ok(), is_pattern(&text));
    }
}
