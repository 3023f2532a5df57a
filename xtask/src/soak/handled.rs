//! Which events the handlers of a server have handled.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};

use super::connection::Connection;

/// What was taken from the lists of a server, which so stay short.
pub(super) struct Handled {
    connection: Connection,
    endpoints: &'static [&'static str],
    pub(super) events: HashSet<u64>,
    /// The events that were handled again.
    pub(super) again: Vec<u64>,
}

impl Handled {
    pub(super) fn new(server: SocketAddr, endpoints: &'static [&'static str]) -> Self {
        Self {
            connection: Connection::new(server),
            endpoints,
            events: HashSet::new(),
            again: Vec::new(),
        }
    }

    pub(super) fn take(&mut self) -> Result<()> {
        for endpoint in self.endpoints {
            let caller = Ipv4Addr::LOCALHOST;
            let request = format!(
                "DELETE /{endpoint}/-/handled HTTP/1.1\r\nHost: {caller}\r\nContent-Length: 0\r\n\r\n"
            );
            let answer = self.connection.exchange(request.as_bytes())?;
            ensure!(answer.status == 200, "the list of what was handled is away");
            let entries = answer.body.as_array().context("there is no list")?;
            for entry in entries {
                let id = entry[1].as_str().and_then(|id| id.strip_prefix("evt_"));
                let number = id.context("an event without an id")?.parse()?;
                if !self.events.insert(number) {
                    self.again.push(number);
                }
            }
        }
        Ok(())
    }
}
