"""Sends in a transaction of the caller's own."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any, Optional, Union

from countersign._countersign import SenderEngine, decode_postgres_text, encode_postgres_text
from countersign.sender.opened import Opened
from countersign.sender.stored import Sent

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

#: What is to be sent: to, type, content, id, idempotency key.
Outgoing = tuple[str, str, Union[str, bytes], Optional[str], Optional[str]]

_NOW = b"SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_NO_TRANSACTION = "the connection is in no transaction, so that this could not be rolled back"
_OTHER_DATABASE = "the connection is not to the database of the outbox"


def send_on_sqlite(opened: Opened, connection: sqlite3.Connection, outgoing: Outgoing) -> Sent:
    if opened.is_postgres:
        raise ValueError(_OTHER_DATABASE)
    if not SenderEngine.shares_files():
        raise RuntimeError(
            "on this system sqlite3 and the sender cannot use one file in one process"
        )
    # In any other mode the first statement begins one. `autocommit` is there since Python 3.12.
    commits_each = (
        connection.isolation_level is None or getattr(connection, "autocommit", None) is True
    )
    if commits_each and not connection.in_transaction:
        raise ValueError(_NO_TRANSACTION)
    sending = _Sending(opened, outgoing, int(time.time() * 1e3))
    cursor = connection.cursor()
    # Not as the caller wants its own rows.
    cursor.row_factory = None
    try:
        for text, values in sending.statements:
            cursor.execute(text, values)
            sending.answered(cursor.rowcount, cursor.fetchone())
    finally:
        cursor.close()
    return sending.sent()


def send_on_postgres(opened: Opened, connection: Connection[Any], outgoing: Outgoing) -> Sent:
    from psycopg.rows import tuple_row

    _check(opened, connection)
    with connection.cursor(row_factory=tuple_row) as cursor:
        # Of the server's clock, as everything there.
        sending = _Sending(opened, outgoing, _value(cursor.execute(_NOW).fetchone()))
        for text, values in sending.statements:
            cursor.execute(*_placed(text, values))
            row = cursor.fetchone() if cursor.description else None
            sending.answered(cursor.rowcount, _read(row))
    return sending.sent()


async def send_on_async_postgres(
    opened: Opened, connection: AsyncConnection[Any], outgoing: Outgoing
) -> Sent:
    from psycopg.rows import tuple_row

    _check(opened, connection)
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(_NOW)
        sending = _Sending(opened, outgoing, _value(await cursor.fetchone()))
        for text, values in sending.statements:
            await cursor.execute(*_placed(text, values))
            row = await cursor.fetchone() if cursor.description else None
            sending.answered(cursor.rowcount, _read(row))
    return sending.sent()


class _Sending:
    """The statements that send a message, and what became of them."""

    def __init__(self, opened: Opened, outgoing: Outgoing, now_ms: int) -> None:
        self._own = opened.use(lambda engine: engine.own_statements(*outgoing))
        self._answers: list[tuple[int, tuple[Any, ...] | None]] = []
        self.statements = self._own.at(now_ms)

    def answered(self, changed: int, row: tuple[Any, ...] | None) -> None:
        self._answers.append((changed, row))

    def sent(self) -> Sent:
        return Sent._make(self._own.sent(self._answers))


def _check(opened: Opened, connection: Connection[Any] | AsyncConnection[Any]) -> None:
    from psycopg.pq import TransactionStatus

    if not opened.is_postgres:
        raise ValueError(_OTHER_DATABASE)
    is_idle = connection.info.transaction_status is TransactionStatus.IDLE
    if connection.autocommit and is_idle:
        raise ValueError(_NO_TRANSACTION)


def _placed(text: str, values: tuple[Any, ...]) -> tuple[bytes, list[Any]]:
    placed = text.replace("?", "%s").encode()
    return placed, [
        encode_postgres_text(value) if isinstance(value, str) else value for value in values
    ]


def _read(row: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if row is None:
        return None
    return tuple(
        decode_postgres_text(value) if isinstance(value, str) else value for value in row
    )


def _value(row: tuple[Any, ...] | None) -> int:
    assert row is not None
    value: int = row[0]
    return value
