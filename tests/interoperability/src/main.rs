//! Sends with `countersign-delivery` to a server on loopback, writes down the requests as they came,
//! and has the official Rust libraries of Standard Webhooks and Svix verify them.
//!
//! usage: countersign-interoperability RECORD [SEED]
//!
//! The record has a line of JSON for each request; the verifiers in Python and JavaScript read it.

mod payloads;
mod peers;
mod receiver;
mod record;
mod sending;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use payloads::Random;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: countersign-interoperability RECORD [SEED]";
    let path = PathBuf::from(arguments.next().context(usage)?);
    let seed = match arguments.next() {
        Some(seed) => seed.parse().context(usage)?,
        None => getrandom::u64()?,
    };
    println!("the seed of the payloads is {seed}");
    let requests = sending::send_all(&mut Random::new(seed)).await?;
    let mut lines = String::new();
    for request in &requests {
        lines.push_str(&serde_json::to_string(request)?);
        lines.push('\n');
    }
    fs::write(&path, lines).with_context(|| format!("cannot write {}", path.display()))?;
    let verified = peers::verify_all(&requests)?;
    println!(
        "rust: {} requests, {verified} verdicts as they must be",
        requests.len()
    );
    Ok(())
}
