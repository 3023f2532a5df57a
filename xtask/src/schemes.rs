//! The page of all schemes, `docs/schemes.md`, which is written from core.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::tools::{build_program, command, output, root};

/// Writes it anew.
pub(crate) fn write() -> Result<()> {
    fs::write(path(), render()?)?;
    println!("{} is written", path().display());
    Ok(())
}

/// Fails if it is another than core would have it.
pub(crate) fn check() -> Result<()> {
    ensure!(
        fs::read_to_string(path())? == render()?,
        "docs/schemes.md is not what the core has registered; run `cargo xtask schemes`"
    );
    Ok(())
}

fn path() -> PathBuf {
    root().join("docs/schemes.md")
}

fn render() -> Result<String> {
    let nothing: [&str; 0] = [];
    output(&mut command(
        build_program("schemes", "allocations")?,
        nothing,
    ))
}
