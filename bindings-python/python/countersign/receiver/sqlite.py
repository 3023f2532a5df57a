"""Claims and rates in an SQLite file, for the processes of one machine."""

from __future__ import annotations

import json
import math
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Callable

from countersign._countersign import RateLimit, decide_claim, guard_statements

_STATEMENTS = dict(guard_statements())
_HOLD = _STATEMENTS["hold"]


class SqliteStore:
    """Claims and rates in the SQLite file at ``path``, for both stores of a receiver.

    It survives a restart, and the processes of one machine can share it. It makes two tables and
    switches the file to a write-ahead log. A process that waits longer than ``timeout`` seconds
    for another counts the store as down. ``clock`` gives Unix seconds, the same to all who share
    the file.

    >>> from countersign.receiver import SqliteStore
    >>> store = SqliteStore(":memory:")
    >>> token = store.claim("stripe:evt_1", 300)
    >>> store.release("stripe:evt_1", token)
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._timeout = timeout
        self._clock = clock
        self._lock = Lock()
        self._process = os.getpid()
        self._connection = self._connect()

    def claim(self, key: str, lease: float) -> str:
        token = secrets.token_hex(16)
        with self._transaction() as (database, now):
            held = database.execute(_STATEMENTS["held"], (key,)).fetchone()
            decide_claim(held, now)
            database.execute(_HOLD, (key, "in progress", token, _after(now, lease)))
            database.execute(_STATEMENTS["forget_claims"], (now,))
        return token

    def complete(self, key: str, token: str, lifetime: float) -> None:
        with self._transaction() as (database, now):
            database.execute(_HOLD, (key, "handled", token, _after(now, lifetime)))

    def release(self, key: str, token: str) -> None:
        with self._transaction() as (database, _):
            database.execute(_STATEMENTS["release"], (key, token))

    def admit(self, caller: str, limit: RateLimit) -> None:
        with self._transaction() as (database, now):
            row = database.execute(_STATEMENTS["slots"], (caller,)).fetchone()
            kept = [] if row is None else [(slot, count) for slot, count in json.loads(row[0])]
            slots = limit.admit(kept, now)
            until = now + limit.window_ms + 2 * limit.slot_ms
            database.execute(_STATEMENTS["count"], (caller, json.dumps(slots), until))
            database.execute(_STATEMENTS["forget_rates"], (now,))

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._timeout,
            isolation_level=None,
            # The lock lets one thread in at a time.
            check_same_thread=False,
        )
        use_write_ahead_log(connection)
        # A power cut may take the last claims with it, a killed process does not.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_STATEMENTS["schema"])
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """The database, which nobody else writes to meanwhile, and the time in Unix milliseconds.
        What is raised leaves everything as it was."""
        with self._lock:
            if self._process != os.getpid():
                # SQLite forbids to carry a connection through a fork, as servers do on start.
                self._process, self._connection = os.getpid(), self._connect()
            database = self._connection
            database.execute("BEGIN IMMEDIATE")
            try:
                # Only now: waiting for another process takes time.
                yield database, math.floor(self._clock() * 1e3)
                database.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some failures, such as a full disk.
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """SQLite does not wait for others at this switch, which happens once in the life of a file:
    those that open a fresh one together get in each other's way."""
    for attempts_left in reversed(range(20)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
        # Here it does wait until the others are done.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")


#: What other languages, too, can read back.
_LATEST = 2**53 - 1


def _after(now_ms: int, seconds: float) -> int:
    return min(now_ms + math.ceil(seconds * 1e3), _LATEST)
