//! What the sender sends is verified by the official libraries of Standard Webhooks and Svix, senders
//! of several languages share an outbox, and the providers' own libraries judge requests as we do.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::python::Venv;
use crate::tools::{command, root, run as execute, step, target};
use crate::{npm, sdk_checks, wheel};

/// Sends, and has the requests verified in Rust, Python and JavaScript. Everything is installed and
/// built first: the libraries refuse what is older than five minutes.
pub(crate) fn run() -> Result<()> {
    let folder = folder();
    fs::create_dir_all(&folder)?;
    let record = folder.join("requests.jsonl");
    if record.exists() {
        // What an earlier run sent must not stand for what this one did not.
        fs::remove_file(&record)?;
    }
    let verifier = root().join("tests/javascript/interoperability.mjs");
    let venv = step("install the official libraries", || {
        execute(command("node", [&verifier]).arg("--install"))?;
        let requirements = "requirements-interoperability.txt";
        // The newest versions of the libraries want a newer Python than the package does.
        Venv::with_requirements("interoperability", requirements, wheel::newest_python()?)
    })?;
    build()?;
    step("send, and verify in Rust", || {
        execute(cargo("run").arg("--").arg(&record))
    })?;
    step("verify in Python", || {
        let script = root().join("tests/python/interoperability.py");
        execute(command(venv.python(), [script]).arg(&record))
    })?;
    step("verify in JavaScript", || {
        execute(command("node", [&verifier]).arg(&record))
    })?;
    let python = wheel::venv_with_wheel()?;
    let tarball = npm::pack()?;
    step(
        "senders of Python, which is Rust's, and JavaScript share an outbox",
        || {
            let program = root().join("tests/javascript/shared-outbox.mjs");
            let mut node = command("node", [program]);
            execute(
                node.arg("--python")
                    .arg(&python)
                    .arg("--tarball")
                    .arg(&tarball),
            )
        },
    )?;
    sdk_checks::run_light()
}

/// Builds the sender, and the official Rust libraries.
pub(crate) fn build() -> Result<()> {
    step("build the sender, and the official Rust libraries", || {
        execute(&mut cargo("build"))
    })
}

fn cargo(what: &str) -> Command {
    let manifest = root().join("tests/interoperability/Cargo.toml");
    let mut cargo = command("cargo", [what, "--quiet", "--locked", "--manifest-path"]);
    cargo.arg(manifest).env("CARGO_TARGET_DIR", folder());
    cargo
}

fn folder() -> PathBuf {
    target().join("interoperability")
}
