//! The memory of a server: what its processes hold of the machine's, as Linux tells it.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::fixtures::CAPACITY;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// What allocators and garbage collectors may hold at one time and not at another. A leak of a
/// few dozen bytes for each request is more than that in a soak of minutes.
const SLACK: u64 = 24 * MIB;
/// What an entry of a store weighs at most: its key twice, its place in two trees, its window.
const ENTRY: u64 = KIB;

/// One sample each second.
#[derive(Default)]
pub(super) struct Memory {
    samples: Vec<u64>,
    /// Events handled and callers seen when each sample was taken.
    entries: Vec<[usize; 2]>,
}

impl Memory {
    /// Notes what the process and those below it hold, with what fills the stores.
    pub(super) fn sample(&mut self, process: u32, entries: [usize; 2]) -> Result<()> {
        self.samples.push(resident(process)?);
        self.entries.push(entries);
        Ok(())
    }

    /// In bytes: at the end of the first quarter, in the middle, and at the end. Each is the
    /// median of an eighth of the samples.
    pub(super) fn course(&self) -> Option<[u64; 3]> {
        let count = self.samples.len();
        let median = |end: usize| {
            let from = (end - count / 8).min(end.saturating_sub(1));
            let mut part = self.samples.get(from..end)?.to_vec();
            part.sort_unstable();
            part.get(part.len() / 2).copied()
        };
        Some([median(count / 4)?, median(count / 2)?, median(count)?])
    }

    /// That it has not grown in the second half, except by entries for which the stores had room
    /// in the middle, and by what comes and goes. Before that, a garbage collector lets its heap
    /// grow to the size that it then keeps to.
    pub(super) fn must_be_flat(&self) -> Result<()> {
        let course = self.course();
        let [_, middle, last] = course.context("too few samples of the memory were taken")?;
        let seen = self.entries[self.entries.len() / 2];
        let room: usize = seen
            .map(|entries| CAPACITY.saturating_sub(entries))
            .iter()
            .sum();
        let bound = SLACK + room as u64 * ENTRY;
        let growth = last.saturating_sub(middle);
        ensure!(
            growth <= bound,
            "the server's memory grew by {} KiB, and {} KiB can be explained",
            growth / KIB,
            bound / KIB
        );
        Ok(())
    }
}

/// The resident memory of a process and of all below it, in bytes.
fn resident(process: u32) -> Result<u64> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let processes = fs::read_dir("/proc").context("the memory of a server is read from /proc")?;
    for entry in processes.flatten() {
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        // Some end while they are listed.
        let parent = id.and_then(|id| number_of(id, "PPid:"));
        if let (Some(id), Some(parent)) = (id, parent) {
            children.entry(parent.try_into()?).or_default().push(id);
        }
    }
    let mut total = 0;
    let mut queue = vec![process];
    while let Some(id) = queue.pop() {
        total += number_of(id, "VmRSS:").unwrap_or(0) * KIB;
        queue.extend(children.remove(&id).unwrap_or_default());
    }
    ensure!(total > 0, "the server has ended");
    Ok(total)
}

/// A number of `/proc/ID/status`.
fn number_of(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The memory of a server by the second, whose stores are full from this second on.
    fn memory(full_from: usize, resident: impl Fn(u64) -> u64) -> Memory {
        let entries = |second| match second < full_from {
            true => [0, 0],
            false => [CAPACITY, 3 * CAPACITY],
        };
        Memory {
            samples: (0..300).map(resident).collect(),
            entries: (0..300).map(entries).collect(),
        }
    }

    #[test]
    fn a_leak_is_no_flat_memory() {
        assert!(
            memory(0, |second| (100 + second) * MIB)
                .must_be_flat()
                .is_err()
        );
        assert!(
            memory(0, |second| (100 + second % 20) * MIB)
                .must_be_flat()
                .is_ok()
        );
    }

    #[test]
    fn growth_is_explained_by_stores_that_fill_and_by_nothing_after() {
        let growing = |second| (100 + second / 4) * MIB;
        assert!(memory(200, growing).must_be_flat().is_ok());
        assert!(memory(20, growing).must_be_flat().is_err());
        let settling = |second| (100 + 4 * u64::min(second, 100)) * MIB;
        assert!(memory(20, settling).must_be_flat().is_ok());
    }

    #[test]
    fn no_samples_prove_nothing() {
        assert!(Memory::default().must_be_flat().is_err());
    }
}
