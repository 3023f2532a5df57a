"""An inbox: what receivers put into it and workers take out of it."""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, NamedTuple

from countersign._countersign import Event, RetryPolicy
from countersign.inbox.database import Database, Transaction
from countersign.inbox.management import Management
from countersign.inbox.stored import StoredEvent, from_row, to_values
from countersign.inbox.table import STATEMENTS

if TYPE_CHECKING:
    from countersign.receiver.receiver import Receiver


class Taken(NamedTuple):
    """An event in the hands of a worker, and the token that proves it."""

    stored: StoredEvent
    token: str

    @property
    def number(self) -> int:
        return self.stored.number


class Arrival(NamedTuple):
    """An event that is to be stored."""

    #: The columns from ``dedupe_key`` to ``parts``.
    values: tuple[Any, ...]
    outcome: Future[bool] | None


class Inbox(Management):
    """What all inboxes are, whatever their database. Times are in seconds. Everything raises what
    the database raises, and has then changed nothing."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._latest = math.inf

    def insert(
        self, event: Event, scheme: str, outcome: Future[bool] | None = None
    ) -> int | None:
        """Stores the event durably; see :class:`countersign.receiver.EventStore`."""
        number = self._store(Arrival(to_values(event, scheme), outcome))
        if number is not None:
            self.signals.ring()
        return number

    def _store(self, arrival: Arrival) -> int | None:
        return self._store_all([arrival])[0]

    def _store_all(self, arrivals: list[Arrival]) -> list[int | None]:
        """Stores all or none."""
        with self._database.transaction("store") as work:
            return [self._insert(work, arrival) for arrival in arrivals]

    def _insert(self, work: Transaction, arrival: Arrival) -> int | None:
        key, now = arrival.values[0], work.now
        if key is not None:
            work.change(STATEMENTS["forget_key"], key, now)
        number = work.insert(STATEMENTS["insert"], *arrival.values, now, now, now)
        if number is not None and arrival.outcome is not None:
            # Before it is committed: then a worker may be faster than this thread.
            self.signals.expect(number, arrival.outcome)
        return number

    def next_due(self, scheme: str, held: Collection[int] = ()) -> float | None:
        """In how many seconds the next event of this scheme is due, 0 or less if now; ``None`` if
        none waits. Those that the caller holds do not count."""
        with self._database.transaction("read") as work:
            rows = work.rows(STATEMENTS["next_due"], scheme, len(held) + 1)
            now = work.now
        if now < self._latest:
            # At the start, too: it may have been set back before.
            self._follow_clock()
        self._latest = now
        due = [at for number, at in rows if number not in held]
        return (due[0] - now) / 1e3 if due else None

    def _follow_clock(self) -> None:
        """What was due soon before the clock was set back shall be due soon, not that much later."""
        with self._database.transaction("note") as work:
            work.change(STATEMENTS["set_clock_back"], work.now, work.now, work.now)

    def take(
        self, scheme: str, count: int, lease: float, held: Collection[int] = ()
    ) -> list[Taken]:
        """At most so many events that are due, each for one worker until its lease ends; none that
        the caller holds."""
        token = secrets.token_hex(16)
        with self._database.transaction("note") as work:
            # A clock may have ended leases of the caller early.
            most = count + len(held)
            rows = work.lock_rows(STATEMENTS["due"], scheme, work.now, most)
            stored = [from_row(row) for row in rows if row[0] not in held][:count]
            until = _after(work.now, lease)
            for one in stored:
                work.change(STATEMENTS["take"], until, work.now, token, one.number)
        return [
            Taken(one._replace(state="running", attempts=one.attempts + 1, due=until / 1e3), token)
            for one in stored
        ]

    def renew(self, taken: list[Taken], lease: float) -> None:
        """Begins the leases of these events again, unless they have ended and others have them."""
        with self._database.transaction("note") as work:
            until = _after(work.now, lease)
            for one in taken:
                work.change(STATEMENTS["renew"], until, work.now, one.number, one.token)

    def done(self, taken: Taken, lifetime: float) -> bool:
        """The event was handled, and is remembered so long; ``False`` if its lease had ended and
        another has it, so that it is handled twice."""
        with self._database.transaction("note") as work:
            until = _after(work.now, lifetime)
            values = ("handled", until, work.now, None, taken.number, taken.token)
            is_noted = work.change(STATEMENTS["settle"], *values) == 1
        self.signals.tell(taken.number, True)
        return is_noted

    def failed(self, taken: Taken, error: str, delay: float | None) -> bool:
        """The attempt failed. The event is tried again after the delay, or is a dead letter if
        that is ``None``; ``False`` if another has it."""
        state = "dead" if delay is None else "waiting"
        with self._database.transaction("note") as work:
            at = _after(work.now, delay or 0)
            values = (state, at, work.now, error, taken.number, taken.token)
            is_noted = work.change(STATEMENTS["settle"], *values) == 1
        self.signals.tell(taken.number, False)
        return is_noted

    def run(
        self,
        receiver: Receiver,
        *,
        threads: int = 4,
        policy: RetryPolicy | None = None,
        lease: float = 60,
        time_limit: float = 600,
        poll: float = 1,
    ) -> None:
        """Handles events in a process of its own, until it gets SIGTERM or SIGINT; then it ends
        what it has begun. See :class:`countersign.inbox.Workers` for the options."""
        from countersign.inbox.workers import Workers

        Workers(
            receiver,
            self,
            threads=threads,
            policy=policy,
            lease=lease,
            time_limit=time_limit,
            poll=poll,
        ).run()


#: What other languages, too, can read back.
_LATEST = 2**53 - 1


def _after(now_ms: int, seconds: float) -> int:
    return min(now_ms + math.ceil(seconds * 1e3), _LATEST)
