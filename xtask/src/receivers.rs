//! The end-to-end corpus behind every server: the same requests, the same answers, over HTTP.

use std::path::Path;

use anyhow::Result;

use crate::tools::{command, root, run as execute, step, target};
use crate::{npm, soak, wheel};

/// The servers of the Python package, with what is to be known of each.
const PYTHON_SERVERS: [(&str, &[&str]); 5] = [
    // WSGI has one value of each header: gunicorn joins most, and keeps the last content type.
    ("wsgi", &["--repeated", "joined", "--repeated", "last"]),
    ("flask", &["--repeated", "joined", "--repeated", "last"]),
    ("django", &["--repeated", "joined", "--repeated", "last"]),
    ("fastapi", &[]),
    // Django itself waits for the whole body before it calls an asynchronous view.
    (
        "django_async",
        &["--without", "early-answer", "--without", "body-timeout"],
    ),
];

/// `cargo xtask receivers`
pub(crate) fn run() -> Result<()> {
    let venv = wheel::venv_for_tests()?;
    let tarball = npm::pack()?;
    python(venv.python())?;
    javascript(&tarball)?;
    axum()?;
    soak::smoke(venv.python(), &tarball)
}

fn python(python: &Path) -> Result<()> {
    for (name, options) in PYTHON_SERVERS {
        step(&format!("the end-to-end corpus in Python: {name}"), || {
            let server = format!("tests/receivers/python/{name}_server.py");
            execute(runner(options)?.arg(python).arg(root().join(server)))
        })?;
    }
    Ok(())
}

fn javascript(tarball: &Path) -> Result<()> {
    step("the end-to-end corpus in JavaScript", || {
        let servers = root().join("tests/receivers/javascript/run-all.mjs");
        execute(command("node", [servers]).arg(tarball))
    })
}

fn axum() -> Result<()> {
    step("the end-to-end corpus in Rust: axum", || {
        let package = ["--package", "countersign-receiver-axum", "--locked"];
        execute(command("cargo", ["build"]).args(package))?;
        let server = target().join("debug/countersign-receiver-axum");
        execute(runner(&[])?.arg(server))
    })
}

/// The program that sends the requests, up to the command of a server.
fn runner(options: &[&str]) -> Result<std::process::Command> {
    let tests = root().join("tests");
    let mut runner = command(wheel::main_python()?, [tests.join("receivers/run.py")]);
    runner
        .arg("--corpus")
        .arg(tests.join("vectors/end-to-end/receive.json"))
        .args(options)
        .arg("--");
    Ok(runner)
}
