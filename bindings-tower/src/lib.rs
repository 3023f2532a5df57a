#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod answer;
mod body;
mod caller;
mod claims;
mod delivery;
mod event;
#[cfg(feature = "axum")]
mod extract;
mod handler;
pub mod inbox;
mod journal;
#[cfg(feature = "asymmetric")]
mod keys;
mod layer;
#[cfg(feature = "monitor")]
pub mod monitor;
mod outcome;
mod pipeline;
mod receiver;
#[cfg(feature = "schema")]
mod schemas;
mod service;
mod settings;
mod span;
mod store;

pub use caller::PeerAddress;
pub use event::ReceivedEvent;
#[cfg(feature = "axum")]
pub use extract::{Rejection, VerifiedEvent, Verifier};
#[cfg(feature = "asymmetric")]
pub use keys::{KeyFuture, KeySource};
pub use layer::{VerifyLayer, VerifyService};
pub use outcome::Outcome;
pub use receiver::Receiver;
pub use service::ReceiverService;
pub use settings::WhenStoreFails;
#[cfg(any(feature = "sqlite", feature = "redis", feature = "postgres"))]
pub use store::OpenError;
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
pub use store::{MemoryRateStore, MemoryReplayStore, RateStore, ReplayStore, StoreFuture};
