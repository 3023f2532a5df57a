#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod dispatcher;
mod endpoint;
mod message;
mod observers;
mod open_error;
mod outbox;
#[cfg(feature = "schema")]
mod schemas;
mod sender;
mod settings;
mod target;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
mod transaction;
pub mod transport;
mod vault;

pub use dispatcher::Dispatcher;
pub use endpoint::Endpoint;
pub use message::Message;
pub use open_error::OpenError;
pub use outbox::{
    Attempted, DeliveryFilter, DeliveryState, RegisteredEndpoint, Replay, ReplayState,
    StoredDelivery,
};
pub use sender::{Sender, Sent};
pub use settings::{Retention, SenderOptions};
pub use transaction::{OwnStatements, OwnTransaction};
