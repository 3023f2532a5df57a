//! What is past.

/// Deliveries after a number that were settled, with `due_ms` and the state, for retention: the
/// number, at most how many.
pub const SETTLED: &str = "\
SELECT number, message, state, due_ms FROM countersign_delivery WHERE number > ?
ORDER BY number LIMIT ?";
/// Deletes the attempts of a delivery: its number.
pub const DELETE_ATTEMPTS: &str = "DELETE FROM countersign_attempt WHERE delivery = ?";
/// Deletes a delivery that is settled: its number.
pub const DELETE_DELIVERY: &str =
    "DELETE FROM countersign_delivery WHERE number = ? AND state IN ('delivered', 'dead')";
/// Deletes a message that has no deliveries any more: its number, the time until which its
/// idempotency key may be forgotten.
pub const DELETE_MESSAGE: &str = "\
DELETE FROM countersign_message WHERE number = ? AND NOT EXISTS
(SELECT 1 FROM countersign_delivery d WHERE d.message = countersign_message.number)
AND (idempotency_key IS NULL OR created_ms <= ?)";
/// Messages after a number that have no deliveries, for retention: the number, until when they were
/// made, at most how many.
pub const LONELY_MESSAGES: &str = "\
SELECT number FROM countersign_message WHERE number > ? AND created_ms <= ? AND NOT EXISTS
(SELECT 1 FROM countersign_delivery d WHERE d.message = countersign_message.number)
ORDER BY number LIMIT ?";
