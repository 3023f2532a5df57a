"""What is sent, by threads that wait and by event loops."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from countersign.errors import DeliveryError
from countersign.sender.message import Message, to_json
from countersign.sender.settings import Configured
from countersign.sender.stored import Sent
from countersign.sender.transactions import (
    send_on_async_postgres,
    send_on_postgres,
    send_on_sqlite,
)

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection


class Sending(Configured):
    """Sends messages."""

    def send(
        self,
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Stores a message for one endpoint, and returns once that is committed.

        ``to`` is the id of an endpoint, or a URL (``https://...``): one that is not registered is,
        with the URL as its id, for the sender's own scheme and secrets. ``data`` is written as JSON
        once: the payload is ``{"id":...,"type":...,"timestamp":...,"data":...}``, and every attempt
        sends these bytes. ``id`` is the same for all attempts, by which receivers know what they
        have handled; a new one if ``None``. The same ``id`` or ``idempotency_key`` twice is one
        message: a program that is not sure whether it sent something sends it again.

        Raises ``DeliveryError``: ``unknown_endpoint``, ``malformed_message`` (names that are not 1
        to 256 visible ASCII characters, data that is not JSON, a payload that is too long); for a
        URL that is not registered also ``malformed_url``, ``insecure_url``,
        ``forbidden_destination``; ``PayloadError`` (``schema_mismatch``); and ``ConfigurationError``
        (``no_secrets``) if the sender has none for a URL.
        """
        return self._requests.send(to, type, to_json(data), id, idempotency_key).wait()

    def send_payload(
        self,
        to: str,
        type: str,
        payload: bytes,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """The same with this payload, to the byte."""
        return self._requests.send_payload(to, type, payload, id, idempotency_key).wait()

    def send_many(
        self, messages: Iterable[Message | tuple[Any, ...]]
    ) -> list[Sent | DeliveryError]:
        """Stores messages for one endpoint each, all or none of them in one commit; an answer for
        each: what was sent, or the error ``unknown_endpoint``, which keeps none of the others back.

        >>> from countersign import Sender
        >>> from countersign.sender import Message
        >>> Sender(":memory:").send_many([Message("nobody", "invoice.paid", {"id": 7})])[0].code
        'unknown_endpoint'

        Raises what :meth:`send` raises otherwise; then none is stored.
        """
        return self._requests.send_many(messages).wait()

    def publish(
        self,
        type: str,
        data: Any,
        *,
        owner: str = "",
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Stores a message for every endpoint of this owner that wants its type and is not
        disabled, and returns once that is committed."""
        return self._requests.publish(type, data, owner, id, idempotency_key).wait()

    def send_in_transaction(
        self,
        connection: sqlite3.Connection | Connection[Any],
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Sends as :meth:`send` does in a transaction of the caller's own, on the database of this
        outbox: nothing is sent if it is rolled back. Once it is committed a dispatcher finds the
        message: on SQLite it looks every hundredth of a second, PostgreSQL notifies it.

        ``connection`` is one of :mod:`sqlite3` (on Linux and Windows), or of ``psycopg`` 3. Its
        errors are its own. Raises ``ValueError`` if it is in no transaction, and what :meth:`send`
        raises.

        >>> import sqlite3, tempfile
        >>> from countersign import Sender
        >>> path = tempfile.mkdtemp() + "/shop.db"
        >>> sender = Sender(path, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        >>> shop = sqlite3.connect(path)
        >>> _ = shop.execute("CREATE TABLE invoice (number, paid)")
        >>> with shop:
        ...     _ = shop.execute("INSERT INTO invoice VALUES (7, 1)")
        ...     _ = sender.send_in_transaction(
        ...         shop, "https://customer.example/webhooks", "invoice.paid", {"id": 7}
        ...     )
        >>> sender.counts()["waiting"]
        1

        Any other program sends to a registered endpoint by three statements in one transaction::

            INSERT INTO countersign_message (id, idempotency_key, event_type, payload, created_ms)
            SELECT :id, :key, :type, :payload, :now_ms
            WHERE EXISTS (SELECT 1 FROM countersign_endpoint WHERE id = :to)
            ON CONFLICT DO NOTHING;

            INSERT INTO countersign_delivery
              (message, endpoint, state, attempts, is_replay, due_ms, noted_ms)
            SELECT m.number, e.number, 'waiting', 0, 0,
              CASE WHEN e.is_fifo = 1 THEN 0 ELSE m.created_ms END, m.created_ms
            FROM countersign_message m, countersign_endpoint e
            WHERE m.id = :id AND e.id = :to AND NOT EXISTS
            (SELECT 1 FROM countersign_delivery d WHERE d.message = m.number);

            SELECT m.id FROM countersign_message m
            WHERE m.id = :id OR m.idempotency_key = :key;

        ``:payload`` is bytes, ``:now_ms`` Unix milliseconds. The last has the id of what was sent,
        and no row if there is no such endpoint. They are those of the core's ``sql::outbox``, where
        the tables are documented. On PostgreSQL ``SELECT pg_notify('countersign_outbox', '')`` wakes
        the dispatchers.
        """
        outgoing = (to, type, to_json(data), id, idempotency_key)
        if isinstance(connection, sqlite3.Connection):
            return send_on_sqlite(self._opened, connection, outgoing)
        return send_on_postgres(self._opened, connection, outgoing)


class AsyncSending(Configured):
    """The same, awaited."""

    async def send(
        self,
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """See :meth:`countersign.Sender.send`."""
        return await self._requests.send(to, type, to_json(data), id, idempotency_key).answer()

    async def send_payload(
        self,
        to: str,
        type: str,
        payload: bytes,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """See :meth:`countersign.Sender.send_payload`."""
        return await self._requests.send_payload(to, type, payload, id, idempotency_key).answer()

    async def send_many(
        self, messages: Iterable[Message | tuple[Any, ...]]
    ) -> list[Sent | DeliveryError]:
        """See :meth:`countersign.Sender.send_many`."""
        return await self._requests.send_many(messages).answer()

    async def publish(
        self,
        type: str,
        data: Any,
        *,
        owner: str = "",
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """See :meth:`countersign.Sender.publish`."""
        return await self._requests.publish(type, data, owner, id, idempotency_key).answer()

    async def send_in_transaction(
        self,
        connection: sqlite3.Connection | AsyncConnection[Any],
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """See :meth:`countersign.Sender.send_in_transaction`."""
        outgoing = (to, type, to_json(data), id, idempotency_key)
        if isinstance(connection, sqlite3.Connection):
            return send_on_sqlite(self._opened, connection, outgoing)
        return await send_on_async_postgres(self._opened, connection, outgoing)
