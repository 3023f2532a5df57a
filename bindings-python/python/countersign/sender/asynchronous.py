"""The sender of programs with an event loop of asyncio."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from countersign.errors import DeliveryError
from countersign.sender.endpoint import Endpoint
from countersign.sender.message import Message, to_json
from countersign.sender.sender import PATIENCE
from countersign.sender.settings import Configured
from countersign.sender.stored import (
    Attempt,
    Delivery,
    DeliveryState,
    RegisteredEndpoint,
    Replay,
    Sent,
)
from countersign.sender.transactions import send_on_async_postgres, send_on_sqlite

if TYPE_CHECKING:
    from psycopg import AsyncConnection


class AsyncSender(Configured):
    """A :class:`countersign.Sender` for event loops of asyncio: each of its methods that waits for
    the database is awaited, and blocks nothing meanwhile. Both share the options, and can share an
    outbox.

    A task that is cancelled while it waits does not know whether its message was stored: it can be
    sent again with the same ``id`` or ``idempotency_key``.

    >>> import asyncio
    >>> from countersign import AsyncSender
    >>> async def main():
    ...     secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    ...     sender = AsyncSender(":memory:", secret=secret)
    ...     sent = await sender.send("https://customer.example/hook", "invoice.paid", {"id": 7})
    ...     return sent.is_new
    >>> asyncio.run(main())
    True

    ``async with`` starts the dispatcher, and waits at the end for what is under way::

        async with AsyncSender("outbox.db") as sender:
            await sender.send("customer-7", "invoice.paid", {"id": 7})
    """

    async def __aenter__(self) -> AsyncSender:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop(PATIENCE)
        await asyncio.to_thread(self.close)

    async def stop(self, patience: float = PATIENCE) -> bool:
        """See :meth:`countersign.Sender.stop`."""
        return await self._requests.stop(patience).answer()

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

    async def put_endpoint(self, endpoint: Endpoint) -> None:
        """See :meth:`countersign.Sender.put_endpoint`."""
        await self._requests.put_endpoint(endpoint).answer()

    async def endpoint(self, id: str) -> RegisteredEndpoint | None:
        """See :meth:`countersign.Sender.endpoint`."""
        return await self._requests.endpoint(id).answer()

    async def endpoints(self, after: str = "", limit: int = 100) -> list[RegisteredEndpoint]:
        """See :meth:`countersign.Sender.endpoints`."""
        return await self._requests.endpoints(after, limit).answer()

    async def rotate_secret(self, id: str, secret: str) -> None:
        """See :meth:`countersign.Sender.rotate_secret`."""
        await self._requests.rotate_secret(id, secret).answer()

    async def retire_secrets(self, id: str) -> None:
        """See :meth:`countersign.Sender.retire_secrets`."""
        await self._requests.retire_secrets(id).answer()

    async def disable(self, id: str) -> bool:
        """See :meth:`countersign.Sender.disable`."""
        return await self._requests.disable(id).answer()

    async def enable(self, id: str) -> bool:
        """See :meth:`countersign.Sender.enable`."""
        return await self._requests.enable(id).answer()

    async def delete_endpoint(self, id: str) -> bool:
        """See :meth:`countersign.Sender.delete_endpoint`."""
        return await self._requests.delete_endpoint(id).answer()

    async def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """See :meth:`countersign.Sender.deliveries`."""
        return await self._requests.deliveries(
            limit,
            state=state,
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).answer()

    async def dead_letters(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """See :meth:`countersign.Sender.dead_letters`."""
        return await self._requests.deliveries(
            limit,
            state="dead",
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).answer()

    async def deliveries_of(self, message_id: str) -> list[Delivery]:
        """See :meth:`countersign.Sender.deliveries_of`."""
        return await self._requests.deliveries_of(message_id).answer()

    async def delivery(self, number: int) -> Delivery | None:
        """See :meth:`countersign.Sender.delivery`."""
        return await self._requests.delivery(number).answer()

    async def delete_delivery(self, number: int) -> bool:
        """See :meth:`countersign.Sender.delete_delivery`."""
        return await self._requests.delete_delivery(number).answer()

    async def payload(self, message_id: str) -> bytes | None:
        """See :meth:`countersign.Sender.payload`."""
        return await self._requests.payload(message_id).answer()

    async def attempts(self, number: int, limit: int = 100) -> list[Attempt]:
        """See :meth:`countersign.Sender.attempts`."""
        return await self._requests.attempts(number, limit).answer()

    async def counts(self) -> dict[DeliveryState, int]:
        """See :meth:`countersign.Sender.counts`."""
        return await self._requests.counts().answer()

    async def replay(self, number: int) -> bool:
        """See :meth:`countersign.Sender.replay`."""
        return await self._requests.replay(number).answer()

    async def replay_all(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        per_second: int = 50,
    ) -> Replay:
        """See :meth:`countersign.Sender.replay_all`."""
        return await self._requests.replay_all(
            per_second, endpoint=endpoint, type=type, reason=reason, since=since, until=until
        ).answer()

    async def replays(self, limit: int = 20) -> list[Replay]:
        """See :meth:`countersign.Sender.replays`."""
        return await self._requests.replays(limit).answer()

    async def cancel_replay(self, number: int) -> bool:
        """See :meth:`countersign.Sender.cancel_replay`."""
        return await self._requests.cancel_replay(number).answer()

    def __repr__(self) -> str:
        return "AsyncSender(...)"
