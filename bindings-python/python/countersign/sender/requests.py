"""What can be asked of a sender, by threads that wait and by event loops."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Callable, Generic, TypeVar

from countersign._countersign import Call, OutboxView, SenderEngine
from countersign.errors import DeliveryError
from countersign.sender.endpoint import Endpoint
from countersign.sender.message import Message, to_json
from countersign.sender.opened import Opened
from countersign.sender.stored import Attempt, Delivery, RegisteredEndpoint, Replay, Sent

T = TypeVar("T")
R = TypeVar("R")


class Request(Generic[T]):
    """What was asked, and is done once somebody waits for it."""

    __slots__ = ("_call", "_read")

    def __init__(self, call: Call, read: Callable[[Any], T]) -> None:
        self._call = call
        self._read = read

    def wait(self) -> T:
        """Blocks this thread, with others running."""
        return self._read(self._call.wait())

    async def answer(self) -> T:
        """Who is cancelled while it waits does not know whether it was done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._call.start(loop, future)
        return self._read(await future)


class Requests:
    """Makes requests of what programs say."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def _ask(self, make: Callable[[SenderEngine], Call], read: Callable[[Any], T]) -> Request[T]:
        return Request(self._opened.use(make), read)

    def stop(self, patience: float) -> Request[bool]:
        return self._ask(lambda engine: engine.stop(patience), bool)

    def send(
        self, to: str, type: str, content: str | bytes, id: str | None, key: str | None
    ) -> Request[Sent]:
        return self._ask(lambda engine: engine.send(to, type, content, id, key), Sent._make)

    def send_payload(
        self, to: str, type: str, payload: bytes, id: str | None, key: str | None
    ) -> Request[Sent]:
        if isinstance(payload, str):
            # It would be taken for data.
            raise TypeError("the payload must be bytes, bytearray or memoryview, not str")
        return self.send(to, type, payload, id, key)

    def send_many(
        self, messages: Iterable[Message | tuple[Any, ...]]
    ) -> Request[list[Sent | DeliveryError]]:
        known = (Message(*message) for message in messages)
        rows = [
            (one.to, one.type, to_json(one.data), one.id, one.idempotency_key) for one in known
        ]
        return self._ask(lambda engine: engine.send_many(rows), _each(_sent_or_error))

    def publish(
        self, type: str, data: Any, owner: str, id: str | None, key: str | None
    ) -> Request[Sent]:
        content = to_json(data)
        return self._ask(lambda engine: engine.publish(type, content, owner, id, key), Sent._make)

    def put_endpoint(self, endpoint: Endpoint) -> Request[None]:
        settings = endpoint._settings()
        return self._ask(
            lambda engine: engine.put_endpoint(endpoint.id, endpoint.url, settings), _nothing
        )

    def endpoint(self, id: str) -> Request[RegisteredEndpoint | None]:
        return self._ask(lambda engine: engine.endpoint(id), _maybe(RegisteredEndpoint._make))

    def endpoints(self, after: str, limit: int) -> Request[list[RegisteredEndpoint]]:
        return self._ask(
            lambda engine: engine.endpoints(after, limit), _each(RegisteredEndpoint._make)
        )

    def rotate_secret(self, id: str, secret: str) -> Request[None]:
        return self._ask(lambda engine: engine.rotate_secret(id, secret), _nothing)

    def retire_secrets(self, id: str) -> Request[None]:
        return self._ask(lambda engine: engine.retire_secrets(id), _nothing)

    def enable(self, id: str) -> Request[bool]:
        return self._ask(lambda engine: engine.enable(id), bool)

    def disable(self, id: str) -> Request[bool]:
        return self._ask(lambda engine: engine.disable(id), bool)

    def delete_endpoint(self, id: str) -> Request[bool]:
        return self._ask(lambda engine: engine.delete_endpoint(id), bool)

    def deliveries(self, limit: int, **wanted: Any) -> Request[list[Delivery]]:
        return self._ask(lambda engine: engine.deliveries(wanted, limit), _each(Delivery._make))

    def deliveries_of(self, message_id: str) -> Request[list[Delivery]]:
        return self._ask(lambda engine: engine.deliveries_of(message_id), _each(Delivery._make))

    def delivery(self, number: int) -> Request[Delivery | None]:
        return self._ask(lambda engine: engine.delivery(number), _maybe(Delivery._make))

    def delete_delivery(self, number: int) -> Request[bool]:
        return self._ask(lambda engine: engine.delete_delivery(number), bool)

    def payload(self, message_id: str) -> Request[bytes | None]:
        return self._ask(lambda engine: engine.payload(message_id), _same)

    def attempts(self, number: int, limit: int) -> Request[list[Attempt]]:
        return self._ask(lambda engine: engine.attempts(number, limit), _each(Attempt._make))

    def counts(self) -> Request[dict[Any, int]]:
        return self._ask(lambda engine: engine.counts(), _same)

    def replay(self, number: int) -> Request[bool]:
        return self._ask(lambda engine: engine.replay(number), bool)

    def replay_all(self, per_second: int, **wanted: Any) -> Request[Replay]:
        return self._ask(lambda engine: engine.replay_all(wanted, per_second), Replay._make)

    def replays(self, limit: int) -> Request[list[Replay]]:
        return self._ask(lambda engine: engine.replays(limit), _each(Replay._make))

    def cancel_replay(self, number: int) -> Request[bool]:
        return self._ask(lambda engine: engine.cancel_replay(number), bool)

    def shown(self, on_page: bool) -> Request[OutboxView]:
        return self._ask(lambda engine: engine.shown(on_page), _same)

    def replay_shown(self, number: int) -> Request[bool]:
        return self._ask(lambda engine: engine.replay_shown(number), bool)


def _same(value: Any) -> Any:
    return value


def _nothing(value: object) -> None:
    return None


def _each(read: Callable[[Any], R]) -> Callable[[Any], list[R]]:
    return lambda rows: [read(row) for row in rows]


def _maybe(read: Callable[[Any], R]) -> Callable[[Any], R | None]:
    return lambda row: None if row is None else read(row)


def _sent_or_error(value: Any) -> Sent | DeliveryError:
    return value if isinstance(value, DeliveryError) else Sent._make(value)
