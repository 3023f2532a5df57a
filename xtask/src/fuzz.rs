//! Fuzzes each target for a while, from the corpus in `fuzz/corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::tools::{command, root, run as execute, step, target, works};

const TARGETS: [&str; 9] = [
    "verify",
    "event",
    "description",
    "retry_after",
    "destination",
    "explain",
    "keys",
    "key_url",
    "jws",
];
const VERSION: &str = "0.13.2";
const SECONDS: u32 = 30;
/// How many inputs each target gets in the tests, its corpus among them.
const SMOKE_RUNS: u32 = 20_000;
/// That one verifies a hundred times for each.
const SMOKE_RUNS_OF_REPORTS: u32 = 1_000;

/// `cargo xtask fuzz [targets]`: these, or all.
pub(crate) fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        let targets = TARGETS.join(", ");
        bail!("there is no target {unknown}; the targets are {targets}");
    }
    let program = installed()?;
    for name in TARGETS {
        if names.is_empty() || names.iter().any(|chosen| chosen == name) {
            // What is found is where the next run goes on.
            let found = target().join("fuzz-corpus").join(name);
            let duration = [format!("-max_total_time={SECONDS}")];
            step(&format!("fuzz {name}"), || {
                fuzz(&program, name, &found, &duration)
            })?;
        }
    }
    Ok(())
}

/// Builds all targets.
pub(crate) fn build() -> Result<()> {
    let program = installed()?;
    step("build the targets of the fuzzer", || {
        execute(&mut cargo_fuzz(&program, "build"))
    })
}

/// A short run of each target, always from the committed corpus.
pub(crate) fn smoke() -> Result<()> {
    build()?;
    let program = installed()?;
    for name in TARGETS {
        let found = target().join("fuzz-smoke").join(name);
        if found.exists() {
            fs::remove_dir_all(&found)?;
        }
        let count = match name {
            "explain" => SMOKE_RUNS_OF_REPORTS,
            _ => SMOKE_RUNS,
        };
        let runs = [format!("-runs={count}"), "-seed=1".to_owned()];
        step(&format!("fuzz {name}"), || {
            fuzz(&program, name, &found, &runs)
        })?;
    }
    Ok(())
}

/// Puts what it finds into a folder; the committed corpus is only read.
fn fuzz(program: &Path, name: &str, found: &Path, limits: &[String]) -> Result<()> {
    fs::create_dir_all(found)?;
    let mut fuzzer = cargo_fuzz(program, "run");
    fuzzer
        .arg(name)
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name))
        .arg("--")
        .args(limits)
        .args(["-max_len=4096", "-print_final_stats=1", "-verbosity=0"]);
    execute(&mut fuzzer)
}

fn cargo_fuzz(program: &Path, what: &str) -> Command {
    let mut cargo_fuzz = command(program, ["fuzz", what]);
    cargo_fuzz
        .env("CARGO_TARGET_DIR", target().join("fuzz"))
        // The instrumentation is the same on stable, where it needs to be allowed.
        .env("RUSTC_BOOTSTRAP", "1");
    cargo_fuzz
}

/// cargo-fuzz, in the folder of everything that is installed.
fn installed() -> Result<PathBuf> {
    // Who comes while it is installed waits for that.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _installing = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let tools = target().join("tools");
    let program = tools.join("bin/cargo-fuzz");
    if !works(&program, &["fuzz", "--version"]) {
        step("install cargo-fuzz", || {
            let arguments = [
                "install",
                "cargo-fuzz",
                "--locked",
                "--quiet",
                // It only starts what is fuzzed.
                "--debug",
                "--version",
                VERSION,
            ];
            execute(command("cargo", arguments).arg("--root").arg(&tools))
        })?;
    }
    Ok(program)
}
