"""What people ask of an inbox: what is in it, once more, away with it."""

from __future__ import annotations

from typing import Any

from countersign._countersign import list_events_statement
from countersign.inbox.database import Database
from countersign.inbox.signals import Signals
from countersign.inbox.stored import StoredEvent, from_row
from countersign.inbox.table import STATEMENTS, STATES, State

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
        wanted = (None if state is None else _known(state), event_type, before)
        values = [value for value in wanted if value is not None]
        statement = list_events_statement(*(value is not None for value in wanted))
        with self._database.transaction("read") as work:
            return [from_row(row) for row in work.rows(statement, *values, limit)]

    def event(self, number: int) -> StoredEvent | None:
        """The event with this number; ``None`` if there is none, or none any more."""
        with self._database.transaction("read") as work:
            rows = work.rows(STATEMENTS["event"], number)
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
        values: list[Any]
        if number is not None:
            which, values = "replay_one", [number]
        elif event_type is not None:
            which, values = "replay_type", [_settled(state), event_type]
        else:
            which, values = "replay_state", [_settled(state)]
        with self._database.transaction("store") as work:
            count = work.change(STATEMENTS[which], work.now, work.now, *values)
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
                deleted = work.change(STATEMENTS["purge"], state, state, until, _BATCH)
            count += deleted
            if deleted < _BATCH:
                return count

    def forget(self) -> bool:
        """Deletes some of the handled events that nobody can deliver again, as workers do now and
        then; whether there may be more."""
        with self._database.transaction("note") as work:
            return work.change(STATEMENTS["forget"], work.now, _BATCH) == _BATCH

    def counts(self) -> dict[State, int]:
        """How many events are in each state."""
        with self._database.transaction("read") as work:
            found = dict(work.rows(STATEMENTS["counts"]))
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
