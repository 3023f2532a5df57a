//! What is written from the schemes that core has registered: their page, the page of how to describe
//! one, and the samples for other languages.

use std::fs;

use anyhow::{Result, ensure};

use crate::tools::{build_program, command, output, root};

/// Each file, and the program of `countersign-tests` that writes it.
const FILES: [(&str, &[&str]); 3] = [
    ("docs/schemes.md", &["schemes"]),
    ("bindings-wasm/js/samples.ts", &["samples", "typescript"]),
    ("tests/samples.json", &["samples", "requests"]),
];

/// Writes them anew.
pub(crate) fn write() -> Result<()> {
    for (file, program) in FILES {
        fs::write(root().join(file), render(program)?)?;
        println!("{file} is written");
    }
    Ok(())
}

/// Fails if one is another than core would have it.
pub(crate) fn check() -> Result<()> {
    for (file, program) in FILES {
        let written = fs::read_to_string(root().join(file))?;
        ensure!(
            written == render(program)?,
            "{file} is not what the core has registered; run `cargo xtask schemes`"
        );
    }
    Ok(())
}

fn render(program: &[&str]) -> Result<String> {
    let path = build_program(program[0], "allocations")?;
    output(&mut command(path, &program[1..]))
}
