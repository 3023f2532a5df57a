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

macro_rules! due_again {
    () => {
        "CASE WHEN (SELECT is_fifo FROM countersign_endpoint e\n\
         WHERE e.number = countersign_delivery.endpoint) = 1 THEN 0\n\
         WHEN is_replay = 1 AND attempts = 0 THEN 1 ELSE CAST(? AS BIGINT) END"
    };
}

mod dispatching;
mod endpoints;
mod looking;
mod replays;
mod retention;
mod sending;

pub use dispatching::*;
pub use endpoints::*;
pub use looking::*;
pub use replays::*;
pub use retention::*;
pub use sending::*;

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
