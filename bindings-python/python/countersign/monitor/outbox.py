"""A sender's outbox as a monitor sees it."""

from __future__ import annotations

import logging
from typing import Callable, TypeVar

from countersign._countersign import OutboxView
from countersign.receiver.outcome import Journal
from countersign.sender.requests import Request
from countersign.sender.settings import Configured

T = TypeVar("T")


def view(sender: Configured | None, *, on_page: bool) -> OutboxView | None:
    """What is shown of a sender's outbox, and ``None`` if there is no sender; for metrics without
    attempts and dead letters."""
    if sender is None:
        return None
    requests = sender._requests
    shown = _ask(lambda: requests.shown(on_page))
    return OutboxView.down() if shown is None else shown


def replay(sender: Configured, number: int) -> bool | None:
    """Has a dead letter delivered once more; whether one of this number is shown, and ``None`` if
    the outbox does not answer."""
    requests = sender._requests
    return _ask(lambda: requests.replay_shown(number))


def _ask(make: Callable[[], Request[T]]) -> T | None:
    """What the outbox answers; ``None`` if it does not."""
    try:
        return make().wait()
    except Exception as error:
        Journal("outbox").log(logging.ERROR, "the outbox failed", "outbox_unavailable", error)
        return None
