"""Receives in every ASGI server.

>>> from countersign import Receiver, Webhook
>>> from countersign.asgi import AsgiReceiver
>>> receiver = Receiver(Webhook("github", "hush"))
>>> @receiver.on("push")
... async def pushed(event):
...     print(event.id)
>>> application = AsgiReceiver(receiver)

It is an application of its own that can be mounted in others: in Starlette as
``Mount("/webhooks/github", app=AsgiReceiver(receiver))``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, MutableMapping
from typing import Any, Callable
from urllib.parse import quote

from countersign._countersign import Answer, refusal
from countersign.receiver.framing import header_list
from countersign.receiver.receiver import Receiver

__all__ = ["AsgiReceiver", "ScopeRequest"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiReceiver:
    """An ASGI application that gives each request to the receiver."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        if scope["type"] != "http":
            raise TypeError("webhooks are delivered by HTTP")
        answer = await self._receiver.receive_async(ScopeRequest(scope, receive))
        await send_answer(answer, scope["method"], send)


async def send_answer(answer: Answer, method: str, send: Send) -> None:
    """Sends an answer as ASGI's messages."""
    encoded = [(name.encode(), value.encode()) for name, value in header_list(answer)]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    # An answer to HEAD has no body.
    body = b"" if method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})


async def live(receive: Receive, send: Send) -> None:
    """There is nothing to start or stop, and servers want to be told so."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


class ScopeRequest:
    """A request as a scope of ASGI describes it, and the channel of its body."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive

    @property
    def method(self) -> str:
        method: str = self._scope["method"]
        return method

    @property
    def url(self) -> str:
        scope = self._scope
        host = next(iter(self.header("host")), "")
        raw: bytes | None = scope.get("raw_path")
        # Some servers leave the query in the raw path.
        path = quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
        query: str = scope.get("query_string", b"").decode("latin-1")
        return f"{scope.get('scheme', 'http')}://{host}{path}" + (f"?{query}" if query else "")

    @property
    def headers(self) -> list[tuple[str | bytes, str | bytes]]:
        return list(self._scope["headers"])

    @property
    def peer(self) -> str | None:
        client = self._scope.get("client")
        return None if client is None else client[0]

    def header(self, name: str) -> list[str]:
        wanted = name.encode()
        headers = self._scope["headers"]
        return [value.decode("latin-1") for known, value in headers if known.lower() == wanted]

    async def read_body(self, limit: int, timeout: float) -> bytes:
        try:
            return await asyncio.wait_for(self._collect(limit), timeout)
        except asyncio.TimeoutError:
            raise refusal("body_timeout") from None

    async def _collect(self, limit: int) -> bytes:
        body = bytearray()
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise refusal("incomplete_body")
            body += message.get("body", b"")
            if len(body) > limit:
                raise refusal("payload_too_large", limit)
            if not message.get("more_body", False):
                return bytes(body)
