"""An inbox in PostgreSQL, for several machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

from countersign._countersign import decode_postgres_text, encode_postgres_text
from countersign.inbox.database import Purpose
from countersign.inbox.forks import watch_forks
from countersign.inbox.inbox import Inbox
from countersign.inbox.table import STATEMENTS

if TYPE_CHECKING:
    from psycopg import Connection, Cursor

_NOW = b"SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
# Any number, the same for all who may make the table at the same time.
_MAKE_ALONE = "SELECT pg_advisory_xact_lock(4915206381774)"


class PostgresInbox(Inbox):
    """An inbox in the PostgreSQL database that ``conninfo`` names, as libpq takes it: a URL
    ``postgresql://...`` or ``host=... dbname=...``. Any number of machines can share it; the
    server's clock is that of all. Its encoding must be UTF-8, or it cannot hold every event.

    Needs the package ``psycopg`` (``pip install "psycopg[binary]"``), version 3. It makes one table
    in the first schema of the search path if there is none. A process has at most ``connections``
    connections, made when needed; with a pooler between, it must be one of sessions. What takes
    longer than ``timeout`` seconds counts as the inbox being down. Workers find what other
    processes insert when they poll.
    """

    def __init__(self, conninfo: str, *, connections: int = 8, timeout: float = 5.0) -> None:
        super().__init__(PostgresDatabase(conninfo, connections, timeout))


class PostgresDatabase:
    """A few connections, each used by one thread at a time."""

    def __init__(self, conninfo: str, connections: int, timeout: float) -> None:
        self._conninfo = conninfo
        self._count = connections
        self._timeout = timeout
        self._is_prepared = False
        self._idle: list[Connection[Any]] = []
        #: To close a connection of the parent would close it for the parent, too.
        self._inherited: list[Connection[Any]] = []
        self._begin_anew()
        watch_forks(self)

    def after_fork(self) -> None:
        self._inherited += self._idle
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._idle = []
        self._lock = Lock()
        self._free = BoundedSemaphore(self._count)
        self._process = os.getpid()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def transaction(self, purpose: Purpose) -> Iterator[PostgresTransaction]:
        if not self._free.acquire(timeout=self._timeout):
            raise TimeoutError("all connections are in use")
        try:
            connection, now = self._begin(purpose)
            try:
                yield PostgresTransaction(connection, now)
                # What only reads does so with one statement, which is a transaction of its own.
                if purpose != "read":
                    connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise
            with self._lock:
                self._idle.append(connection)
        finally:
            self._free.release()

    def _begin(self, purpose: Purpose) -> tuple[Connection[Any], int]:
        """A connection with a transaction that has begun."""
        from psycopg import OperationalError

        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            connection = self._connect() if kept is None else kept
            try:
                cursor = connection.execute(_NOW if purpose == "read" else b"BEGIN;" + _NOW)
                if purpose != "read":
                    cursor.nextset()
                return connection, _one(cursor)
            except BaseException as error:
                connection.close()
                # Nothing is done yet, and it may have ended while nobody used it.
                if kept is None or not isinstance(error, OperationalError):
                    raise

    def _connect(self) -> Connection[Any]:
        import psycopg

        milliseconds = max(1, round(self._timeout * 1e3))
        connection = psycopg.connect(
            self._conninfo,
            autocommit=True,
            client_encoding="utf8",
            connect_timeout=max(2, round(self._timeout)),
            tcp_user_timeout=milliseconds,
        )
        try:
            connection.execute(f"SET statement_timeout = {milliseconds}")
            if not self._is_prepared:
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: Connection[Any]) -> None:
        # Who may not make tables can use one that is there.
        table = connection.execute("SELECT to_regclass('countersign_inbox')::text")
        if _one(table) is None:
            with connection.transaction():
                connection.execute(_MAKE_ALONE)
                for statement in STATEMENTS["postgres_schema"].split(";"):
                    if statement.strip():
                        connection.execute(statement.encode())
        self._is_prepared = True

    def _roll_back(self, connection: Connection[Any]) -> None:
        from psycopg import Error

        try:
            connection.execute("ROLLBACK")
        except Error:
            # It is broken: the server has rolled back, and what was raised first is told.
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)


class PostgresTransaction:
    """What is done in PostgreSQL as a whole."""

    def __init__(self, connection: Connection[Any], now: int) -> None:
        self._connection = connection
        self.now = now

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(_placed(statement), [_to_text(value) for value in values])
        return [tuple(map(_from_text, row)) for row in cursor.fetchall()]

    def lock_rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        # Workers do not wait for each other: each takes others.
        return self.rows(f"{statement} FOR UPDATE SKIP LOCKED", *values)

    def change(self, statement: str, *values: Any) -> int:
        values = tuple(_to_text(value) for value in values)
        return self._connection.execute(_placed(statement), values).rowcount

    def insert(self, statement: str, *values: Any) -> int | None:
        rows = self.rows(f"{statement} RETURNING number", *values)
        return rows[0][0] if rows else None


def _one(cursor: Cursor[Any]) -> Any:
    row = cursor.fetchone()
    return None if row is None else row[0]


def _placed(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _to_text(value: Any) -> Any:
    """A text as PostgreSQL can hold it."""
    return encode_postgres_text(value) if isinstance(value, str) else value


def _from_text(value: Any) -> Any:
    return decode_postgres_text(value) if isinstance(value, str) else value
