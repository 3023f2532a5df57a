"""Inboxes, and workers that hurry, for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from countersign import Event, Receiver, RetryPolicy, Webhook
from countersign.inbox import Inbox, Workers

from incoming import Delivery

#: As many attempts as a test needs, soon after each other.
SOON = RetryPolicy.exponential(0.01, attempts=5)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def deliver(receiver: Receiver, webhook: Webhook, identity: str = "msg_1", **more: Any) -> str:
    """The word for what became of it: the ``status`` of the answer, or its ``error``."""
    answer = receiver.receive(Delivery(webhook, identity=identity, **more))
    return answer.body.split(b'"')[3].decode()


def hurried(receiver: Receiver, inbox: Inbox, **options: Any) -> Workers:
    return Workers(receiver, inbox, **{"policy": SOON, "poll": 0.05, **options})


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


def is_settled(inbox: Inbox) -> bool:
    counts = inbox.counts()
    return counts["waiting"] == counts["running"] == 0


def ignore(event: Event) -> None:
    """A handler."""
