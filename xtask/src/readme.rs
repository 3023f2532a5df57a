//! Runs the Python and JavaScript blocks of the READMEs with the packaged wheel and tarball, and the
//! JavaScript blocks of the pages in `docs`. Their Python blocks need frameworks, so that
//! `tests/python/test_docs.py` runs them; the Rust blocks are doctests of `countersign` and
//! `countersign-tests`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::tools::{command, root, run, target};
use crate::{npm, wheel};

/// The READMEs whose blocks of the language are run.
const PYTHON: [&str; 2] = ["README.md", "bindings-python/README.md"];
const JAVASCRIPT: [&str; 2] = ["README.md", "bindings-wasm/README.md"];

pub(crate) fn run_blocks() -> Result<()> {
    let folder = target().join("readme");
    fs::create_dir_all(&folder)?;

    let python = wheel::venv_with_wheel()?;
    for readme in PYTHON {
        // A later block may use what an earlier one made.
        let program = folder.join("blocks.py");
        fs::write(&program, blocks(readme, "python")?.join("\n"))?;
        run(&mut command(&python, [&program])).with_context(|| readme)?;
    }

    let tarball = npm::pack()?;
    fs::write(folder.join("package.json"), r#"{"private": true}"#)?;
    let install = ["install", "--no-save", "--no-package-lock", "--silent"];
    run(command("npm", install).arg(&tarball).current_dir(&folder))?;
    for readme in JAVASCRIPT.map(String::from).into_iter().chain(pages()?) {
        let readme = &*readme;
        for (index, block) in blocks(readme, "js")?.iter().enumerate() {
            run_javascript(&folder, block)
                .with_context(|| format!("JavaScript block {} of {readme}", index + 1))?;
        }
    }
    Ok(())
}

/// The pages of `docs` with blocks in each language. Those in Rust run only if `countersign-tests`
/// includes the page.
fn pages() -> Result<Vec<String>> {
    let mut pages = vec!["docs/describe-your-own-scheme.md".to_owned()];
    for entry in fs::read_dir(root().join("docs/recipes"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "README.md" {
            pages.push(format!("docs/recipes/{name}"));
        }
    }
    let included = fs::read_to_string(root().join("tests/src/lib.rs"))?;
    for page in &pages {
        ensure!(
            included.contains(&**page),
            "tests/src/lib.rs does not include {page}"
        );
    }
    Ok(pages)
}

fn run_javascript(folder: &Path, block: &str) -> Result<()> {
    // A failed `console.assert` only prints, so it is made to fail.
    let strict = "console.assert = (ok) => { if (!ok) throw new Error(\"assertion failed\"); };";
    let (imports, rest): (Vec<_>, Vec<_>) =
        block.lines().partition(|line| line.starts_with("import "));
    let program = folder.join("block.mjs");
    fs::write(
        &program,
        [&imports.join("\n"), strict, &rest.join("\n")].join("\n"),
    )?;
    run(&mut command("node", [&program]))
}

/// The fenced blocks of this language, at least one.
fn blocks(readme: &str, language: &str) -> Result<Vec<String>> {
    let text = fs::read_to_string(root().join(readme))?;
    let opening = format!("```{language}");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == opening {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    ensure!(!blocks.is_empty(), "{readme} has no {language} block");
    Ok(blocks)
}
