//! The corpus in every language and runtime, and the comparison of what all of them answered.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::tools::{command, root, run as execute, step, target};
use crate::{npm, wheel};

/// Every runner there is. One that did not run is as bad as one that disagrees.
const RUNNERS: [&str; 12] = [
    "rust",
    "python",
    "node-esm",
    "node-cjs",
    "node-older",
    "deno",
    "bun",
    "workerd",
    "edge-light",
    "esbuild",
    "vite",
    "chromium",
];

type Results = BTreeMap<String, Value>;

/// `cargo xtask conformance`: builds the packages, runs the corpus everywhere, compares.
pub(crate) fn run() -> Result<()> {
    let folder = target().join("conformance");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let python = wheel::venv_with_wheel()?;
    step("conformance of the Python package", || {
        wheel::conformance(&python, &folder.join("python.json"))
    })?;
    let tarball = npm::pack()?;
    step("conformance of the npm package in every runtime", || {
        let runners = root().join("tests/javascript/run-all.mjs");
        execute(command("node", [runners, tarball]).arg(&folder))
    })?;
    run_rust_and_compare()
}

/// What is left to do when the packages have run the corpus in their own tests.
pub(crate) fn run_rust_and_compare() -> Result<()> {
    build()?;
    step("conformance of core", || {
        let output = target().join("conformance/rust.json");
        execute(cargo("run").arg("--").arg(output))
    })?;
    step("every runner gave the same answers", compare)
}

/// Builds the runner of core.
pub(crate) fn build() -> Result<()> {
    step("build the runner of core", || execute(&mut cargo("build")))
}

/// A command on the runner of core, which is optimized as the wheel is: what both use is compiled
/// once.
fn cargo(what: &str) -> Command {
    let arguments = [what, "--quiet", "--profile", "wheel", "--package"];
    let mut cargo = command("cargo", arguments);
    cargo.args(["countersign-tests", "--bin", "conformance"]);
    cargo
}

fn compare() -> Result<()> {
    let mut all = BTreeMap::new();
    for runner in RUNNERS {
        let file = target().join("conformance").join(format!("{runner}.json"));
        let text = fs::read_to_string(&file)
            .with_context(|| format!("the runner {runner} left no results"))?;
        let mut report: Value = serde_json::from_str(&text)?;
        let results: Results = serde_json::from_value(report["results"].take())?;
        ensure!(!results.is_empty(), "the runner {runner} ran no case");
        all.insert(runner, results);
    }
    let reference = &all["rust"];
    let mut disagreements = 0;
    println!("{:<10} {:>6} {:>6}", "runner", "cases", "equal");
    for runner in RUNNERS {
        let results = &all[runner];
        let differing = differing(reference, results);
        let equal = results.len()
            - differing
                .iter()
                .filter(|id| results.contains_key(**id))
                .count();
        println!("{runner:<10} {:>6} {equal:>6}", results.len());
        for id in &differing {
            println!("  {id}\n    rust  {}", show(reference.get(*id)));
            println!("    {runner}  {}", show(results.get(*id)));
        }
        disagreements += differing.len();
    }
    if disagreements > 0 {
        bail!("{disagreements} answers differ from those of core");
    }
    println!(
        "{} runners agree on {} cases",
        RUNNERS.len(),
        reference.len()
    );
    Ok(())
}

/// The cases which one of the two lacks, or which they answered differently.
fn differing<'a>(left: &'a Results, right: &'a Results) -> Vec<&'a String> {
    let lacking = right.keys().filter(|id| !left.contains_key(*id));
    left.iter()
        .filter(|(id, result)| right.get(*id) != Some(result))
        .map(|(id, _)| id)
        .chain(lacking)
        .collect()
}

fn show(result: Option<&Value>) -> String {
    result.map_or_else(|| "no such case".to_owned(), Value::to_string)
}
