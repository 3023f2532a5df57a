"""What this application does with its events.

A handler that raises is answered 500, and the provider delivers the event again. It is called once
for an event that it took. The provider waits for it: work that takes seconds wants an inbox
(``COUNTERSIGN_INBOX``). With one, a handler that raises is called again later, and so is one whose
process died: what it does twice must be as if it were done once.
"""

from __future__ import annotations

import logging

from countersign import Event
from countersign.flask import Countersign

from .events import RecentEvents

log = logging.getLogger(__name__)


def register_handlers(countersign: Countersign, events: RecentEvents) -> None:
    """Registers the handlers. The most specific pattern takes an event."""

    @countersign.on("payment.succeeded")
    def payment_succeeded(event: Event) -> None:
        log.info("a payment succeeded: %r", event.id)
        events.add(event)

    @countersign.on("payment.*")
    def payment_changed(event: Event) -> None:
        log.info("%r of a payment: %r", event.type, event.id)
        events.add(event)

    # Without a catch-all, events of other types are answered ``ignored``.
    @countersign.on("*")
    def anything_else(event: Event) -> None:
        log.info("an event of type %r: %r", event.type, event.id)
        events.add(event)
