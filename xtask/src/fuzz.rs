//! Fuzzes each target for a while, from the corpus in `fuzz/corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::{command, root, run as execute, step, target, works};

const TARGETS: [&str; 6] = [
    "verify",
    "event",
    "description",
    "retry_after",
    "destination",
    "explain",
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

/// A short run of each target, always from the committed corpus.
pub(crate) fn smoke() -> Result<()> {
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
    let mut fuzzer = Command::new(program);
    fuzzer
        .args(["fuzz", "run", name])
        .arg(found)
        .arg(root().join("fuzz/corpus").join(name))
        .arg("--")
        .args(limits)
        .args(["-max_len=4096", "-print_final_stats=1", "-verbosity=0"])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target().join("fuzz"))
        // The instrumentation is the same on stable, where it needs to be allowed.
        .env("RUSTC_BOOTSTRAP", "1");
    execute(&mut fuzzer)
}

/// cargo-fuzz, in the folder of everything that is installed.
fn installed() -> Result<PathBuf> {
    let tools = target().join("tools");
    let program = tools.join("bin/cargo-fuzz");
    if !works(&program, &["fuzz", "--version"]) {
        step("install cargo-fuzz", || {
            let arguments = [
                "install",
                "cargo-fuzz",
                "--locked",
                "--quiet",
                "--version",
                VERSION,
            ];
            execute(command("cargo", arguments).arg("--root").arg(&tools))
        })?;
    }
    Ok(program)
}
