//! The tables of an outbox in SQLite and PostgreSQL: messages that were sent, and what became of
//! them at each endpoint.
//!
//! `countersign_endpoint` has a row for each place that messages are delivered to:
//!
//! - `number`: what the other tables name it by. `id`: what programs name it by.
//! - `owner`: whose it is; a message that is published goes to endpoints of one owner.
//! - `url`; `scheme`: the name of a signature scheme, null for the sender's own webhook;
//!   `secrets`: a JSON list, the first signs, each as text or sealed; `settings`: a JSON object.
//! - `version`: changes with each of those.
//! - `is_fifo`: 1 if messages are delivered in the order in which they were sent.
//! - `failures`, `failing_since_ms`, `throttled_until_ms`, `circuit_open_until_ms`, `openings`,
//!   `disabled`: the endpoint's health.
//! - `blocked_until_ms`: when the message whose turn it is is tried again, if `is_fifo`.
//! - `paced_until_us`: up to when the endpoint's rate is used up, in Unix microseconds.
//! - `created_ms`. All times end in `_ms` and are Unix milliseconds, in PostgreSQL of the server's
//!   clock.
//!
//! `countersign_subscription` has a row for each pattern of event types that an endpoint wants:
//! `endpoint`, and the `beginning` of the types, or a whole one if `is_whole` is 1.
//!
//! `countersign_message` has a row for each message: `number`; `id`, unique, the same for all
//! attempts; `idempotency_key`, unique or null; `event_type`; `payload`, the bytes of the body;
//! `created_ms`.
//!
//! `countersign_delivery` has a row, and one only, for each message and endpoint that it goes to:
//!
//! - `number`, `message`, `endpoint`.
//! - `state`: `waiting` for `due_ms`; `running` under a lease until `due_ms`; `delivered`; or
//!   `dead`: nobody tries again unless told to.
//! - `attempts`: how many were made on this round. `is_replay`: 1 if somebody asked for this round.
//! - `due_ms`: 0 while a message of an endpoint with `is_fifo` waits, so that they are in order; 1
//!   while another that is replayed waits for its first attempt, so that it is before the rest. Once it is delivered or dead: since when.
//! - `noted_ms`: when `due_ms` was written. A row from the future tells that the clock was set
//!   back; its `due_ms` is then moved as far as `noted_ms` is to be now.
//! - `token`: of the dispatcher that has it. `reason`: why it is dead.
//!
//! `countersign_attempt` has a row for each attempt: `number`, `delivery`, `attempt` (counted from
//! 1), `at_ms`, `duration_us`, `status` or the class of the `error`, and the first bytes of the
//! `answer`.
//!
//! `countersign_replay` has a row for each replay of many dead letters: `number`; which are meant:
//! `endpoint` (an id), `event_type`, `reason`, `since_ms`, `until_ms`, each null if any;
//! `per_second`; `position`, the last delivery that was looked at; `last`, the last that is meant;
//! `total`, `replayed`; `state`: `running`, `done` or `cancelled`; `created_ms`, `next_ms`.

use alloc::string::String;

// Lists in checks would be made into a temporary table by each statement in SQLite.
macro_rules! schema {
    ($number:literal, $bytes:literal, $integer:literal) => {
        concat!(
            "CREATE TABLE IF NOT EXISTS countersign_endpoint (\n  number ", $number,
            ",\n  id TEXT NOT NULL UNIQUE,\n  owner TEXT NOT NULL,\n  url TEXT NOT NULL,\n",
            "  scheme TEXT,\n  secrets TEXT NOT NULL,\n  settings TEXT NOT NULL,\n  version ", $integer,
            " NOT NULL,\n  is_fifo ", $integer, " NOT NULL,\n  failures ", $integer,
            " NOT NULL,\n  failing_since_ms ", $integer, ",\n  throttled_until_ms ", $integer,
            ",\n  circuit_open_until_ms ", $integer, ",\n  openings ", $integer,
            " NOT NULL,\n  disabled TEXT,\n  blocked_until_ms ", $integer,
            " NOT NULL,\n  paced_until_us ", $integer, " NOT NULL,\n  created_ms ", $integer,
            " NOT NULL\n);\n",
            "CREATE INDEX IF NOT EXISTS countersign_endpoint_owner ON countersign_endpoint (owner);\n",
            "CREATE TABLE IF NOT EXISTS countersign_subscription (\n  endpoint ", $integer,
            " NOT NULL,\n  beginning TEXT NOT NULL,\n  is_whole ", $integer,
            " NOT NULL,\n  PRIMARY KEY (endpoint, is_whole, beginning)\n);\n",
            "CREATE TABLE IF NOT EXISTS countersign_message (\n  number ", $number,
            ",\n  id TEXT NOT NULL UNIQUE,\n  idempotency_key TEXT UNIQUE,\n",
            "  event_type TEXT NOT NULL,\n  payload ", $bytes, " NOT NULL,\n  created_ms ", $integer,
            " NOT NULL\n);\n",
            "CREATE TABLE IF NOT EXISTS countersign_delivery (\n  number ", $number,
            ",\n  message ", $integer, " NOT NULL,\n  endpoint ", $integer,
            " NOT NULL,\n  state TEXT NOT NULL",
            " CHECK (state = 'waiting' OR state = 'running' OR\n    state = 'delivered' OR state = 'dead'),\n",
            "  attempts ", $integer, " NOT NULL,\n  is_replay ", $integer,
            " NOT NULL,\n  due_ms ", $integer, " NOT NULL,\n  noted_ms ", $integer,
            " NOT NULL,\n  token TEXT,\n  reason TEXT\n);\n",
            "CREATE UNIQUE INDEX IF NOT EXISTS countersign_delivery_once\n",
            "ON countersign_delivery (message, endpoint);\n",
            "CREATE INDEX IF NOT EXISTS countersign_delivery_waiting\n",
            "ON countersign_delivery (endpoint, due_ms, number) WHERE state = 'waiting';\n",
            "CREATE INDEX IF NOT EXISTS countersign_delivery_running\n",
            "ON countersign_delivery (endpoint, due_ms) WHERE state = 'running';\n",
            "CREATE INDEX IF NOT EXISTS countersign_delivery_dead\n",
            "ON countersign_delivery (number) WHERE state = 'dead';\n",
            "CREATE TABLE IF NOT EXISTS countersign_attempt (\n  number ", $number,
            ",\n  delivery ", $integer, " NOT NULL,\n  attempt ", $integer,
            " NOT NULL,\n  at_ms ", $integer, " NOT NULL,\n  duration_us ", $integer,
            " NOT NULL,\n  status ", $integer, ",\n  error TEXT,\n  answer ", $bytes, "\n);\n",
            "CREATE INDEX IF NOT EXISTS countersign_attempt_delivery ON countersign_attempt (delivery);\n",
            "CREATE TABLE IF NOT EXISTS countersign_replay (\n  number ", $number,
            ",\n  endpoint TEXT,\n  event_type TEXT,\n  reason TEXT,\n  since_ms ", $integer,
            ",\n  until_ms ", $integer, ",\n  per_second ", $integer, " NOT NULL,\n  position ", $integer,
            " NOT NULL,\n  last ", $integer, " NOT NULL,\n  total ", $integer,
            " NOT NULL,\n  replayed ", $integer,
            " NOT NULL,\n  state TEXT NOT NULL CHECK (state = 'running' OR\n    state = 'done' OR state = 'cancelled'),\n",
            "  created_ms ", $integer, " NOT NULL,\n  next_ms ", $integer, " NOT NULL\n);\n",
        )
    };
}

/// The tables in SQLite.
pub const SQLITE_SCHEMA: &str = schema!("INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB", "INTEGER");
/// The tables in PostgreSQL.
pub const POSTGRES_SCHEMA: &str = schema!(
    "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    "BYTEA",
    "BIGINT"
);

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

macro_rules! due_again {
    () => {
        "CASE WHEN (SELECT is_fifo FROM countersign_endpoint e\n\
         WHERE e.number = countersign_delivery.endpoint) = 1 THEN 0\n\
         WHEN is_replay = 1 AND attempts = 0 THEN 1 ELSE CAST(? AS BIGINT) END"
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

macro_rules! endpoint {
    () => {
        "number, id, owner, url, scheme, secrets, settings, version, is_fifo, failures, \
         failing_since_ms, throttled_until_ms, circuit_open_until_ms, openings, disabled, created_ms"
    };
}

/// Makes or changes an endpoint, and leaves its health alone: id, owner, URL, scheme, secrets,
/// settings, `is_fifo`, the time.
pub const PUT_ENDPOINT: &str = "\
INSERT INTO countersign_endpoint (id, owner, url, scheme, secrets, settings, version, is_fifo,
  failures, openings, blocked_until_ms, paced_until_us, created_ms)
VALUES (?, ?, ?, ?, ?, ?, 1, ?, 0, 0, 0, 0, ?)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, url = excluded.url,
  scheme = excluded.scheme, secrets = excluded.secrets, settings = excluded.settings,
  version = countersign_endpoint.version + 1, is_fifo = excluded.is_fifo";
/// Makes an endpoint if there is none of this id: the values of [`PUT_ENDPOINT`].
pub const ADD_ENDPOINT: &str = "\
INSERT INTO countersign_endpoint (id, owner, url, scheme, secrets, settings, version, is_fifo,
  failures, openings, blocked_until_ms, paced_until_us, created_ms)
VALUES (?, ?, ?, ?, ?, ?, 1, ?, 0, 0, 0, 0, ?) ON CONFLICT (id) DO NOTHING";
/// Changes the secrets of an endpoint: the secrets, the id, the version that they were made for.
pub const PUT_SECRETS: &str = "\
UPDATE countersign_endpoint SET secrets = ?, version = version + 1 WHERE id = ? AND version = ?";
/// Forgets what types an endpoint wants: its id.
pub const UNSUBSCRIBE: &str = "\
DELETE FROM countersign_subscription
WHERE endpoint IN (SELECT number FROM countersign_endpoint WHERE id = ?)";
/// Notes a pattern that an endpoint wants: the beginning, whether it is whole, the endpoint's id.
pub const SUBSCRIBE: &str = "\
INSERT INTO countersign_subscription (endpoint, beginning, is_whole)
SELECT number, ?, ? FROM countersign_endpoint WHERE id = ? ON CONFLICT DO NOTHING";
/// Puts what waits for an endpoint in the order that it now wants, if it wanted another: twice the
/// time, twice its id.
pub const REORDER: &str = concat!(
    "UPDATE countersign_delivery SET due_ms = ",
    due_again!(),
    ", noted_ms = ?\nWHERE state = 'waiting' AND endpoint =\n\
     (SELECT number FROM countersign_endpoint WHERE id = ?) AND (due_ms = 0) <>\n\
     (SELECT is_fifo = 1 FROM countersign_endpoint WHERE id = ?)"
);
/// Deletes an endpoint, after [`UNSUBSCRIBE`]: its id. What waits for it becomes dead letters.
pub const DELETE_ENDPOINT: &str = "DELETE FROM countersign_endpoint WHERE id = ?";
/// The endpoint of an id.
pub const ENDPOINT: &str = concat!(
    "SELECT ",
    endpoint!(),
    " FROM countersign_endpoint WHERE id = ?"
);
/// The endpoint of a number.
pub const ENDPOINT_OF_NUMBER: &str = concat!(
    "SELECT ",
    endpoint!(),
    " FROM countersign_endpoint WHERE number = ?"
);
/// Endpoints after an id, at most how many.
pub const ENDPOINTS: &str = concat!(
    "SELECT ",
    endpoint!(),
    " FROM countersign_endpoint WHERE id > ? ORDER BY id LIMIT ?"
);
/// The patterns of an endpoint's number.
pub const SUBSCRIPTIONS: &str = "\
SELECT beginning, is_whole FROM countersign_subscription WHERE endpoint = ?
ORDER BY beginning, is_whole";
/// Notes the health of an endpoint: failures, since when it fails, until when it is throttled and
/// its circuit is open, openings, why it is disabled, its number.
pub const PUT_HEALTH: &str = "\
UPDATE countersign_endpoint SET failures = ?, failing_since_ms = ?, throttled_until_ms = ?,
  circuit_open_until_ms = ?, openings = ?, disabled = ? WHERE number = ?";
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
WHERE is_fifo = 1 AND EXISTS (SELECT 1 FROM countersign_delivery d
  WHERE d.endpoint = countersign_endpoint.number AND d.state = 'waiting' AND d.attempts > 0
  AND d.noted_ms > ?)";
/// Makes dead letters of what waits for an endpoint: twice the time, the reason, the endpoint's
/// number, at most how many.
pub const BURY: &str = "\
UPDATE countersign_delivery SET state = 'dead', due_ms = ?, noted_ms = ?, reason = ?
WHERE number IN (SELECT number FROM countersign_delivery
  WHERE endpoint = ? AND state = 'waiting' ORDER BY due_ms, number LIMIT ?)";

macro_rules! delivery {
    () => {
        "SELECT d.number, m.id AS message_id, m.event_type, m.created_ms, e.id AS endpoint_id, \
         d.state, d.attempts, d.is_replay, d.due_ms, d.reason\nFROM countersign_delivery d JOIN countersign_message m \
         ON m.number = d.message\nLEFT JOIN countersign_endpoint e ON e.number = d.endpoint"
    };
}

/// The delivery of a number.
pub const DELIVERY: &str = concat!(delivery!(), " WHERE d.number = ?");
/// The deliveries of a message's id, and its payload.
pub const DELIVERIES_OF_MESSAGE: &str = concat!(delivery!(), " WHERE m.id = ? ORDER BY d.number");
/// The payload of a message's id.
pub const PAYLOAD: &str = "SELECT payload FROM countersign_message WHERE id = ?";
/// The attempts of a delivery, the latest first: its number, at most how many.
pub const ATTEMPTS: &str = "\
SELECT attempt, at_ms, duration_us, status, error, answer FROM countersign_attempt
WHERE delivery = ? ORDER BY number DESC LIMIT ?";
/// How many deliveries are in which state, by the endpoint's number.
pub const COUNTS: &str = "\
SELECT endpoint, state, count(*) FROM countersign_delivery GROUP BY endpoint, state";

/// Has a dead letter, or what was delivered, delivered once more: 1 (see `due_ms`), the time, the
/// number.
pub const REPLAY_ONE: &str = concat!(
    "UPDATE countersign_delivery SET state = 'waiting', attempts = 0, is_replay = 1, due_ms = ",
    due_again!(),
    ", noted_ms = ?, reason = NULL\nWHERE number = ? AND state IN ('dead', 'delivered')"
);
/// Begins a replay of many: endpoint, event type, reason, since when, until when (null if any), how
/// many a second, the last number, the total, twice the time.
pub const BEGIN_REPLAY: &str = "\
INSERT INTO countersign_replay (endpoint, event_type, reason, since_ms, until_ms, per_second,
  position, last, total, replayed, state, created_ms, next_ms)
VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 'running', ?, ?)";

macro_rules! replay {
    () => {
        "SELECT number, endpoint, event_type, reason, since_ms, until_ms, per_second, position, \
         last, total, replayed, state, created_ms, next_ms FROM countersign_replay"
    };
}

/// Replays, the latest first: at most how many.
pub const REPLAYS: &str = concat!(replay!(), " ORDER BY number DESC LIMIT ?");
/// The replays that are running.
pub const RUNNING_REPLAYS: &str = concat!(replay!(), " WHERE state = 'running' ORDER BY number");
/// Notes the progress of a replay: position, how many more, state, when to go on, its number.
pub const PUT_REPLAY: &str = "\
UPDATE countersign_replay SET position = ?, replayed = replayed + ?, state = ?, next_ms = ?
WHERE number = ? AND state = 'running'";
/// Ends a replay before its end: its number.
pub const CANCEL_REPLAY: &str =
    "UPDATE countersign_replay SET state = 'cancelled' WHERE number = ? AND state = 'running'";

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

/// The statement that lists deliveries, newest first: with those that are wanted of a state, an
/// endpoint's id, an event type, a reason, a time since and until which they are in their state, and
/// a number before which they are; then at most how many.
///
/// ```
/// use countersign::sql::outbox::{Wanted, deliveries};
/// let statement = deliveries(Wanted { is_dead: true, before: true, ..Wanted::default() });
/// assert!(statement.ends_with(
///     "WHERE d.state = 'dead' AND d.number < ? ORDER BY d.number DESC LIMIT ?"
/// ));
/// ```
pub fn deliveries(wanted: Wanted) -> String {
    let mut statement = String::from(delivery!());
    wanted.push_conditions(&mut statement);
    statement.push_str(" ORDER BY d.number DESC LIMIT ?");
    statement
}

/// The statement that counts them, with the largest of their numbers.
pub fn count(wanted: Wanted) -> String {
    let mut statement = String::from(
        "SELECT count(*), max(d.number) FROM countersign_delivery d JOIN countersign_message m \
         ON m.number = d.message\nLEFT JOIN countersign_endpoint e ON e.number = d.endpoint",
    );
    wanted.push_conditions(&mut statement);
    statement
}

/// The statement that has the numbers and endpoints of those after a number and up to another, in
/// order: the values of the conditions; then at most how many.
pub fn numbers(wanted: Wanted) -> String {
    let mut statement = String::from(
        "SELECT d.number, d.endpoint, e.disabled FROM countersign_delivery d JOIN \
         countersign_message m ON m.number = d.message\n\
         JOIN countersign_endpoint e ON e.number = d.endpoint",
    );
    wanted.push_conditions(&mut statement);
    statement.push_str(" ORDER BY d.number LIMIT ?");
    statement
}

/// Which deliveries are meant; the values of the conditions are in the order of the fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, clippy::struct_excessive_bools)]
pub struct Wanted {
    /// Only dead letters. It has no value.
    pub is_dead: bool,
    /// Of a state.
    pub state: bool,
    /// Of an endpoint's id.
    pub endpoint: bool,
    /// Of a type.
    pub event_type: bool,
    /// Dead for this reason.
    pub reason: bool,
    /// In their state since then or later.
    pub since: bool,
    /// In their state since then or earlier.
    pub until: bool,
    /// Of a smaller number.
    pub before: bool,
    /// Of a larger number.
    pub after: bool,
    /// Of this number at most.
    pub last: bool,
}

impl Wanted {
    fn push_conditions(self, statement: &mut String) {
        let conditions = [
            (self.is_dead, "d.state = 'dead'"),
            (self.state, "d.state = ?"),
            (self.endpoint, "e.id = ?"),
            (self.event_type, "m.event_type = ?"),
            (self.reason, "d.reason = ?"),
            (self.since, "d.due_ms >= ?"),
            (self.until, "d.due_ms <= ?"),
            (self.before, "d.number < ?"),
            (self.after, "d.number > ?"),
            (self.last, "d.number <= ?"),
        ];
        let mut word = " WHERE ";
        for (_, condition) in conditions.iter().filter(|(is_wanted, _)| *is_wanted) {
            statement.push_str(word);
            statement.push_str(condition);
            word = " AND ";
        }
    }
}

/// What [`SUBSCRIBE`] takes for a pattern of event types as [`Routes`](crate::Routes) has them: the
/// beginning, and whether it is whole.
///
/// ```
/// use countersign::sql::outbox::subscription;
/// assert_eq!(subscription("invoice.paid"), ("invoice.paid", true));
/// assert_eq!(subscription("invoice.*"), ("invoice.", false));
/// assert_eq!(subscription("*"), ("", false));
/// ```
pub fn subscription(pattern: &str) -> (&str, bool) {
    match pattern.strip_suffix('*') {
        Some(beginning) => (beginning, false),
        None => (pattern, true),
    }
}
