"""GitHub: a receiver with handlers, which is a route by itself."""

from __future__ import annotations

import logging

from countersign import Event, Receiver

from .schemas import GITHUB
from .settings import Settings

log = logging.getLogger(__name__)


def github_receiver(settings: Settings) -> Receiver:
    """The receiver and its handlers. The most specific pattern takes an event.

    A handler that raises is answered 500. It is called once for an event that it took.
    """
    receiver = Receiver(schemas=GITHUB, **settings.options("github"))

    @receiver.on("push")
    async def pushed(event: Event) -> None:
        log.info("%d commits came with %r", len(event.payload["commits"]), event.id)

    # One that is not asynchronous runs on a thread, and may block it.
    @receiver.on("issues")
    def issue_changed(event: Event) -> None:
        log.info("an issue was %r: %r", event.payload["action"], event.id)

    # Events of other types are answered ``ignored``; ``*`` would take them.
    return receiver
