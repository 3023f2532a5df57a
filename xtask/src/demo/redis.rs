//! A Redis server of the demo's own, if this machine has one.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const TIME_TO_START: Duration = Duration::from_secs(20);

/// It keeps nothing on the disk. Dropping it ends it.
pub(super) struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    /// `None` if `redis-server` is not installed.
    pub(super) fn start(folder: &Path) -> Result<Option<Self>> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = free.local_addr()?.port();
        drop(free);
        let log = folder.join("redis.log");
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder)
            .stdout(File::create(&log)?);
        let process = match command.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            spawned => spawned.context("cannot start redis-server")?,
        };
        let redis = Self { process, port };
        let deadline = Instant::now() + TIME_TO_START;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > deadline {
                bail!("redis-server did not start; its log is {}", log.display());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(redis))
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Nothing is left to do if even this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
