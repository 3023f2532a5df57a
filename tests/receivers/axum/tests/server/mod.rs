//! The server as a process that can be killed, and what it answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use countersign::{Scheme, Secret, UnixTime, Webhook};
use serde_json::{Value, json};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign-receiver-axum");
const SECRET: &str = "a secret of the tests";
const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the server keeps its claims, whichever process it is.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Result<Self> {
        let place = Self(tempfile::tempdir()?);
        let receiver = json!({
            "scheme": "sha256",
            "secrets": [SECRET],
            "now": NOW.seconds(),
            "store": {"sqlite": place.database_path()},
            "handlers": {"quick": "succeed", "slow": "slow"},
        });
        let cases = json!({"cases": [{"id": "faults", "receiver": receiver}]});
        std::fs::write(place.cases(), cases.to_string())?;
        Ok(place)
    }

    pub(crate) fn start(&self) -> Result<Server> {
        Server::start(Command::new(PROGRAM).arg(self.cases()))
    }

    /// A server that can write no file beyond this size, in blocks of 512 bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_with_full_disk(&self, blocks: u32) -> Result<Server> {
        // Without the trap, the first write beyond the limit would end the process.
        let script = r#"trap "" XFSZ; ulimit -S -f "$1"; exec "$2" "$3""#;
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh", &blocks.to_string(), PROGRAM]);
        Server::start(shell.arg(self.cases()))
    }

    /// Waits until so many events are being handled.
    pub(crate) fn await_in_progress(&self, count: i64) -> Result<()> {
        let database = rusqlite::Connection::open(self.database_path())?;
        let sql = "SELECT count(*) FROM countersign_claims WHERE state = 'in progress'";
        wait_until(|| Ok(database.query_row(sql, [], |row| row.get::<_, i64>(0))? == count))
    }

    /// As time does.
    pub(crate) fn end_leases(&self) -> Result<()> {
        let database = rusqlite::Connection::open(self.database_path())?;
        let sql = "UPDATE countersign_claims SET until_ms = 0 WHERE state = 'in progress'";
        database.execute(sql, [])?;
        Ok(())
    }

    fn database_path(&self) -> PathBuf {
        self.path().join("receiver.db")
    }

    fn cases(&self) -> PathBuf {
        self.path().join("receive.json")
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A process. Dropping it ends it.
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(command: &mut Command) -> Result<Self> {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = process.stdout.take().context("there is no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on http://");
        let address = address.context("it does not listen")?.parse()?;
        Ok(Self { process, address })
    }

    /// By SIGKILL, which no process hears of.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Delivers an event: the status, and the word for what became of it.
    pub(crate) fn deliver(&self, id: &str, event_type: &str) -> Result<(u16, String)> {
        deliver(self.address, id, event_type)
    }

    /// Where it is, for a thread that outlives it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The ids of the events that this process has handled, in order.
    pub(crate) fn handled(&self) -> Result<Vec<String>> {
        let request = "GET /faults/-/handled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        let (_, list) = exchange(self.address, request, b"")?;
        let list = list.as_array().context("there is no list")?;
        let ids = list
            .iter()
            .map(|entry| entry[1].as_str().map(str::to_owned));
        ids.collect::<Option<_>>().context("an event has no id")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn deliver(address: SocketAddr, id: &str, event_type: &str) -> Result<(u16, String)> {
    let body = json!({"id": id, "type": event_type}).to_string();
    let webhook = Webhook::new(Scheme::SHA256, [Secret::parse(SECRET)?])?;
    let length = body.len();
    let mut head = format!(
        "POST /faults HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in webhook.sign(None, NOW, body.as_bytes())? {
        head += &format!("{name}: {value}\r\n");
    }
    let (status, answer) = exchange(address, &head, body.as_bytes())?;
    let word = answer.get("status").or(answer.get("error"));
    let word = word.and_then(Value::as_str).context("no word")?;
    Ok((status, word.to_owned()))
}

fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> Result<(u16, Value)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok((status, serde_json::from_str(body)?))
}

fn wait_until(condition: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !condition()? {
        anyhow::ensure!(start.elapsed() < PATIENCE, "it never happened");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
