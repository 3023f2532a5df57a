//! Many clients at once, while the server is watched.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use super::client::{Client, Shared};
use super::fixtures::Fixture;
use super::handled::Handled;
use super::memory::Memory;
use super::tally::Tally;

const CLIENTS: usize = 16;
/// Of so many clients one calls the receiver with the file.
const FILE_SHARE: usize = 4;
const INTERVAL: Duration = Duration::from_secs(1);

/// What is watched besides the answers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Watch {
    Memory,
    Nothing,
}

pub(super) struct Outcome {
    pub(super) time: Duration,
    pub(super) tally: Tally,
    /// How many events were handled.
    pub(super) handled: usize,
    pub(super) callers: u32,
    /// How many events were handled more than once.
    pub(super) repeated: usize,
    /// How many events were answered as handled and were not.
    pub(super) lost: usize,
    /// How many events were handled and not answered so.
    pub(super) unheard: usize,
    pub(super) memory: Option<Memory>,
}

/// Sends to a server for this long.
pub(super) fn run(fixture: &Fixture, time: Duration, watch: Watch) -> Result<Outcome> {
    let (process, server) = fixture.start()?;
    let endpoints = fixture.endpoints();
    let shared = Shared::new(server)?;
    for endpoint in endpoints {
        shared.use_up_the_limit(endpoint)?;
    }
    let mut handled = Handled::new(server, endpoints);
    let mut memory = (watch == Watch::Memory).then(Memory::default);
    let is_over = AtomicBool::new(false);
    let start = Instant::now();

    let mut tally = Tally::default();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let endpoint = endpoint_of(endpoints, number);
                let client = Client::new(&shared, endpoint, number);
                scope.spawn(|| client.run(|| is_over.load(Ordering::Relaxed)))
            })
            .collect();
        let watched = watch_until(start + time, || {
            handled.take()?;
            memory.as_mut().map_or(Ok(()), |memory| {
                let entries = [handled.events.len(), shared.callers() as usize];
                memory.sample(process.id(), entries)
            })
        });
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            let ended = client.join().map_err(|_| anyhow!("a client panicked"))?;
            tally.add(ended?);
        }
        watched
    })?;
    let time = start.elapsed();
    handled.take()?;

    let acknowledged: HashSet<u64> = tally.acknowledged.iter().copied().collect();
    Ok(Outcome {
        time,
        handled: handled.events.len(),
        callers: shared.callers(),
        repeated: handled.again.len(),
        lost: acknowledged.difference(&handled.events).count(),
        unheard: handled.events.difference(&acknowledged).count(),
        tally,
        memory,
    })
}

fn endpoint_of(endpoints: &'static [&'static str], client: usize) -> &'static str {
    match endpoints {
        [_, file] if client.is_multiple_of(FILE_SHARE) => file,
        _ => endpoints[0],
    }
}

fn watch_until(end: Instant, mut look: impl FnMut() -> Result<()>) -> Result<()> {
    while Instant::now() < end {
        look()?;
        thread::sleep(INTERVAL.min(end.saturating_duration_since(Instant::now())));
    }
    Ok(())
}

impl Outcome {
    pub(super) fn must_hold(&self) -> Result<()> {
        let Self {
            tally,
            repeated,
            lost,
            unheard,
            ..
        } = self;
        ensure!(
            tally.wrong.is_empty(),
            "{} verdicts were wrong, the first: {}",
            tally.wrong.len(),
            tally.wrong[0]
        );
        ensure!(*repeated == 0, "{repeated} events were handled again");
        ensure!(*lost == 0, "{lost} events were acknowledged and lost");
        ensure!(*unheard == 0, "{unheard} events were handled in secret");
        ensure!(self.handled > 0, "nothing was handled");
        self.memory.as_ref().map_or(Ok(()), Memory::must_be_flat)
    }
}
