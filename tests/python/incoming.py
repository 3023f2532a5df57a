"""Deliveries as an adapter hands them to a receiver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from countersign import Receiver, Webhook
from countersign.receiver import refusal

BODY = b'{"type":"invoice.paid","data":{"id":7}}'


class Delivery:
    """A signed request of which the body is there."""

    method = "POST"
    url = "http://localhost/webhooks"

    def __init__(
        self,
        webhook: Webhook,
        body: bytes = BODY,
        *,
        peer: str | None = "198.51.100.7",
        more: Mapping[str, str] | None = None,
        tamper: bool = False,
        identity: str = "msg_1",
        called: str | None = None,
    ) -> None:
        signed = webhook.sign(body, id=identity, url=called or self.url, method=self.method)
        given = {"content-type": "application/json", **signed, **(more or {})}
        self.headers: list[tuple[str | bytes, str | bytes]] = list(given.items())
        self.peer = peer
        self._given = given
        self._body = body + b" " if tamper else body

    def header(self, name: str) -> list[str]:
        value = self._given.get(name)
        return [] if value is None else [value]

    def read_body(self, limit: int, timeout: float) -> bytes:
        if len(self._body) > limit:
            raise refusal("payload_too_large", limit)
        return self._body


class AsyncDelivery:
    """The same for an event loop."""

    def __init__(self, delivery: Delivery) -> None:
        self.method = delivery.method
        self.url = delivery.url
        self.headers = delivery.headers
        self.peer = delivery.peer
        self.header = delivery.header
        self._delivery = delivery

    async def read_body(self, limit: int, timeout: float) -> bytes:
        return self._delivery.read_body(limit, timeout)


#: Status and body of what a receiver answers.
Receive = Callable[[Receiver, Delivery], "tuple[int, bytes]"]


def receive_in_thread(receiver: Receiver, delivery: Delivery) -> tuple[int, bytes]:
    answer = receiver.receive(delivery)
    return answer.status, answer.body


def receive_in_loop(receiver: Receiver, delivery: Delivery) -> tuple[int, bytes]:
    answer = asyncio.run(receiver.receive_async(AsyncDelivery(delivery)))
    return answer.status, answer.body
