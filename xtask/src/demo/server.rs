//! The servers of the examples, as processes of their own that end with the demo.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::delivery::{Endpoint, Sent};
use super::http::{self, Answer};
use super::verdict::Verdict;
use crate::server::{Ending, Running};

/// A running server. Dropping it ends it.
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) address: SocketAddr,
    _process: Running,
}

impl Server {
    /// Starts a server that says `listening on http://ADDRESS`, and that ends when its standard
    /// input does: so it ends with this process, whatever happens to it.
    pub(super) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let (process, address) = Running::start(name, command, log, Ending::InputEnds)?;
        Ok(Self {
            name,
            address,
            _process: process,
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
