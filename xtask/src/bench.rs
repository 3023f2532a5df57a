//! Measures ours and the peers side by side in each language, and writes `benches/RESULTS.md`.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::python::{Venv, interpreters};
use crate::tools::{command, output, root, step, target};
use crate::{npm, wheel};

const SIZES: [(u64, &str); 4] = [
    (64, "64 B"),
    (512, "512 B"),
    (4_096, "4 KiB"),
    (1 << 20, "1 MiB"),
];

/// How many times as fast as a peer we mean to be, at each size; 0 where nothing is promised.
struct Budget {
    language: &'static str,
    peer: &'static str,
    ratios: [f64; 4],
}

const BUDGETS: [Budget; 6] = [
    Budget::new("rust", "standardwebhooks", [3.0, 3.5, 4.0, 4.0]),
    Budget::new("rust", "svix", [3.0, 3.5, 4.0, 4.0]),
    Budget::new("python", "standardwebhooks", [15.0, 9.0, 3.0, 1.15]),
    Budget::new("python", "hmac.digest", [5.0, 3.0, 1.4, 0.97]),
    Budget::new("javascript", "standardwebhooks", [6.0, 5.0, 4.0, 4.0]),
    Budget::new("javascript", "node:crypto", [2.2, 1.3, 0.0, 0.0]),
];

/// A size of what ships or a time to start, and the most that it may be.
const LIMITS: [(&str, &str, &str, f64); 4] = [
    ("python", "wheel_bytes", "wheel, bytes", 8_388_608.0),
    (
        "javascript",
        "wasm_gzip_bytes",
        ".wasm, gzip, bytes",
        40_960.0,
    ),
    (
        "javascript",
        "import_ms",
        "import to first verify in Node, ms",
        12.0,
    ),
    ("python", "import_ms", "import in Python, ms", f64::INFINITY),
];

impl Budget {
    const fn new(language: &'static str, peer: &'static str, ratios: [f64; 4]) -> Self {
        Self {
            language,
            peer,
            ratios,
        }
    }
}

pub(crate) fn run() -> Result<()> {
    let wheels = wheel::build()?;
    let tarball = npm::pack()?;
    let results = [
        step("measure Rust", || {
            let manifest = root().join("benches/rust/Cargo.toml");
            let arguments = ["run", "--release", "--quiet", "--locked", "--manifest-path"];
            let mut bench = command("cargo", arguments);
            json(
                bench
                    .arg(manifest)
                    .env("CARGO_TARGET_DIR", target().join("benches")),
            )
        })?,
        step("measure Python", || {
            let interpreters = interpreters();
            let python = interpreters.get(&11).or(interpreters.values().last());
            let python = python.context("there is no Python")?;
            let requirements = root().join("benches/python/requirements.txt");
            let venv = Venv::fresh("bench", python)?;
            let wheel = wheels.install(&venv)?;
            output(
                venv.module("pip")
                    .args(["install", "--quiet", "-r"])
                    .arg(requirements),
            )?;
            json(command(venv.python(), ["benches/python/bench.py"]).arg(wheel))
        })?,
        step("measure JavaScript", || {
            json(command("node", ["benches/javascript/bench.mjs"]).arg(&tarball))
        })?,
    ];
    let report = report(&results)?;
    fs::write(root().join("benches/RESULTS.md"), &report)?;
    println!("\n{report}");
    Ok(())
}

fn json(command: &mut std::process::Command) -> Result<Value> {
    serde_json::from_str(&output(command)?).context("the benchmark did not print JSON")
}

fn report(results: &[Value]) -> Result<String> {
    let mut text = format!(
        "# Results\n\n\
         Written by `cargo xtask bench`: verification of one request, every candidate in turn in \
         one run on one machine. Times are minima with medians in brackets, in nanoseconds. A \
         ratio is the peer's minimum by ours: how many times as fast we are. Quote ratios, not \
         times: machines differ, and this one is shared.\n\n{}\n",
        machine()?
    );
    for result in results {
        let language = result["language"].as_str().unwrap_or_default();
        writeln!(text, "\n## {}\n", title(language))?;
        for scheme in schemes(result) {
            write_table(&mut text, language, scheme, result)?;
        }
        for (key, what) in [
            (
                "event_gb_per_s",
                "Locating the envelope of a 1 MiB payload, GB/s",
            ),
            ("sign_64_min_ns", "Signing 64 B, minimum, ns"),
        ] {
            if let Some(value) = result[key].as_f64() {
                writeln!(text, "{what}: {value}.\n")?;
            }
        }
    }
    text.push_str("## Sizes and start\n\n| what | measured | budget |\n|---|---|---|\n");
    for (language, key, what, limit) in LIMITS {
        let result = results.iter().find(|result| result["language"] == language);
        let measured = result.and_then(|result| result[key].as_f64());
        let measured = measured.with_context(|| format!("{language} did not report {key}"))?;
        let verdict = match measured <= limit {
            _ if limit.is_infinite() => "none".to_owned(),
            true => format!("{limit}: met"),
            false => format!("{limit}: **missed**"),
        };
        writeln!(text, "| {what} | {measured} | {verdict} |")?;
    }
    Ok(text)
}

/// The schemes that a language measured, in order; one without a name where there is only one.
fn schemes(result: &Value) -> Vec<&str> {
    let mut schemes = Vec::new();
    for row in result["rows"].as_array().into_iter().flatten() {
        let scheme = row["scheme"].as_str().unwrap_or_default();
        if !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    schemes
}

fn write_table(text: &mut String, language: &str, scheme: &str, result: &Value) -> Result<()> {
    let rows = result["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let of_scheme = |row: &&Value| row["scheme"].as_str().unwrap_or_default() == scheme;
    let find = |size: u64, what: &str| {
        let mut rows = rows.iter().filter(of_scheme);
        rows.find(|row| row["size"] == size && row["what"] == what)
    };
    let mut candidates: Vec<&str> = Vec::new();
    for what in rows
        .iter()
        .filter(of_scheme)
        .filter_map(|row| row["what"].as_str())
    {
        if !candidates.contains(&what) {
            candidates.push(what);
        }
    }
    let of = if scheme.is_empty() { "verify" } else { scheme };
    writeln!(
        text,
        "| {of} | 64 B | 512 B | 4 KiB | 1 MiB |\n|---|---|---|---|---|"
    )?;
    for what in &candidates {
        write!(text, "| {what} |")?;
        for (size, _) in SIZES {
            let row = find(size, what).with_context(|| format!("{language}: {what} at {size}"))?;
            let [min, median] = ["min_ns", "median_ns"].map(|key| row[key].as_f64().unwrap_or(0.0));
            write!(text, " {min:.0} ({median:.0})")?;
            // Ours of another scheme stands beside its own peer.
            let ours = if *what == "stripe" {
                "ours, stripe"
            } else {
                "ours"
            };
            let ours = find(size, ours).or_else(|| find(size, "ours"));
            let ours = ours.and_then(|row| row["min_ns"].as_f64()).unwrap_or(min);
            if !what.starts_with("ours") {
                write!(
                    text,
                    ", {:.2}x{}",
                    min / ours,
                    mark(language, scheme, what, size, min / ours)
                )?;
            }
            write!(text, " |")?;
        }
        text.push('\n');
    }
    text.push('\n');
    Ok(())
}

/// Whether the ratio meets its budget, if it has one.
fn mark(language: &str, scheme: &str, peer: &str, size: u64, ratio: f64) -> String {
    let index = SIZES.iter().position(|(known, _)| *known == size);
    let budget = BUDGETS
        .iter()
        .find(|budget| budget.language == language && budget.peer == peer)
        .filter(|_| matches!(scheme, "" | "standard"))
        .and_then(|budget| Some(budget.ratios[index?]))
        .filter(|budget| *budget > 0.0);
    match budget {
        None => String::new(),
        Some(budget) if ratio >= budget => format!(" (budget {budget}: met)"),
        Some(budget) => format!(" (budget {budget}: **missed**)"),
    }
}

fn title(language: &str) -> &str {
    match language {
        "rust" => "Rust",
        "python" => "Python",
        "javascript" => "JavaScript",
        other => other,
    }
}

/// The processor and the versions that were measured.
pub(crate) fn machine() -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(':'))
        .map_or("an unnamed processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let versions = [
        output(&mut command("rustc", ["--version"]))?,
        output(&mut command("node", ["--version"])).map(|version| format!("Node {version}"))?,
    ];
    let versions: Vec<_> = versions.iter().map(|version| version.trim()).collect();
    Ok(format!(
        "Measured on {model}, {cores} cores; {}.",
        versions.join(", ")
    ))
}
