//! The providers' own libraries and the packages judge the same random requests.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::python::Venv;
use crate::tools::{command, root, run as execute, step, target};
use crate::{npm, wheel};

const HEAD: &str = "\
# Cross-checks

Written by `cargo xtask sdk-checks`, which describes them too: see
[`tests/sdk-checks`](../tests/sdk-checks/README.md).

The providers' own libraries and Countersign judge the same random requests, half of them valid and
half with one thing wrong. Where the library signs, half of those that are signed are signed by it.
Each verdict is the same, or differs in a way that is named below.

";

/// The libraries that are judged, by how long they take to install.
#[derive(Clone, Copy)]
enum Set {
    Light,
    Further,
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Further => "further",
        }
    }

    fn venv(self) -> Result<Venv> {
        let python = wheel::newest_python()?;
        match self {
            // Only what their verifiers import is pinned, and most of it is never run.
            Self::Light => Venv::with_options(
                "sdk-checks",
                "requirements-sdk-checks.txt",
                python,
                &["--no-deps", "--no-compile"],
            ),
            Self::Further => Venv::with_options(
                "sdk-checks-further",
                "requirements-sdk-checks-further.txt",
                python,
                &["--no-compile"],
            ),
        }
    }
}

/// `cargo xtask sdk-checks`: all of them, and the page; or with a seed, without the page.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    ensure!(arguments.len() <= 1, "usage: cargo xtask sdk-checks [SEED]");
    let seed = arguments.first().map(String::as_str);
    let mut rows = judge(Set::Light, seed)?;
    rows.extend(judge(Set::Further, seed)?);
    if seed.is_none() {
        fs::write(page(), format!("{HEAD}{}", render(&rows)?.concat()))?;
        println!("\n{} is written", page().display());
    }
    Ok(())
}

/// The light ones, and that the page says of them what they say.
pub(crate) fn run_light() -> Result<()> {
    let rows = judge(Set::Light, None)?;
    let written = fs::read_to_string(page())?;
    let lines = render(&rows)?.concat();
    let missing = lines.lines().find(|line| !written.contains(line));
    ensure!(
        missing.is_none(),
        "docs/cross-checks.md lacks a line; run `cargo xtask sdk-checks`:\n{}",
        missing.unwrap_or_default()
    );
    Ok(())
}

/// What came of each library of a set.
fn judge(set: Set, seed: Option<&str>) -> Result<Vec<Value>> {
    let wheels = wheel::build()?;
    let tarball = npm::pack()?;
    let folder = target().join("sdk-checks");
    fs::create_dir_all(&folder)?;
    let results = ["python", "javascript"].map(|language| {
        let name = format!("{language}-{}.json", set.name());
        folder.join(name)
    });
    for earlier in results.iter().filter(|path| path.exists()) {
        // What an earlier run left must not stand for a run that failed.
        fs::remove_file(earlier)?;
    }
    let checks = root().join("tests/sdk-checks");
    let venv = step("install the providers' Python libraries", || {
        let venv = set.venv()?;
        wheels.install(&venv)?;
        Ok(venv)
    })?;
    step("judge requests beside Python libraries", || {
        let mut python = command(venv.python(), [checks.join("python/checks.py")]);
        python.arg(set.name()).arg(&results[0]).args(seed);
        execute(&mut python)
    })?;
    step(
        "install the providers' JavaScript libraries, and judge requests beside them",
        || {
            let mut node = command("node", [checks.join("javascript/run.mjs")]);
            node.arg(set.name())
                .arg(&tarball)
                .arg(&results[1])
                .args(seed);
            execute(&mut node)
        },
    )?;
    let rows = results.map(|path| read(&path)).into_iter();
    Ok(rows.collect::<Result<Vec<_>>>()?.concat())
}

fn read(path: &Path) -> Result<Vec<Value>> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

fn page() -> PathBuf {
    root().join("docs/cross-checks.md")
}

/// The table of the libraries, and that of the differences.
fn render(rows: &[Value]) -> Result<[String; 2]> {
    let mut libraries = String::from(
        "| Library | Version | What is asked | Scheme | Signs | Judged alike | Differ as named |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let mut differences = String::from(
        "\n## Differences\n\n\
         Each is a class of requests about which the verdicts rightly differ, and the opposite of the \
         library's is ours.\n\n\
         | Library | It | Requests | Why |\n|---|---|---|---|\n",
    );
    for row in rows {
        let text = |name: &str| row[name].as_str().context("a row lacks a text");
        let number = |name: &str| row[name].as_u64().context("a row lacks a number");
        let library = format!("`{}`, {}", text("package")?, text("language")?);
        let (requests, agreed) = (number("requests")?, number("agreed")?);
        writeln!(
            libraries,
            "| {library} | {} | `{}` | `{}` | {} | {agreed} | {} |",
            text("version")?,
            text("function")?,
            text("scheme")?,
            if row["signs"] == true { "yes" } else { "" },
            requests - agreed,
        )?;
        let named = row["differences"].as_array();
        for difference in named.context("a row lacks its differences")? {
            let verb = match difference["accepts"] == true {
                true => "accepts",
                false => "refuses",
            };
            writeln!(
                differences,
                "| {library}, `{}` | {verb} | {} | {} |",
                text("scheme")?,
                difference["count"],
                difference["reason"].as_str().unwrap_or_default(),
            )?;
        }
    }
    Ok([libraries, differences])
}
