//! Stands between a client and a server, and counts how often they wait for each other.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

/// The name of the socket in its folder.
const SOCKET: &str = ".s.PGSQL.5432";

pub(crate) struct Relay {
    folder: TempDir,
    conninfo: String,
    turns: Arc<Mutex<Turns>>,
}

#[derive(Default)]
struct Turns {
    is_of_client: bool,
    count: usize,
}

impl Relay {
    /// Before the server of a name that has `host=<folder> ` in front.
    pub(crate) fn new(conninfo: &str) -> Self {
        let (host, rest) = conninfo.split_once(' ').unwrap();
        let server = Path::new(host.strip_prefix("host=").unwrap()).join(SOCKET);
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let turns: Arc<Mutex<Turns>> = Arc::default();
        let counted = turns.clone();
        // It ends with the process.
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = UnixStream::connect(&server).unwrap();
                for (from, to, is_of_client) in
                    [(&client, &server, true), (&server, &client, false)]
                {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let turns = counted.clone();
                    thread::spawn(move || pass(from, to, is_of_client, &turns));
                }
            }
        });
        Self {
            conninfo: format!("host={} {rest}", folder.path().display()),
            folder,
            turns,
        }
    }

    pub(crate) fn conninfo(&self) -> &str {
        assert!(self.folder.path().exists());
        &self.conninfo
    }

    /// How often the client has sent something after an answer.
    pub(crate) fn turns(&self) -> usize {
        self.turns.lock().unwrap().count
    }
}

fn pass(mut from: UnixStream, mut to: UnixStream, is_of_client: bool, turns: &Mutex<Turns>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let mut turns = turns.lock().unwrap();
        if is_of_client && !turns.is_of_client {
            turns.count += 1;
        }
        turns.is_of_client = is_of_client;
        drop(turns);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // One of them has ended, and may have ended the other already.
    let _ = to.shutdown(Shutdown::Both);
}
