//! The end-to-end corpus behind every server: the same requests, the same answers, over HTTP.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::tools::{command, ensure_installed, output, root, run as execute, step, target};
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
    let axum = build_axum(Build::Debug)?;
    step("the end-to-end corpus in Rust: axum", || {
        execute(runner(&[])?.arg(&axum))
    })?;
    let javascript = install_javascript(&tarball, &target().join("receivers"))?;
    ensure_installed("redis-server", "redis-server")?;
    step("servers of three languages with one store", || {
        let program = root().join("tests/receivers/shared.py");
        execute(
            command(wheel::main_python()?, [program])
                .args(["--python".as_ref(), venv.python()])
                .args(["--javascript".as_ref(), &*javascript])
                .args(["--rust".as_ref(), &*axum]),
        )
    })?;
    soak::smoke(venv.python(), &javascript, axum)
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

/// Makes a project with the packed package and its servers in this folder; the folder of servers.
pub(crate) fn install_javascript(tarball: &Path, folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    step("install the npm package and its servers", || {
        let prepare = root().join("tests/receivers/javascript/prepare.mjs");
        let servers = output(&mut command("node", [&*prepare, tarball, folder]))?;
        let servers = servers.lines().last().context("there are no servers")?;
        Ok(servers.into())
    })
}

/// How programs in Rust are built.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Build {
    Debug,
    Release,
}

/// Builds the server with axum; the program.
pub(crate) fn build_axum(build: Build) -> Result<PathBuf> {
    let (profile, folder) = match build {
        Build::Debug => ("dev", "debug"),
        Build::Release => ("release", "release"),
    };
    step("build the server with axum", || {
        let package = ["--package", "countersign-receiver-axum", "--locked"];
        let mut cargo = command("cargo", ["build", "--profile", profile]);
        execute(cargo.args(package))?;
        Ok(target().join(folder).join("countersign-receiver-axum"))
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
