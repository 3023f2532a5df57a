//! Dead letters that are delivered once more.

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
