//! The end-to-end corpus behind every server: the same requests, the same answers, over HTTP.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::tools::{
    at_once, build_program, command, ensure_installed, output, root, run as execute, step,
    step_beside, target,
};
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
    let axum = build_axum(Build::Debug)?;
    corpora(venv.python(), &tarball, &axum)?;
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

/// The end-to-end corpus behind all servers, of which some run at once: most of the time they wait
/// for clients that stall.
fn corpora(python: &Path, tarball: &Path, axum: &Path) -> Result<()> {
    let in_python = |servers: &[(&str, &[&str])]| {
        servers.iter().try_for_each(|(name, options)| {
            let server = format!("tests/receivers/python/{name}_server.py");
            let what = format!("the end-to-end corpus in Python: {name}");
            let mut runner = runner(options)?;
            step_beside(&what, runner.arg(python).arg(root().join(server)))
        })
    };
    let (some, others) = PYTHON_SERVERS.split_at(PYTHON_SERVERS.len() / 2);
    let in_rust = || {
        let what = "the end-to-end corpus in Rust: axum";
        step_beside(what, runner(&[])?.arg(axum))
    };
    let in_javascript = || {
        let servers = root().join("tests/receivers/javascript/run-all.mjs");
        let mut node = command("node", [servers]);
        step_beside("the end-to-end corpus in JavaScript", node.arg(tarball))
    };
    at_once([
        &|| in_python(some).and_then(|()| in_rust()),
        &|| in_python(others),
        &in_javascript,
    ])
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
    const PACKAGE: &str = "countersign-receiver-axum";
    step("build the server with axum", || match build {
        Build::Debug => build_program(PACKAGE, "faults"),
        Build::Release => {
            let arguments = ["build", "--release", "--locked", "--package", PACKAGE];
            execute(&mut command("cargo", arguments))?;
            Ok(target().join("release").join(PACKAGE))
        }
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
