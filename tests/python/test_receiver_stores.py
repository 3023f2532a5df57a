"""What a receiver makes of its stores: those that fail, and those that are awaited."""

from __future__ import annotations

import asyncio

import pytest
from countersign import Receiver, Webhook
from countersign.receiver import MemoryReplayStore

from incoming import Delivery, Receive


class DownStore(MemoryReplayStore):
    """It fails as a client of a database fails."""

    def __init__(self, *methods: str) -> None:
        super().__init__()
        self.methods = methods

    def claim(self, key: str, lease: float) -> str:
        if "claim" in self.methods:
            raise ConnectionError("secret host name")
        return super().claim(key, lease)

    def complete(self, key: str, token: str, lifetime: float) -> None:
        if "complete" in self.methods:
            raise ConnectionError("secret host name")
        super().complete(key, token, lifetime)

    def release(self, key: str, token: str) -> None:
        raise ConnectionError("secret host name")


def test_a_store_that_is_down(
    webhook: Webhook, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    refusing = Receiver(webhook, replay=DownStore("claim"))
    refusing.on("*", lambda event: None)
    status, body = receive(refusing, Delivery(webhook))
    assert (status, b"store_unavailable" in body) == (503, True)
    admitting = Receiver(webhook, replay=DownStore("claim"), when_store_fails="admit")
    admitting.on("*", lambda event: None)
    assert receive(admitting, Delivery(webhook))[0] == 200
    assert "secret host name" not in caplog.text
    assert "ConnectionError" in caplog.text


def test_a_store_that_fails_after_the_handler_changes_no_answer(
    webhook: Webhook, receive: Receive
) -> None:
    receiver = Receiver(webhook, replay=DownStore("complete"))
    receiver.on("invoice.paid", lambda event: None)
    assert receive(receiver, Delivery(webhook))[0] == 200
    failing = Receiver(webhook, replay=DownStore("complete"))
    failing.on("*", lambda event: 1 / 0)
    assert b"handler_failed" in receive(failing, Delivery(webhook))[1]


class AsyncStore:
    """A store that is awaited."""

    blocking = False

    def __init__(self) -> None:
        self.memory = MemoryReplayStore()

    async def claim(self, key: str, lease: float) -> str:
        await asyncio.sleep(0)
        return self.memory.claim(key, lease)

    async def complete(self, key: str, token: str, lifetime: float) -> None:
        await asyncio.sleep(0)
        self.memory.complete(key, token, lifetime)

    async def release(self, key: str, token: str) -> None:
        await asyncio.sleep(0)
        self.memory.release(key, token)


def test_stores_may_be_awaited(webhook: Webhook, receive: Receive) -> None:
    receiver = Receiver(webhook, replay=AsyncStore())
    receiver.on("*", lambda event: None)
    bodies = [receive(receiver, Delivery(webhook))[1][:20] for _ in range(2)]
    assert bodies == [b'{"status":"handled",', b'{"status":"duplicate']
