//! Other processes on the same outbox, which are a test's own program once more.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign::HealthPolicy;
use countersign_delivery::SenderOptions;
use countersign_delivery::transport::Timeouts;

use crate::support::{options, retries};

/// Tells a process where its outbox is, and that it is not the test.
pub(crate) const FILE: &str = "COUNTERSIGN_TEST_OUTBOX";

/// A dispatcher that dies is replaced after so many milliseconds.
pub(crate) fn brief(lease: u64) -> SenderOptions {
    let lease = Duration::from_millis(lease);
    let mut timeouts = Timeouts::default();
    timeouts.connect = lease / 2;
    timeouts.first_byte = lease / 2;
    timeouts.total = lease / 2;
    let health = HealthPolicy::new().without_circuit().without_disabling();
    options()
        .timeouts(timeouts)
        .lease(lease)
        .retry_policy(retries(1_000, 20))
        .health_policy(health)
}

/// This very test once more, in a process of its own.
pub(crate) fn start_again(test: &str, outbox: &Path) -> Child {
    spawn(Command::new(std::env::current_exe().unwrap()), test, outbox)
}

/// The same, in a process that can make no file larger than so many blocks of 512 bytes.
pub(crate) fn start_again_within(blocks: u32, test: &str, outbox: &Path) -> Child {
    // The limit would end it otherwise.
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &limited])
        .arg(std::env::current_exe().unwrap());
    spawn(shell, test, outbox)
}

fn spawn(mut command: Command, test: &str, outbox: &Path) -> Child {
    command
        .args(["--exact", test, "--nocapture"])
        .env(FILE, outbox)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A process that ends with the test, even if that fails.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Has it stand still, or go on: `-STOP`, `-CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
