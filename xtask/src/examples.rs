//! Runs the examples and their tests, each on the package as users get it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::python::Venv;
use crate::tools::{command, ensure_installed, root, run as run_command, step};
use crate::{npm, wheel};

const USAGE: &str =
    "usage: cargo xtask example flask-app|node-express|node-fastify|worker|rust-axum [test]";

/// `cargo xtask example NAME [test]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, testing) = match arguments[..] {
        [name] => (name, false),
        [name, "test"] => (name, true),
        _ => bail!(USAGE),
    };
    match (name, testing) {
        ("flask-app", true) => test_flask(&install_flask()?),
        ("flask-app", false) => run_command(
            install_flask()?
                .module("flask_app")
                .current_dir(folder(name)),
        ),
        ("node-express" | "node-fastify" | "worker", true) => {
            install_node(name, &npm::pack()?)?;
            test_node(name)
        }
        ("node-express" | "node-fastify" | "worker", false) => {
            install_node(name, &npm::pack()?)?;
            run_command(npm_in(name).arg("start"))
        }
        ("rust-axum", true) => test_axum(),
        ("rust-axum", false) => run_command(&mut cargo("run")),
        _ => bail!(USAGE),
    }
}

/// The tests of every example.
pub(crate) fn test() -> Result<()> {
    test_axum()?;
    test_flask(&install_flask()?)?;
    let package = npm::pack()?;
    for name in ["node-express", "node-fastify", "worker"] {
        install_node(name, &package)?;
        test_node(name)?;
    }
    Ok(())
}

/// An environment with the wheel, and what the Flask example and its tests need.
pub(crate) fn install_flask() -> Result<Venv> {
    let wheels = wheel::build()?;
    step("install Flask, waitress, pytest and the wheel", || {
        let requirements = "../../examples/flask-app/requirements-test.txt";
        let python = wheel::newest_python()?;
        let venv = Venv::with_requirements("example-flask", requirements, python)?;
        wheels.install(&venv)?;
        Ok(venv)
    })
}

/// The Worker example's `node_modules`.
pub(crate) fn install_worker() -> Result<()> {
    install_node("worker", &npm::pack()?)
}

/// The packed package and what else the example needs, as its lock file has it.
fn install_node(name: &str, package: &Path) -> Result<()> {
    step(
        &format!("install the npm package and what {name} needs"),
        || {
            fs::copy(package, root().join("examples/countersign.tgz"))?;
            run_command(npm_in(name).args(["ci", "--no-audit", "--no-fund"]))
        },
    )
}

fn test_axum() -> Result<()> {
    step("tests of the example rust-axum", || {
        run_command(&mut cargo("test"))
    })
}

fn test_flask(venv: &Venv) -> Result<()> {
    step("tests of the example flask-app", || {
        let mut pytest = venv.module("pytest");
        pytest.args(["-q", "-p", "no:cacheprovider"]);
        run_command(pytest.current_dir(folder("flask-app")))
    })
}

fn test_node(name: &str) -> Result<()> {
    ensure_installed("redis-server", "redis-server")?;
    step(&format!("tests of the example {name}"), || {
        run_command(npm_in(name).arg("test"))
    })
}

fn cargo(what: &str) -> Command {
    command(
        "cargo",
        [what, "--package", "countersign-example-axum", "--locked"],
    )
}

fn npm_in(name: &str) -> Command {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut npm = Command::new(program);
    npm.current_dir(folder(name));
    npm
}

fn folder(name: &str) -> PathBuf {
    root().join("examples").join(name)
}
