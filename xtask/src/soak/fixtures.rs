//! The fixture servers of the end-to-end corpus, with the receivers of a soak.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::traffic::{BODY_LIMIT, NOW, SECRETS};
use crate::server::{Ending, Running};
use crate::tools::{command, root, target};

/// How many keys and callers the stores in memory hold. They are full early in a soak, so that
/// from then on they explain no growth of the memory.
pub(super) const CAPACITY: usize = 10_000;
/// How often each caller may call in the whole soak.
pub(super) const REQUESTS_OF_A_CALLER: usize = 10;
const MONTH_MILLISECONDS: u64 = 31 * 86_400_000;

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
        Self::new("flask", vec![python.to_owned(), server])
    }

    /// A worker in workerd: one of the servers in a project with the packed package.
    pub(super) fn worker(servers: &Path) -> Result<Self> {
        Self::new("worker", vec!["node".into(), servers.join("worker.mjs")])
    }

    /// The service behind axum.
    pub(super) fn axum(program: PathBuf) -> Result<Self> {
        Self::new("axum", vec![program])
    }

    /// A server with a fresh folder for its files.
    fn new(name: &'static str, program: Vec<PathBuf>) -> Result<Self> {
        let folder = target().join("soak").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self {
            name,
            program,
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
