//! The example that sends, as a process that can be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::examples;
use crate::python::Venv;
use crate::tools::output;

pub(super) struct Program {
    python: PathBuf,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
}

/// One run of it. Dropping it kills it.
pub(super) struct Run {
    process: Child,
    /// What it says, and beside it what it complains of.
    log: PathBuf,
}

/// What the outbox says, by the id of the endpoint.
pub(super) type Report = BTreeMap<String, OfEndpoint>;

/// How many deliveries to an endpoint are in which state.
#[derive(Clone)]
pub(super) struct OfEndpoint {
    pub(super) waiting: usize,
    pub(super) running: usize,
    pub(super) delivered: usize,
    pub(super) dead: usize,
    pub(super) attempts: usize,
    pub(super) delivered_ids: BTreeSet<String>,
}

impl OfEndpoint {
    /// All that was ever sent to it.
    pub(super) fn sent(&self) -> usize {
        self.waiting + self.running + self.delivered + self.dead
    }
}

impl Program {
    /// `folder` is for its outbox and what it says.
    pub(super) fn new(
        python: &Venv,
        folder: &Path,
        mut settings: Vec<(&'static str, String)>,
    ) -> Self {
        let outbox = folder.join("outbox.db");
        settings.push(("SENDER_OUTBOX", outbox.to_string_lossy().into_owned()));
        Self {
            python: python.python().to_owned(),
            folder: folder.to_owned(),
            settings,
        }
    }

    /// Starts to publish and deliver orders, from the first.
    pub(super) fn send(&self, orders: usize, per_second: usize, log: &str) -> Result<Run> {
        let (orders, per_second) = (orders.to_string(), per_second.to_string());
        let arguments = ["send", "--orders", &*orders, "--per-second", &*per_second];
        self.start(&arguments, log)
    }

    /// Has dead letters delivered once more; what it said.
    pub(super) fn replay(&self, patience: Duration) -> Result<String> {
        let mut run = self.start(&["replay"], "replay.log")?;
        run.wait(patience)?;
        run.said()
    }

    pub(super) fn report(&self) -> Result<Report> {
        let report: BTreeMap<String, Value> =
            serde_json::from_str(&output(&mut self.command(&["report"]))?)?;
        let endpoint = |(id, said): (String, Value)| {
            let of_endpoint = read(&said).with_context(|| format!("a strange report: {said}"))?;
            Ok((id, of_endpoint))
        };
        report.into_iter().map(endpoint).collect()
    }

    fn start(&self, arguments: &[&str], log: &str) -> Result<Run> {
        let log = self.folder.join(log);
        let process = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::create(log.with_extension("errors"))?)
            .spawn()
            .context("cannot start the program")?;
        Ok(Run { process, log })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.python);
        command
            .args(["-m", "sender_app"])
            .args(arguments)
            .current_dir(examples::folder(examples::SENDER))
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn read(said: &Value) -> Option<OfEndpoint> {
    let count = |name: &str| usize::try_from(said[name].as_u64()?).ok();
    let ids = said["delivered_ids"].as_array()?.iter();
    Some(OfEndpoint {
        waiting: count("waiting")?,
        running: count("running")?,
        delivered: count("delivered")?,
        dead: count("dead")?,
        attempts: count("attempts")?,
        delivered_ids: ids
            .map(|id| id.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
    })
}

impl Run {
    pub(super) fn is_running(&mut self) -> Result<bool> {
        Ok(self.process.try_wait()?.is_none())
    }

    /// With SIGKILL, which nothing can handle.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Waits until it ends by itself.
    pub(super) fn wait(&mut self, patience: Duration) -> Result<()> {
        let deadline = Instant::now() + patience;
        let status = loop {
            if let Some(status) = self.process.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                bail!("the program takes too long: {}", self.everything()?);
            }
            thread::sleep(Duration::from_millis(20));
        };
        ensure!(
            status.success(),
            "the program failed: {status}: {}",
            self.everything()?
        );
        Ok(())
    }

    /// The last two lines of what it said.
    pub(super) fn said(&self) -> Result<String> {
        let all = self.all()?;
        let lines: Vec<&str> = all.lines().collect();
        Ok(lines[lines.len().saturating_sub(2)..].join("\n"))
    }

    /// The last line.
    pub(super) fn said_last(&self) -> Result<String> {
        let all = self.all()?;
        let last = all.lines().last();
        Ok(last.context("it had said nothing")?.to_owned())
    }

    fn everything(&self) -> Result<String> {
        let complaints = fs::read_to_string(self.log.with_extension("errors"))?;
        Ok(format!(
            "it said\n{}and complained\n{complaints}",
            self.all()?
        ))
    }

    fn all(&self) -> Result<String> {
        Ok(fs::read_to_string(&self.log)?)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It may have ended; nothing is left to do if even this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
