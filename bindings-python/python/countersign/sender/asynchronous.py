"""The sender of programs with an event loop of asyncio."""

from __future__ import annotations

import asyncio
from types import TracebackType

from countersign.sender.deliveries import AsyncDeliveries
from countersign.sender.endpoints import AsyncEndpoints
from countersign.sender.sender import PATIENCE
from countersign.sender.sending import AsyncSending


class AsyncSender(AsyncSending, AsyncEndpoints, AsyncDeliveries):
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

    def __repr__(self) -> str:
        return "AsyncSender(...)"
