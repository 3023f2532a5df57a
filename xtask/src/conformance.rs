//! The corpus in every language and runtime, and the comparison of what all of them answered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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

/// Kinds of cases that the npm package has no API for, so that its runners leave them out.
const KINDS_WITHOUT_JAVASCRIPT: [&str; 2] = ["destination", "destination_addresses"];

/// The runners of a package that has all kinds.
const RUNNERS_OF_ALL_KINDS: [&str; 2] = ["rust", "python"];

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
    step("conformance of core", || {
        let output = target().join("conformance/rust.json");
        let arguments = [
            "run",
            "--quiet",
            "--release",
            "--package",
            "countersign-tests",
        ];
        let mut runner = command("cargo", arguments);
        execute(runner.args(["--bin", "conformance", "--"]).arg(output))
    })?;
    step("every runner gave the same answers", compare)
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
    let without_javascript = ids_of(&KINDS_WITHOUT_JAVASCRIPT)?;
    let mut of_javascript = reference.clone();
    of_javascript.retain(|id, _| !without_javascript.contains(id));
    let mut disagreements = 0;
    println!("{:<10} {:>6} {:>6}", "runner", "cases", "equal");
    for runner in RUNNERS {
        let results = &all[runner];
        let wanted = match RUNNERS_OF_ALL_KINDS.contains(&runner) {
            true => reference,
            false => &of_javascript,
        };
        let differing = differing(wanted, results);
        let equal = results.len()
            - differing
                .iter()
                .filter(|id| results.contains_key(**id))
                .count();
        println!("{runner:<10} {:>6} {equal:>6}", results.len());
        for id in &differing {
            println!("  {id}\n    rust  {}", show(wanted.get(*id)));
            println!("    {runner}  {}", show(results.get(*id)));
        }
        disagreements += differing.len();
    }
    if disagreements > 0 {
        bail!("{disagreements} answers differ from those of core");
    }
    println!(
        "{} runners agree on {} cases; without JavaScript: {} of {}",
        RUNNERS.len(),
        of_javascript.len(),
        without_javascript.len(),
        KINDS_WITHOUT_JAVASCRIPT.join(", ")
    );
    Ok(())
}

/// The ids of all cases of these kinds.
fn ids_of(kinds: &[&str]) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for entry in fs::read_dir(root().join("tests/vectors"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        if !kinds.iter().any(|kind| file["kind"] == *kind) {
            continue;
        }
        for case in file["cases"].as_array().into_iter().flatten() {
            ids.insert(case["id"].as_str().context("a case has no id")?.to_owned());
        }
    }
    Ok(ids)
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
