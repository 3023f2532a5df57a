"""Sends in a transaction of the caller's own."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from countersign._countersign import encode_postgres_text, unknown_endpoint
from countersign.sender.opened import Opened
from countersign.sender.stored import Sent

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

#: What is to be sent: to, type, content, id, idempotency key.
Outgoing = tuple[str, str, Any, Any, Any]

_NOW = b"SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_NO_TRANSACTION = "the connection is in no transaction, so that this would not be undone with it"


def send_on_sqlite(opened: Opened, connection: sqlite3.Connection, outgoing: Outgoing) -> Sent:
    # In any other mode the first statement begins one.
    if connection.isolation_level is None and not connection.in_transaction:
        raise ValueError(_NO_TRANSACTION)
    cursor = connection.cursor()
    # Not as the caller wants its own rows.
    cursor.row_factory = None
    try:
        changed, row = [], None
        statements = _statements(opened, outgoing, int(time.time() * 1e3))
        for text, values in statements:
            cursor.execute(text, values)
            changed.append(cursor.rowcount)
        row = cursor.fetchone()
    finally:
        cursor.close()
    return _sent(row, changed)


def send_on_postgres(opened: Opened, connection: Connection[Any], outgoing: Outgoing) -> Sent:
    from psycopg.rows import tuple_row

    _check(connection)
    changed, row = [], None
    with connection.cursor(row_factory=tuple_row) as cursor:
        # Of the server's clock, as everything there.
        now = cursor.execute(_NOW).fetchone()
        assert now is not None
        for text, values in _statements(opened, outgoing, now[0]):
            cursor.execute(*_placed(text, values))
            changed.append(cursor.rowcount)
        row = cursor.fetchone()
    return _sent(row, changed)


async def send_on_async_postgres(
    opened: Opened, connection: AsyncConnection[Any], outgoing: Outgoing
) -> Sent:
    from psycopg.rows import tuple_row

    _check(connection)
    changed, row = [], None
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(_NOW)
        now = await cursor.fetchone()
        assert now is not None
        for text, values in _statements(opened, outgoing, now[0]):
            await cursor.execute(*_placed(text, values))
            changed.append(cursor.rowcount)
        row = await cursor.fetchone()
    return _sent(row, changed)


def _check(connection: Connection[Any] | AsyncConnection[Any]) -> None:
    from psycopg.pq import TransactionStatus

    is_idle = connection.info.transaction_status is TransactionStatus.IDLE
    if connection.autocommit and is_idle:
        raise ValueError(_NO_TRANSACTION)


def _statements(
    opened: Opened, outgoing: Outgoing, now_ms: int
) -> list[tuple[str, tuple[Any, ...]]]:
    return opened.use(lambda engine: engine.statements(*outgoing, now_ms))


def _placed(text: str, values: tuple[Any, ...]) -> tuple[bytes, list[Any]]:
    placed = text.replace("?", "%s").encode()
    return placed, [
        encode_postgres_text(value) if isinstance(value, str) else value for value in values
    ]


def _sent(row: tuple[Any, ...] | None, changed: list[int]) -> Sent:
    if row is None:
        raise unknown_endpoint()
    # The last three store it, have it delivered, and tell what became of it.
    return Sent(row[0], changed[-3] > 0)
