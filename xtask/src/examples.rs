//! Runs the examples and their tests, each on the package as users get it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::npm;
use crate::python::Venv;
use crate::tools::{
    at_once, command, ensure_installed, root, run as run_command, step, step_beside,
};
use crate::wheel::{self, Wheels};

const USAGE: &str = "usage: cargo xtask example \
    flask-app|fastapi-app|django-app|python-sender|node-express|node-fastify|worker|worker-sender|rust-axum [test]";

/// Those in Python.
const PYTHON: [&str; 4] = ["flask-app", "fastapi-app", "django-app", "python-sender"];

/// Those in JavaScript.
const JAVASCRIPT: [&str; 4] = ["node-express", "node-fastify", "worker", "worker-sender"];

/// The folder of the example that sends.
pub(crate) const SENDER: &str = "python-sender";

/// As its README says.
const DJANGO_SERVER: [&str; 5] = [
    "waitress",
    "--listen=127.0.0.1:8000",
    "--max-request-body-size=2097152",
    "--no-clear-untrusted-proxy-headers",
    "django_app.wsgi:application",
];

/// `cargo xtask example NAME [test]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, testing) = match arguments[..] {
        [name] => (name, false),
        [name, "test"] => (name, true),
        _ => bail!(USAGE),
    };
    match (name, testing) {
        ("flask-app" | "fastapi-app" | "django-app" | SENDER, true) => {
            test_python(name, &install_python(name, &wheel::build()?)?)
        }
        ("flask-app", false) => run_python(name, &["flask_app"]),
        ("fastapi-app", false) => run_python(name, &["fastapi_app"]),
        ("django-app", false) => run_python(name, &DJANGO_SERVER),
        (SENDER, false) => run_python(name, &["sender_app"]),
        ("node-express" | "node-fastify" | "worker" | "worker-sender", true) => {
            install_node(name, &npm::pack()?)?;
            test_node(name)
        }
        ("node-express" | "node-fastify" | "worker" | "worker-sender", false) => {
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
    let wheels = wheel::build()?;
    let package = npm::pack()?;
    let in_python = || {
        PYTHON
            .iter()
            .try_for_each(|name| test_python(name, &install_python(name, &wheels)?))
    };
    let in_javascript = || {
        JAVASCRIPT.iter().try_for_each(|name| {
            install_node(name, &package)?;
            test_node(name)
        })
    };
    // They wait for servers that start, and for what these are told to wait.
    at_once([&in_python, &in_javascript])?;
    test_axum()
}

/// An environment with the wheel, and what the Flask example and its tests need.
pub(crate) fn install_flask() -> Result<Venv> {
    install_python("flask-app", &wheel::build()?)
}

/// An environment with the wheel, and what the example and its tests need.
fn install_python(name: &str, wheels: &Wheels) -> Result<Venv> {
    step(
        &format!("install the wheel and what {name} and its tests need"),
        || {
            let requirements = format!("../../examples/{name}/requirements-test.txt");
            let python = wheel::newest_python()?;
            let venv_name = format!("example-{}", name.trim_end_matches("-app"));
            let venv = Venv::with_requirements(&venv_name, &requirements, python)?;
            wheels.install(&venv)?;
            Ok(venv)
        },
    )
}

/// Runs a module of Python with its arguments in the folder of the example.
fn run_python(name: &str, module: &[&str]) -> Result<()> {
    let venv = install_python(name, &wheel::build()?)?;
    let mut program = venv.module(module[0]);
    run_command(program.args(&module[1..]).current_dir(folder(name)))
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

/// With no more features of other crates than the example itself asks for.
pub(crate) fn build_axum() -> Result<()> {
    step("build the example rust-axum", || {
        run_command(cargo("test").args(["--quiet", "--no-run"]))
    })
}

fn test_axum() -> Result<()> {
    step("tests of the example rust-axum", || {
        run_command(&mut cargo("test"))
    })
}

fn test_python(name: &str, venv: &Venv) -> Result<()> {
    let mut pytest = venv.module("pytest");
    pytest.args(["-q", "-p", "no:cacheprovider"]);
    let what = format!("tests of the example {name}");
    step_beside(&what, pytest.current_dir(folder(name)))
}

fn test_node(name: &str) -> Result<()> {
    ensure_installed("redis-server", "redis-server")?;
    let what = format!("tests of the example {name}");
    step_beside(&what, npm_in(name).arg("test"))
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

pub(crate) fn folder(name: &str) -> PathBuf {
    root().join("examples").join(name)
}
