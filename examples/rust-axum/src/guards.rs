//! The settings of the guards, from the environment.

use std::time::Duration;

use countersign::{AddressPolicy, ForwardingHeader, Network, RateLimit};
use countersign_tower::{Receiver, RedisStore};

use crate::settings::read;

/// Puts the guards in front of a receiver.
///
/// # Errors
/// Which variable is wrong: a guard must not be off because of a mistake.
pub(crate) fn guarded(receiver: Receiver) -> Result<Receiver, String> {
    let receiver = with_address(receiver)?;
    let receiver = with_rate_limit(receiver)?;
    with_store(receiver)
}

/// Who may call, if that is restricted, and which proxies are believed about it.
fn with_address(receiver: Receiver) -> Result<Receiver, String> {
    let mut policy = AddressPolicy::new();
    let mut is_set = false;
    if let Some(allowed) = networks("COUNTERSIGN_ALLOW")? {
        policy = policy.allow(allowed);
        is_set = true;
    }
    if let Some(proxies) = networks("COUNTERSIGN_TRUSTED_PROXIES")? {
        policy = policy.trust_proxies(proxies);
        is_set = true;
    }
    if let Some(name) = read("COUNTERSIGN_FORWARDING_HEADER")? {
        let header = ForwardingHeader::named(&name)
            .ok_or("COUNTERSIGN_FORWARDING_HEADER is not x-forwarded-for or forwarded")?;
        policy = policy.forwarding_header(header);
    }
    Ok(match is_set {
        true => receiver.address(policy),
        false => receiver,
    })
}

fn networks(name: &str) -> Result<Option<Vec<Network>>, String> {
    let Some(text) = read(name)? else {
        return Ok(None);
    };
    let networks: Result<_, _> = text.split(',').map(str::trim).map(Network::parse).collect();
    networks
        .map(Some)
        .map_err(|error| format!("{name}: {error}"))
}

/// Requests and seconds for each caller, such as `600/60`, or `off`.
fn with_rate_limit(receiver: Receiver) -> Result<Receiver, String> {
    let text = read("COUNTERSIGN_RATE_LIMIT")?.unwrap_or_else(|| "600/60".to_owned());
    if text == "off" {
        return Ok(receiver);
    }
    let parts = text.split_once('/');
    let parsed =
        parts.and_then(|(count, window)| Some((count.parse().ok()?, window.parse().ok()?)));
    let (requests, seconds) =
        parsed.ok_or("COUNTERSIGN_RATE_LIMIT is not like 600/60, and not off")?;
    let limit = RateLimit::new(requests, Duration::from_secs(seconds))
        .map_err(|error| format!("COUNTERSIGN_RATE_LIMIT: {error}"))?;
    Ok(receiver.rate_limit(limit))
}

/// Where claims on deliveries and the rates are kept.
fn with_store(receiver: Receiver) -> Result<Receiver, String> {
    let store = read("COUNTERSIGN_STORE")?;
    match store.as_deref() {
        None | Some("memory") => Ok(receiver),
        Some("off") => Ok(receiver.without_replay_store()),
        Some(url) if url.starts_with("redis://") => {
            // It connects again by itself; until then the receiver refuses, as its log says.
            let store =
                RedisStore::open(url).map_err(|error| format!("COUNTERSIGN_STORE: {error}"))?;
            Ok(receiver.rate_store(store.clone()).replay_store(store))
        }
        Some(_) => Err("COUNTERSIGN_STORE is not memory, off or redis://host:port".to_owned()),
    }
}
