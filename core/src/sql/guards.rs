//! Claims and rates in SQLite.
//!
//! A claim is a transaction that began with `BEGIN IMMEDIATE`: [`HELD`], the decision of
//! [`decide_claim`](crate::decide_claim), [`HOLD`] with a random token, [`FORGET_CLAIMS`]. A
//! request is counted in another: [`SLOTS`], [`RateLimit::admit`](crate::RateLimit::admit),
//! [`COUNT`], [`FORGET_RATES`]. Times end in `_ms` and are Unix milliseconds.

/// The tables. `slots` is a JSON list of pairs of a slot and its count.
pub const SCHEMA: &str = "\
CREATE TABLE IF NOT EXISTS countersign_claims (
  key TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('in progress', 'handled')),
  token TEXT NOT NULL,
  until_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS countersign_claims_until ON countersign_claims (until_ms);
CREATE TABLE IF NOT EXISTS countersign_rates (
  caller TEXT PRIMARY KEY,
  slots TEXT NOT NULL,
  until_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS countersign_rates_until ON countersign_rates (until_ms);
";
/// `state` and `until_ms` of a key.
pub const HELD: &str = "SELECT state, until_ms FROM countersign_claims WHERE key = ?";
/// Notes a key's state, token and `until_ms`: `in progress`, or `handled`.
pub const HOLD: &str = "\
INSERT INTO countersign_claims (key, state, token, until_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE
SET state = excluded.state, token = excluded.token, until_ms = excluded.until_ms";
/// Frees a key, if the token is that of its claim.
pub const RELEASE: &str =
    "DELETE FROM countersign_claims WHERE key = ? AND token = ? AND state = 'in progress'";
/// Deletes a few claims that ended before a time, so that no request pays for many.
pub const FORGET_CLAIMS: &str = "\
DELETE FROM countersign_claims WHERE key IN
(SELECT key FROM countersign_claims WHERE until_ms <= ? LIMIT 20)";
/// `slots` of a caller.
pub const SLOTS: &str = "SELECT slots FROM countersign_rates WHERE caller = ?";
/// Notes a caller's `slots`, and when all of them are past.
pub const COUNT: &str = "\
INSERT INTO countersign_rates (caller, slots, until_ms) VALUES (?, ?, ?)
ON CONFLICT (caller) DO UPDATE SET slots = excluded.slots, until_ms = excluded.until_ms";
/// Deletes a few callers whose slots were past before a time.
pub const FORGET_RATES: &str = "\
DELETE FROM countersign_rates WHERE caller IN
(SELECT caller FROM countersign_rates WHERE until_ms <= ? LIMIT 20)";

/// All of them by name, for other languages.
pub const STATEMENTS: [(&str, &str); 8] = [
    ("schema", SCHEMA),
    ("held", HELD),
    ("hold", HOLD),
    ("release", RELEASE),
    ("forget_claims", FORGET_CLAIMS),
    ("slots", SLOTS),
    ("count", COUNT),
    ("forget_rates", FORGET_RATES),
];
