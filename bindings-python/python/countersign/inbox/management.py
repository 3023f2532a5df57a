"""What people ask of an inbox: what is in it, once more, away with it."""

from __future__ import annotations

from typing import Any

from countersign.inbox.database import Database
from countersign.inbox.signals import Signals
from countersign.inbox.stored import StoredEvent, from_row
from countersign.inbox.table import COUNTS, FORGET, PURGE, REPLAY, ROW, STATES, State

_BATCH = 500


class Management:
    """Lists, counts, replays and purges. Everything raises what the database raises."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.signals = Signals()

    def events(
        self,
        state: State | None = None,
        event_type: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[StoredEvent]:
        """The latest events of this state and type, newest first. ``before`` the number of the
        last of them come the next."""
        conditions: list[str] = []
        values: list[Any] = []
        if state is not None:
            conditions.append("state = ?")
            values.append(_known(state))
        if event_type is not None:
            conditions.append("event_type = ?")
            values.append(event_type)
        if before is not None:
            conditions.append("number < ?")
            values.append(before)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        statement = f"SELECT {ROW} FROM countersign_inbox{where} ORDER BY number DESC LIMIT ?"
        with self._database.transaction("read") as work:
            return [from_row(row) for row in work.rows(statement, *values, limit)]

    def event(self, number: int) -> StoredEvent | None:
        """The event with this number; ``None`` if there is none, or none any more."""
        statement = f"SELECT {ROW} FROM countersign_inbox WHERE number = ?"
        with self._database.transaction("read") as work:
            rows = work.rows(statement, number)
        return from_row(rows[0]) if rows else None

    def dead_letters(self, limit: int = 100, before: int | None = None) -> list[StoredEvent]:
        """The events that are not tried again; see :meth:`events`."""
        return self.events("dead", limit=limit, before=before)

    def replay(
        self,
        number: int | None = None,
        *,
        state: State = "dead",
        event_type: str | None = None,
    ) -> int:
        """Has an event handled once more, at once and with all its attempts; how many they are.
        Without a number, all of this state (and type). One that is being handled is left alone."""
        where: str
        values: list[Any]
        if number is not None:
            where, values = "number = ? AND state <> 'running'", [number]
        elif event_type is not None:
            where, values = "state = ? AND event_type = ?", [_settled(state), event_type]
        else:
            where, values = "state = ?", [_settled(state)]
        with self._database.transaction("store") as work:
            count = work.change(REPLAY + where, work.now, work.now, *values)
        self.signals.ring()
        return count

    def purge(self, state: State, older_than: float) -> int:
        """Deletes the events of this state that were received more than so many seconds ago; how
        many they were. The same deliveries are then taken as new. Those that wait are lost."""
        _settled(state)
        count = 0
        while True:
            with self._database.transaction("store") as work:
                until = work.now - int(older_than * 1e3)
                deleted = work.change(PURGE, state, state, until, _BATCH)
            count += deleted
            if deleted < _BATCH:
                return count

    def forget(self) -> bool:
        """Deletes some of the handled events that nobody can deliver again, as workers do now and
        then; whether there may be more."""
        with self._database.transaction("note") as work:
            return work.change(FORGET, work.now, _BATCH) == _BATCH

    def counts(self) -> dict[State, int]:
        """How many events are in each state."""
        with self._database.transaction("read") as work:
            found = dict(work.rows(COUNTS))
        return {state: found.get(state, 0) for state in STATES}

    def close(self) -> None:
        """Closes the database. It is opened again when needed."""
        self._database.close()


def _known(state: State) -> State:
    if state not in STATES:
        raise ValueError("state must be 'waiting', 'running', 'handled' or 'dead'")
    return state


def _settled(state: State) -> State:
    if state not in STATES or state == "running":
        raise ValueError("state must be 'waiting', 'handled' or 'dead'")
    return state
