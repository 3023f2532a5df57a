//! A soak: thousands of requests of every kind at once, and each answer and event accounted for.
//!
//! It fails if an answer is not the one that the core predicts, if an event is handled twice or
//! lost, or if a server's memory grows by more than its bounded stores explain.

mod client;
mod connection;
mod fixtures;
mod handled;
mod load;
mod memory;
mod report;
mod tally;
mod traffic;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::receivers::{Build, build_axum, install_javascript};
use crate::tools::{step, target};
use crate::{npm, wheel};
use fixtures::Fixture;
use load::Watch;

const USAGE: &str = "usage: cargo xtask soak [--seconds N] [--only flask|worker|axum]";
/// Each server needs minutes until its memory tells something.
const SECONDS: u64 = 300;
const SMOKE: Duration = Duration::from_secs(4);

/// `cargo xtask soak`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut names = vec!["flask", "worker", "axum"];
    let mut seconds = SECONDS;
    for option in arguments.chunks(2) {
        match option {
            [name, value] if name == "--seconds" => seconds = value.parse().context(USAGE)?,
            [name, value] if name == "--only" => names.retain(|known| known == value),
            _ => bail!(USAGE),
        }
    }
    ensure!(seconds > 0 && !names.is_empty(), USAGE);
    let prepare = |name| match name {
        "flask" => Fixture::flask(wheel::venv_for_tests()?.python()),
        "worker" => {
            let folder = target().join("receivers");
            Fixture::worker(&install_javascript(&npm::pack()?, &folder)?)
        }
        _ => Fixture::axum(build_axum(Build::Release)?),
    };
    let fixtures = names.into_iter().map(prepare).collect::<Result<Vec<_>>>()?;
    soak(&fixtures, Duration::from_secs(seconds), Watch::Memory)
}

/// A few seconds for each server, in which the memory shows nothing yet. Takes a Python that has
/// the wheel, the folder of the servers in JavaScript, and the program with axum.
pub(crate) fn smoke(python: &Path, javascript: &Path, axum: PathBuf) -> Result<()> {
    let fixtures = [
        Fixture::flask(python)?,
        Fixture::worker(javascript)?,
        Fixture::axum(axum)?,
    ];
    soak(&fixtures, SMOKE, Watch::Nothing)
}

fn soak(fixtures: &[Fixture], time: Duration, watch: Watch) -> Result<()> {
    for fixture in fixtures {
        step(&format!("a soak of {}", fixture.name), || {
            let outcome = load::run(fixture, time, watch)?;
            report::print(fixture.name, &outcome);
            outcome.must_hold()
        })?;
    }
    Ok(())
}
