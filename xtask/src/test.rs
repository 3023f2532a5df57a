//! Everything that must hold, in the order in which a failure is cheapest to find; and while tests
//! wait, what later parts need is compiled.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::tools::{
    command, ensure_installed, ensure_postgres, give_way, run as execute, step, target,
};
use crate::{
    bare_metal, conformance, constant_time, demo, examples, fuzz, interoperability, npm, readme,
    receivers, schemes, wheel,
};

type Part = (&'static str, fn() -> Result<()>);

/// The parts by name, so that one can be run alone: `cargo xtask test python npm`.
const PARTS: [Part; 14] = [
    ("lint", lint),
    ("rust", rust),
    ("corpus", corpus),
    ("bare-metal", bare_metal),
    ("constant-time", constant_time),
    ("npm", npm::test),
    ("python", wheel::test),
    ("readme", readme),
    ("examples", examples::test),
    ("receivers", receivers::run),
    ("fuzz", fuzz::smoke),
    ("conformance", conformance::run_rust_and_compare),
    ("interoperability", interoperability::run),
    ("demo", demo::run),
];

/// `cargo xtask test`: all parts, or those named.
pub(crate) fn run(names: &[String]) -> Result<()> {
    for name in names {
        let known = PARTS.iter().any(|(part, _)| part == name);
        let parts = PARTS.map(|(part, _)| part).join(", ");
        ensure!(known, "there is no part {name}; the parts are {parts}");
    }
    let all = names.is_empty();
    let results = target().join("conformance");
    if all && results.exists() {
        // What an earlier run left must not stand for a runner that did not run.
        fs::remove_dir_all(results)?;
    }
    let mut times = Vec::new();
    let outcome = run_parts(names, &mut times);
    print_times(&times);
    outcome?;
    println!("\nAll of it holds.");
    Ok(())
}

/// Runs all parts, or those named; how long each took, that which failed among them.
fn run_parts(names: &[String], times: &mut Vec<(&'static str, Duration)>) -> Result<()> {
    let all = names.is_empty();
    let mut compiling = None;
    for (part, run) in PARTS {
        if all && part == "rust" {
            // The tests of this and of most parts below wait more than they compute.
            compiling = Some(thread::spawn(compile_ahead));
        }
        if all || names.iter().any(|name| name == part) {
            println!("\n######## {part}");
            let start = Instant::now();
            let outcome = run();
            times.push((part, start.elapsed()));
            outcome?;
        }
    }
    if let Some(compiling) = compiling {
        // What failed has failed again in the parts that need it, and is told here if none does.
        compiling
            .join()
            .map_err(|_| anyhow!("what compiles ahead panicked"))??;
    }
    Ok(())
}

fn print_times(times: &[(&str, Duration)]) {
    println!("\n{:<17} {:>7}", "part", "seconds");
    for (part, time) in times {
        println!("{part:<17} {:>7.1}", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:<17} {:>7.1}", "all", total.as_secs_f64());
}

/// Compiles what the parts need, in their order. A part that comes first compiles it itself, or
/// waits: the same lock that keeps Cargo's processes apart does it for them.
fn compile_ahead() -> Result<()> {
    give_way()?;
    // First, since it may install a target, as a later part does.
    npm::pack()?;
    wheel::build()?;
    examples::build_axum()?;
    fuzz::build()?;
    conformance::build()?;
    interoperability::build()
}

fn lint() -> Result<()> {
    step("format", || cargo(&["fmt", "--all", "--check"]))?;
    step("clippy", || {
        let scope = ["--workspace", "--all-targets", "--all-features", "--locked"];
        cargo(&[&["clippy"], &scope[..], &["--", "-D", "warnings"]].concat())
    })?;
    step("documentation builds without a warning", || {
        let scope = ["--workspace", "--all-features", "--no-deps", "--locked"];
        let mut doc = command("cargo", ["doc"]);
        execute(doc.args(scope).env("RUSTDOCFLAGS", "-D warnings"))
    })
}

fn rust() -> Result<()> {
    ensure_installed("redis-server", "redis-server")?;
    ensure_postgres()?;
    step("Rust tests", || {
        cargo(&["test", "--workspace", "--all-features", "--locked"])
    })
}

fn corpus() -> Result<()> {
    step("the corpus is what its generator writes", || {
        let arguments = ["tests/vectors/generate", "--check"];
        execute(&mut command(wheel::main_python()?, arguments))
    })?;
    step("the page of all schemes is that of core", schemes::check)
}

fn bare_metal() -> Result<()> {
    step(
        "core builds for bare metal and with each feature",
        bare_metal::run_all,
    )
}

fn constant_time() -> Result<()> {
    step(
        "signing and verifying take a time that tells nothing",
        constant_time::run,
    )
}

fn readme() -> Result<()> {
    step("the README's examples", readme::run_blocks)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    execute(&mut command("cargo", arguments))
}
