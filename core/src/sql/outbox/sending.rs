//! Messages on their way into the outbox.

macro_rules! deliver {
    ($which:literal) => {
        concat!(
            "INSERT INTO countersign_delivery\n  (message, endpoint, state, attempts, is_replay, \
             due_ms, noted_ms)\nSELECT m.number, e.number, 'waiting', 0, 0,\n  CASE WHEN e.is_fifo \
             = 1 THEN 0 ELSE m.created_ms END, m.created_ms\nFROM countersign_message m, \
             countersign_endpoint e\nWHERE m.id = ? AND ",
            $which,
            "\nON CONFLICT DO NOTHING"
        )
    };
}

/// Stores a message to one endpoint: id, idempotency key or null, type, payload, the time, the id
/// of the endpoint. No row is made if there is one of this id or key, or no such endpoint. Follow it
/// by [`DELIVER`] and [`SENT`] in the same transaction.
pub const SEND: &str = "\
INSERT INTO countersign_message (id, idempotency_key, event_type, payload, created_ms)
SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM countersign_endpoint WHERE id = ?)
ON CONFLICT DO NOTHING";
/// Has a message delivered to one endpoint, unless it is or was already: the ids of both.
pub const DELIVER: &str = deliver!("e.id = ?");
/// Stores a message to whoever wants it: id, idempotency key or null, type, payload, the time. No
/// row is made if there is one of this id or key. Follow it by [`FAN_OUT`] and [`SENT`] in the same
/// transaction.
pub const PUBLISH: &str = "\
INSERT INTO countersign_message (id, idempotency_key, event_type, payload, created_ms)
VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
/// Has a message delivered to all endpoints of an owner that want its type and are not disabled:
/// the message's id, the owner, three times the type.
pub const FAN_OUT: &str = deliver!(
    "e.owner = ? AND e.disabled IS NULL AND EXISTS\n\
     (SELECT 1 FROM countersign_subscription s WHERE s.endpoint = e.number AND (\n  \
     (s.is_whole = 1 AND s.beginning = ?) OR (s.is_whole = 0 AND length(?) > length(s.beginning)\n  \
     AND substr(?, 1, length(s.beginning)) = s.beginning)))"
);
/// What a message became: its `id`, and the number of an endpoint in each row, null if it waits for
/// none. The id, the idempotency key or null. No row: no such endpoint.
pub const SENT: &str = "\
SELECT m.id, d.endpoint FROM countersign_message m
LEFT JOIN countersign_delivery d ON d.message = m.number AND d.state = 'waiting'
WHERE m.id = ? OR m.idempotency_key = ?";
