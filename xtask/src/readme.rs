//! Runs the Python and JavaScript blocks of the README with the packaged wheel and tarball. The
//! Rust blocks are doctests of `countersign-tests`.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::tools::{command, root, run, target};
use crate::{npm, wheel};

pub(crate) fn run_blocks() -> Result<()> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let folder = target().join("readme");
    fs::create_dir_all(&folder)?;

    let python = wheel::venv_with_wheel()?;
    for (index, block) in blocks(&readme, "python")?.iter().enumerate() {
        let file = folder.join(format!("block_{index}.py"));
        fs::write(&file, block)?;
        run(&mut command(&python, [&file]))
            .with_context(|| format!("Python block {} of the README", index + 1))?;
    }

    let tarball = npm::pack()?;
    fs::write(folder.join("package.json"), r#"{"private": true}"#)?;
    let install = ["install", "--no-save", "--no-package-lock", "--silent"];
    run(command("npm", install).arg(&tarball).current_dir(&folder))?;
    for (index, block) in blocks(&readme, "js")?.iter().enumerate() {
        let file = folder.join(format!("block_{index}.mjs"));
        // A failed `console.assert` only prints, so it is made to fail.
        let strict =
            "console.assert = (ok) => { if (!ok) throw new Error(\"assertion failed\"); };";
        let (imports, rest): (Vec<_>, Vec<_>) =
            block.lines().partition(|line| line.starts_with("import "));
        let program = [imports.join("\n").as_str(), strict, &rest.join("\n")].join("\n");
        fs::write(&file, program)?;
        run(&mut command("node", [&file]))
            .with_context(|| format!("JavaScript block {} of the README", index + 1))?;
    }
    Ok(())
}

/// The fenced blocks of this language, at least one.
fn blocks(text: &str, language: &str) -> Result<Vec<String>> {
    let opening = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == opening {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    ensure!(!blocks.is_empty(), "the README has no {language} block");
    Ok(blocks)
}
