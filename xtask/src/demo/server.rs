//! The servers of the examples, as processes of their own that end with the demo.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::delivery::{Endpoint, Sent};
use super::http::{self, Answer};
use super::verdict::Verdict;

const TIME_TO_START: Duration = Duration::from_secs(60);
const TIME_TO_END: Duration = Duration::from_secs(5);

/// A running server. Dropping it ends it.
pub(super) struct Server {
    pub(super) name: &'static str,
    address: SocketAddr,
    _process: Running,
}

struct Running(Child);

impl Server {
    /// Starts a server that says `listening on http://ADDRESS`, and that ends when its standard
    /// input does: so it ends with this process, whatever happens to it.
    pub(super) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let log_file = File::create(log)?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut child = Running(child);
        let stdout = child.0.stdout.take().context("there is no output")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::new(stdout);
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|length| length > 0) {
                if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
                    // The receiver is gone if the server took too long; then this ends as well.
                    let _ = sender.send(address.to_owned());
                    break;
                }
                line.clear();
            }
            // A server must not wait for someone to read what it prints.
            let _ = output.read_to_end(&mut Vec::new());
        });
        let Ok(address) = receiver.recv_timeout(TIME_TO_START) else {
            bail!("{name} did not start; its log is {}", log.display());
        };
        let address = address.trim_end_matches('/').parse()?;
        println!("    {name} listens on http://{address}");
        Ok(Self {
            name,
            address,
            _process: child,
        })
    }

    pub(super) fn deliver(&self, endpoint: &Endpoint, sent: &Sent) -> Result<Verdict> {
        Ok(Verdict::of_answer(self.post(&endpoint.name, sent)?))
    }

    pub(super) fn post(&self, endpoint: &str, sent: &Sent) -> Result<Answer> {
        let path = format!("/{endpoint}/webhooks");
        http::post(self.address, &path, sent).with_context(|| self.name)
    }

    /// What it lists of an endpoint's events.
    pub(super) fn events(&self, endpoint: &Endpoint, token: &str) -> Result<Value> {
        self.get(&endpoint.name, "/webhooks/events", token)
    }

    pub(super) fn get(&self, endpoint: &str, path: &str, token: &str) -> Result<Value> {
        let path = format!("/{endpoint}{path}");
        let answer = http::get(self.address, &path, token).with_context(|| self.name)?;
        Ok(answer.body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let deadline = Instant::now() + TIME_TO_END;
        while Instant::now() < deadline {
            match self.0.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // Nothing is left to do if even this fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
