//! What the outbox holds, and what programs and people do with it.

mod endpoints;
mod filter;
mod management;
mod replay;
mod retention;
mod shown;
mod stored;

pub use endpoints::RegisteredEndpoint;
pub(crate) use endpoints::{ReadEndpoint, endpoint_statements, health_values, read_health};
pub use filter::DeliveryFilter;
pub use replay::{Replay, ReplayState};
pub(crate) use retention::Cleaning;
pub use stored::{Attempted, DeliveryState, StoredDelivery};

use countersign::DeliveryError;

/// Somebody else has written to the tables, which is logged.
pub(crate) fn unreadable() -> DeliveryError {
    tracing::error!(
        code = "outbox_unavailable",
        "a row of the outbox is unreadable"
    );
    DeliveryError::OutboxUnavailable
}
