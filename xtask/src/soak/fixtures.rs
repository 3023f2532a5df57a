//! The fixture servers of the end-to-end corpus, with the receivers of a soak.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::traffic::{BODY_LIMIT, NOW, SECRETS};
use crate::server::{Ending, Running};
use crate::tools::{command, output, root, run as execute, step, target};

/// How many keys and callers the stores in memory hold. They are full early in a soak, so that
/// from then on they explain no growth of the memory.
pub(super) const CAPACITY: usize = 10_000;
/// How often each caller may call in the whole soak.
pub(super) const REQUESTS_OF_A_CALLER: usize = 10;
const MONTH_MILLISECONDS: u64 = 31 * 86_400_000;

/// How programs in Rust are built.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Build {
    Debug,
    Release,
}

/// A server that can be started.
pub(super) struct Fixture {
    pub(super) name: &'static str,
    /// Program and arguments up to the file of cases.
    program: Vec<PathBuf>,
    folder: PathBuf,
}

impl Fixture {
    /// The extension of Flask under gunicorn, in a Python that has the wheel.
    pub(super) fn flask(python: &Path) -> Result<Self> {
        let server = root().join("tests/receivers/python/flask_server.py");
        Self::new("flask", |_| Ok(vec![python.to_owned(), server]))
    }

    /// A worker in workerd, from the packed package.
    pub(super) fn worker(tarball: &Path) -> Result<Self> {
        Self::new("worker", |folder| worker(tarball, &folder.join("project")))
    }

    /// The service behind axum.
    pub(super) fn axum(build: Build) -> Result<Self> {
        Self::new("axum", |_| axum(build))
    }

    /// A server with a folder of its own, in which it is prepared.
    fn new(
        name: &'static str,
        prepare: impl FnOnce(&Path) -> Result<Vec<PathBuf>>,
    ) -> Result<Self> {
        let folder = target().join("soak").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self {
            name,
            program: prepare(&folder)?,
            folder,
        })
    }

    /// The paths of its receivers: one for each store that it has.
    pub(super) fn endpoints(&self) -> &'static [&'static str] {
        match self.name {
            // A worker has no files.
            "worker" => &["memory"],
            _ => &["memory", "sqlite"],
        }
    }

    pub(super) fn start(&self) -> Result<(Running, SocketAddr)> {
        let file = self.folder.join("receive.json");
        fs::write(&file, self.cases().to_string())?;
        let [program, arguments @ ..] = &*self.program else {
            bail!("there is no program for {}", self.name);
        };
        let mut program = command(program, arguments);
        let log = self.folder.join("server.log");
        Running::start(self.name, program.arg(file), &log, Ending::Signal)
    }

    fn cases(&self) -> Value {
        let database = self.folder.join("receiver.db");
        let case = |id: &&str| {
            let store = match *id {
                "sqlite" => json!({"sqlite": database}),
                _ => json!({"memory": CAPACITY}),
            };
            json!({"id": id, "receiver": receiver(&store)})
        };
        let cases: Value = self.endpoints().iter().map(case).collect();
        json!({"kind": "receive", "cases": cases})
    }
}

fn receiver(store: &Value) -> Value {
    json!({
        "scheme": "stripe",
        "secrets": SECRETS,
        "now": NOW.seconds(),
        "body_limit": BODY_LIMIT,
        // All requests come from here, and say for whom.
        "trusted_proxies": ["127.0.0.1"],
        "rate_limit": {"requests": REQUESTS_OF_A_CALLER, "window_ms": MONTH_MILLISECONDS},
        "schemas": {"payment.*": {"required": ["data"]}},
        "store": store,
        "handlers": {"payment.*": "succeed", "order.failing": "fail"},
    })
}

fn worker(tarball: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    step("install the npm package for the worker", || {
        let prepare = root().join("tests/receivers/javascript/prepare.mjs");
        let servers = output(&mut command("node", [&*prepare, tarball, folder]))?;
        let servers = servers.lines().last().context("there are no servers")?;
        Ok(vec!["node".into(), Path::new(servers).join("worker.mjs")])
    })
}

fn axum(build: Build) -> Result<Vec<PathBuf>> {
    let (profile, folder) = match build {
        Build::Debug => ("dev", "debug"),
        Build::Release => ("release", "release"),
    };
    step("build the server with axum", || {
        let package = ["--package", "countersign-receiver-axum", "--locked"];
        let mut cargo = command("cargo", ["build", "--profile", profile]);
        execute(cargo.args(package))?;
        Ok(vec![
            target().join(folder).join("countersign-receiver-axum"),
        ])
    })
}
