//! Endpoints, what they want, and their health.

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
