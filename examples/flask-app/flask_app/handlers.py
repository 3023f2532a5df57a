"""What this application does with its events."""

from __future__ import annotations

import logging

from countersign import Event

from .receiver import Receiver

log = logging.getLogger(__name__)


def register_handlers(webhooks: Receiver) -> None:
    """Registers a handler for each type of event that matters here."""

    @webhooks.on("payment.succeeded")
    def payment_succeeded(event: Event) -> None:
        log.info("a payment succeeded: %r", event.id)

    @webhooks.on("payment.failed")
    def payment_failed(event: Event) -> None:
        log.info("a payment failed: %r", event.id)
