//! Servers under test, as processes of their own that end with this one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const TIME_TO_START: Duration = Duration::from_secs(60);
const TIME_TO_END: Duration = Duration::from_secs(10);

/// A server's process. Dropping it ends it.
pub(crate) struct Running {
    process: Child,
    ending: Ending,
}

/// What a server ends by.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    /// Its standard input ends, as it does with this process, whatever happens to it.
    InputEnds,
    /// SIGTERM.
    Signal,
}

impl Running {
    /// Starts a server that says `listening on http://ADDRESS`; also the address.
    pub(crate) fn start(
        name: &str,
        command: &mut Command,
        log: &Path,
        ending: Ending,
    ) -> Result<(Self, SocketAddr)> {
        let log_file = File::create(log)?;
        let process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut running = Self { process, ending };
        let stdout = running.process.stdout.take();
        let stdout = stdout.context("there is no output")?;
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
            let mut buffer = [0; 8192];
            while output.read(&mut buffer).is_ok_and(|length| length > 0) {}
        });
        let Ok(address) = receiver.recv_timeout(TIME_TO_START) else {
            bail!("{name} did not start; its log is {}", log.display());
        };
        let address = address.trim_end_matches('/').parse()?;
        println!("    {name} listens on http://{address}");
        Ok((running, address))
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if self.ending == Ending::Signal {
            let id = self.process.id().to_string();
            // If it cannot be sent, the process is killed below.
            let _ = Command::new("kill").args(["-TERM", &id]).status();
        }
        let deadline = Instant::now() + TIME_TO_END;
        while Instant::now() < deadline {
            match self.process.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // Nothing is left to do if even this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
