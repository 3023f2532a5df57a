//! Runs the corpus on the core and writes what came of each case, for comparison with the other
//! languages: `conformance <output path>`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use countersign_tests::runner;
use serde_json::json;

fn main() -> Result<ExitCode> {
    let path = std::env::args_os()
        .nth(1)
        .context("the output path is missing")?;
    let path = PathBuf::from(path);
    let report = runner::run()?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let text = serde_json::to_string_pretty(&json!({"runner": "rust", "results": report.results}))?;
    fs::write(&path, text + "\n")?;

    for difference in &report.differences {
        eprintln!("{difference}");
    }
    println!(
        "rust: {} cases, {} differences",
        report.results.len(),
        report.differences.len()
    );
    Ok(match report.differences.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
