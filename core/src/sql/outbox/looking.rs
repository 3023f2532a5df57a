//! What was sent, for those who look.

use alloc::string::String;

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

/// How it stands with endpoints, those that ail first and then those for which most waits: at most
/// how many.
pub const STANDINGS: &str = "\
SELECT e.id, e.failures, e.failing_since_ms, e.throttled_until_ms, e.circuit_open_until_ms,
  e.openings, e.disabled,
  (SELECT count(*) FROM countersign_delivery d WHERE d.endpoint = e.number AND d.state = 'waiting')
    AS waiting,
  (SELECT count(*) FROM countersign_delivery d WHERE d.endpoint = e.number AND d.state = 'running')
    AS running,
  coalesce(g.dead, 0) AS dead
FROM countersign_endpoint e
LEFT JOIN (SELECT endpoint, count(*) AS dead FROM countersign_delivery WHERE state = 'dead'
  GROUP BY endpoint) g ON g.endpoint = e.number
ORDER BY (CASE WHEN e.failures > 0 OR e.disabled IS NOT NULL THEN 0 ELSE 1 END), waiting DESC, e.id
LIMIT ?";
/// The latest attempts of all deliveries, the latest first: at most how many.
pub const LATEST_ATTEMPTS: &str = "\
SELECT a.delivery, a.at_ms, a.attempt, a.duration_us, e.id AS endpoint_id, m.id AS message_id,
  m.event_type, a.status, a.error
FROM countersign_attempt a JOIN countersign_delivery d ON d.number = a.delivery
JOIN countersign_message m ON m.number = d.message
LEFT JOIN countersign_endpoint e ON e.number = d.endpoint
ORDER BY a.number DESC LIMIT ?";
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
