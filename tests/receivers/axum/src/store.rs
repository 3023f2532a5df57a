//! The stores that a case may name.

use std::path::PathBuf;

use anyhow::Result;
use countersign_tower::{
    MemoryRateStore, MemoryReplayStore, RateStore, Receiver, RedisStore, ReplayStore, SqliteStore,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StoreText {
    /// The capacity.
    Memory(usize),
    Sqlite(PathBuf),
    /// The URL.
    Redis(String),
}

impl StoreText {
    /// The receiver with this store for its claims and its rates.
    pub(crate) fn install(self, receiver: Receiver) -> Result<Receiver> {
        Ok(match self {
            Self::Memory(capacity) => receiver
                .replay_store(MemoryReplayStore::new(capacity))
                .rate_store(MemoryRateStore::new(capacity)),
            Self::Sqlite(path) => both(receiver, SqliteStore::open(path)?),
            Self::Redis(url) => both(receiver, RedisStore::open(&url)?),
        })
    }
}

fn both(receiver: Receiver, store: impl ReplayStore + RateStore + Clone) -> Receiver {
    receiver.replay_store(store.clone()).rate_store(store)
}
