"""An inbox in an SQLite file, for the processes of one machine."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

from countersign.inbox.database import Purpose
from countersign.inbox.forks import watch_forks
from countersign.inbox.groups import Groups
from countersign.inbox.inbox import Arrival, Inbox
from countersign.inbox.table import STATEMENTS
from countersign.inbox.turns import Turns
from countersign.receiver.sqlite import use_write_ahead_log


class SqliteInbox(Inbox):
    """An inbox in the SQLite file at ``path``. The processes of one machine can share it.

    An event that was acknowledged survives a power cut, as far as the disk keeps what it says it
    has written: before an event is answered the file is synchronised, which takes as long as the
    disk takes, some tenths of a millisecond to some tens of milliseconds. Events that arrive
    meanwhile share the next time. What workers note is not synchronised, so that a power cut may
    have the last events handled again.

    It makes one table and switches the file to a write-ahead log. A process that waits longer than
    ``timeout`` seconds for another counts the inbox as down. ``clock`` gives Unix seconds, the same
    to all who share the file.

    >>> from countersign import Receiver, Webhook
    >>> from countersign.inbox import SqliteInbox
    >>> inbox = SqliteInbox(":memory:")
    >>> receiver = Receiver(Webhook("stripe", "whsec_test"), inbox=inbox)
    >>> inbox.counts()
    {'waiting': 0, 'running': 0, 'handled': 0, 'dead': 0}
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(SqliteDatabase(path, timeout, clock))
        self._groups: Groups[Arrival, int | None] = Groups(self._store_all)

    def _store(self, arrival: Arrival) -> int | None:
        return self._groups.do(arrival)


class SqliteDatabase:
    """One connection, which the threads of this process use in turn."""

    def __init__(
        self, path: str | os.PathLike[str], timeout: float, clock: Callable[[], float]
    ) -> None:
        self._path = path
        self._timeout = timeout
        self._clock = clock
        self._lock = Turns()
        self._is_durable = True
        self._connection: sqlite3.Connection | None = self._connect()
        #: SQLite forbids to use or close a connection of the parent in its child.
        self._inherited: list[sqlite3.Connection] = []
        watch_forks(self)

    def after_fork(self) -> None:
        self._lock = Turns()
        if self._connection is not None:
            self._inherited.append(self._connection)
            self._connection = None

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def transaction(self, purpose: Purpose) -> Iterator[SqliteTransaction]:
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            connection = self._connection
            self._synchronise(connection, purpose)
            # One that begins with reading could not wait for others that write.
            connection.execute("BEGIN" if purpose == "read" else "BEGIN IMMEDIATE")
            try:
                # Only now: waiting for another process takes time.
                yield SqliteTransaction(connection, math.floor(self._clock() * 1e3))
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some failures, such as a full disk.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _synchronise(self, connection: sqlite3.Connection, purpose: Purpose) -> None:
        if purpose != "read" and self._is_durable != (purpose == "store"):
            self._is_durable = purpose == "store"
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._is_durable else 'NORMAL'}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,
            # The lock lets one thread in at a time.
            check_same_thread=False,
        )
        use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = FULL")
        self._is_durable = True
        connection.executescript(STATEMENTS["sqlite_schema"])
        return connection


class SqliteTransaction:
    """What is done in SQLite as a whole."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self._connection = connection
        self.now = now

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    # Nobody else writes meanwhile.
    lock_rows = rows

    def change(self, statement: str, *values: Any) -> int:
        return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, *values: Any) -> int | None:
        cursor = self._connection.execute(statement, values)
        return cursor.lastrowid if cursor.rowcount else None
