//! What a dispatcher takes, notes and gives back.

/// Locks an endpoint until the end of the transaction: its number.
pub const LOCK: &str = "UPDATE countersign_endpoint SET version = version WHERE number = ?";
/// What is to be known of an endpoint before more is taken for it: its number. In PostgreSQL it is
/// locked, so that two dispatchers do not both exceed its rate.
pub const STANDING: &str = "\
SELECT version, failures, failing_since_ms, throttled_until_ms, circuit_open_until_ms, openings,
  disabled, blocked_until_ms, paced_until_us, (SELECT count(*) FROM countersign_delivery d
  WHERE d.endpoint = countersign_endpoint.number AND d.state = 'running')
FROM countersign_endpoint WHERE number = ?";
/// Notes up to when an endpoint's rate is used up: Unix microseconds, its number.
pub const PACE: &str = "UPDATE countersign_endpoint SET paced_until_us = ? WHERE number = ?";
/// Notes when the message whose turn it is is tried again: the time, the endpoint's number.
pub const BLOCK: &str = "UPDATE countersign_endpoint SET blocked_until_ms = ? WHERE number = ?";

/// The numbers of endpoints for which something waits, each with the time when the first of it is
/// due; at most how many, those after a number. It costs as much as there are endpoints, not
/// deliveries.
pub const PENDING: &str = "\
WITH RECURSIVE pending(endpoint) AS (
  SELECT min(endpoint) FROM countersign_delivery WHERE state = 'waiting' AND endpoint > ?
  UNION ALL
  SELECT (SELECT min(d.endpoint) FROM countersign_delivery d
    WHERE d.state = 'waiting' AND d.endpoint > pending.endpoint)
  FROM pending WHERE pending.endpoint IS NOT NULL
)
SELECT endpoint, (SELECT min(d.due_ms) FROM countersign_delivery d
  WHERE d.state = 'waiting' AND d.endpoint = pending.endpoint)
FROM pending WHERE endpoint IS NOT NULL LIMIT ?";
/// What waits for an endpoint, in order: its number, at most how many.
pub const WAITING: &str = "\
SELECT number, message, attempts, is_replay, due_ms FROM countersign_delivery
WHERE endpoint = ? AND state = 'waiting' ORDER BY due_ms, number LIMIT ?";
/// Takes a delivery: until when, the time, the dispatcher's token, the number.
pub const TAKE: &str = "\
UPDATE countersign_delivery SET state = 'running', due_ms = ?, noted_ms = ?, token = ?
WHERE number = ?";
/// The message of a number.
pub const MESSAGE: &str =
    "SELECT id, event_type, payload FROM countersign_message WHERE number = ?";
/// Begins a lease again: until when, the time, the number, the token.
pub const RENEW: &str = "\
UPDATE countersign_delivery SET due_ms = ?, noted_ms = ?
WHERE number = ? AND token = ? AND state = 'running'";
/// Gives back what was not begun: twice the time, the number, the token.
pub const RELEASE: &str = concat!(
    "UPDATE countersign_delivery SET state = 'waiting', due_ms = ",
    due_again!(),
    ", noted_ms = ?, token = NULL\nWHERE number = ? AND token = ? AND state = 'running'"
);
/// Notes how an attempt ended: the state, how many were made, its `due_ms`, the time, the reason,
/// the number, the token. No row is changed if another has it.
pub const SETTLE: &str = "\
UPDATE countersign_delivery
SET state = ?, attempts = ?, due_ms = ?, noted_ms = ?, reason = ?, token = NULL
WHERE number = ? AND token = ? AND state = 'running'";
/// Records an attempt: the delivery, which attempt, when, its microseconds, the status, the class
/// of the error, the first bytes of the answer.
pub const RECORD: &str = "\
INSERT INTO countersign_attempt (delivery, attempt, at_ms, duration_us, status, error, answer)
VALUES (?, ?, ?, ?, ?, ?, ?)";
/// What is running though its lease has ended: the time, at most how many.
pub const EXPIRED: &str = "\
SELECT number, endpoint, attempts, noted_ms FROM countersign_delivery
WHERE state = 'running' AND due_ms <= ? LIMIT ?";
/// Lets others have one of them: twice the time, the number, the time.
pub const RECLAIM: &str = concat!(
    "UPDATE countersign_delivery SET state = 'waiting', due_ms = ",
    due_again!(),
    ", noted_ms = ?, token = NULL\nWHERE number = ? AND state = 'running' AND due_ms <= ?"
);
/// What was due soon before the clock was set back shall be due soon, not that much later: four times
/// the time. After [`SET_BLOCKS_BACK`] in the same transaction.
pub const SET_CLOCK_BACK: &str = "\
UPDATE countersign_delivery
SET due_ms = CASE WHEN due_ms <= 1 THEN due_ms ELSE due_ms - noted_ms + ? END, noted_ms = ?
WHERE number IN (SELECT number FROM countersign_delivery WHERE state = 'waiting' AND noted_ms > ?
  UNION ALL
  SELECT number FROM countersign_delivery WHERE state = 'running' AND noted_ms > ?)";
/// The same for messages whose turn it is, which were tried before the clock was set back: twice the
/// time.
pub const SET_BLOCKS_BACK: &str = "\
UPDATE countersign_endpoint SET blocked_until_ms = blocked_until_ms + ? -
  (SELECT max(d.noted_ms) FROM countersign_delivery d
  WHERE d.endpoint = countersign_endpoint.number AND d.state = 'waiting' AND d.attempts > 0)
WHERE is_fifo = 1 AND blocked_until_ms > 0 AND EXISTS (SELECT 1 FROM countersign_delivery d
  WHERE d.endpoint = countersign_endpoint.number AND d.state = 'waiting' AND d.attempts > 0
  AND d.noted_ms > ?)";
/// Makes dead letters of what waits for an endpoint: twice the time, the reason, the endpoint's
/// number, at most how many.
pub const BURY: &str = "\
UPDATE countersign_delivery SET state = 'dead', due_ms = ?, noted_ms = ?, reason = ?
WHERE number IN (SELECT number FROM countersign_delivery
  WHERE endpoint = ? AND state = 'waiting' ORDER BY due_ms, number LIMIT ?)";
