//! What this application does with its events, and what their payloads must be.
//!
//! A handler that fails is answered 500, and the provider delivers the event again. The provider
//! waits for it: work that takes seconds belongs behind an inbox.

use std::convert::Infallible;

use countersign::ConfigurationError;
use countersign_tower::{ReceivedEvent, Receiver};
use serde_json::json;

/// Registers the handlers. The most specific pattern takes an event.
///
/// # Errors
/// If the receiver has such handlers or schemas already.
pub fn register(receiver: Receiver) -> Result<Receiver, ConfigurationError> {
    // A signature says who sent an event, not that it makes sense. No more is said here than the
    // handlers rely on: the provider adds fields without asking.
    let payment = json!({
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "type": "object",
                "properties": {"amount": {"type": "integer", "minimum": 0}},
            },
        },
    });
    receiver
        .schema("payment.succeeded", &payment)?
        .on("payment.succeeded", payment_succeeded)?
        .on("payment.*", other_payment)?
        // Without a catch-all, events of other types are answered `ignored`.
        .on("*", other_event)
}

async fn payment_succeeded(event: ReceivedEvent) -> Result<(), Infallible> {
    tracing::info!(id = event.id(), "a payment succeeded");
    Ok(())
}

async fn other_payment(event: ReceivedEvent) -> Result<(), Infallible> {
    tracing::info!(
        id = event.id(),
        event_type = event.event_type(),
        "an event of a payment"
    );
    Ok(())
}

async fn other_event(event: ReceivedEvent) -> Result<(), Infallible> {
    tracing::info!(
        id = event.id(),
        event_type = event.event_type(),
        "an event of another type"
    );
    Ok(())
}
