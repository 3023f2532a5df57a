//! Headers that can be counted, and those that resemble one that is missing.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::headers::Headers;

/// Headers of which all can be seen, not only those that a scheme reads.
pub trait EveryHeader: Headers {
    /// Calls `visit` with name and value of each header, in order.
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8]));
}

impl<N: AsRef<str>, V: AsRef<[u8]>> EveryHeader for [(N, V)] {
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in self {
            visit(name.as_ref(), value.as_ref());
        }
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> EveryHeader for [(N, V); COUNT] {
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8])) {
        self.as_slice().every(visit);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> EveryHeader for Vec<(N, V)> {
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8])) {
        self.as_slice().every(visit);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> EveryHeader for BTreeMap<N, V> {
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in self {
            visit(name.as_ref(), value.as_ref());
        }
    }
}

#[cfg(feature = "http")]
impl EveryHeader for http::HeaderMap {
    fn every<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in self {
            visit(name.as_str(), value.as_bytes());
        }
    }
}

/// What servers and proxies put before the names of headers that they pass on.
const PREFIXES: [&str; 6] = [
    "http-",
    "redirect-http-",
    "x-forwarded-",
    "x-original-",
    "x-amzn-remapped-",
    "x-http-",
];

/// The longest name that is looked at.
const MAX_NAME: usize = 80;
/// From this length on a name with two faults still says what is meant.
const MIN_SPELT: usize = 8;
const MAX_FAULTS: usize = 2;

/// The received header that comes closest to this name: where it is, what it is called in lower
/// case, and what changed it.
pub(super) fn renamed(
    wanted: &str,
    names: &[&str],
    known: &[&str],
) -> Option<(usize, String, &'static str)> {
    type IsMeant = fn(&str, &str) -> bool;
    let ways: [(&'static str, IsMeant); 4] = [
        ("underscores", |name, wanted| with_dashes(name) == wanted),
        ("prefix", |name, wanted| {
            let name = with_dashes(name);
            PREFIXES
                .iter()
                .any(|prefix| name.strip_prefix(prefix) == Some(wanted))
        }),
        ("x_prefix", |name, wanted| {
            let name = with_dashes(name);
            let without = |name| str::strip_prefix(name, "x-");
            without(&*name) == Some(wanted) || without(wanted) == Some(&*name)
        }),
        ("spelling", |name, wanted| {
            wanted.len() >= MIN_SPELT && faults(name, wanted) <= MAX_FAULTS
        }),
    ];
    let candidates: Vec<(usize, String)> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| name.len() <= MAX_NAME && name.bytes().all(is_of_name))
        .map(|(index, name)| (index, name.to_ascii_lowercase()))
        .filter(|(_, name)| !known.contains(&&**name))
        .collect();
    ways.iter().find_map(|(how, is_meant)| {
        let mut candidates = candidates.iter();
        let (index, name) = candidates.find(|(_, name)| is_meant(name, wanted))?;
        Some((*index, name.clone(), *how))
    })
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn with_dashes(name: &str) -> String {
    name.replace('_', "-")
}

/// How many bytes must be added, removed or replaced to make one of the other (Levenshtein).
fn faults(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, byte) in one.bytes().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, wanted) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(byte != wanted);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
