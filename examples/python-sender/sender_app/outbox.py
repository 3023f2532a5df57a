"""The outbox with its endpoints, and what is asked of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from countersign import ConfigurationError, DeliveryError, RetryPolicy, Sender
from countersign.sender import Delivery, Endpoint

from .settings import Settings, SettingsError

PAGE = 500


def open_outbox(settings: Settings) -> Sender:
    """The sender on its outbox, with its endpoints registered. ``with`` starts to deliver."""
    try:
        sender = Sender(
            settings.outbox,
            encryption_keys=[settings.encryption_key] if settings.encryption_key else [],
            retry_policy=_policy(settings),
            total_timeout=settings.timeout,
            first_byte_timeout=min(20, settings.timeout),
            connect_timeout=min(10, settings.timeout),
            # So long waits what a process held that was killed.
            lease=3 * settings.timeout,
        )
        for name, endpoint in settings.endpoints.items():
            sender.put_endpoint(
                Endpoint(
                    name,
                    **endpoint,
                    allow_http=settings.allow_local,
                    allow_networks=["127.0.0.1/32"] if settings.allow_local else [],
                )
            )
    except (ConfigurationError, DeliveryError, ValueError, TypeError) as error:
        raise SettingsError(str(error)) from None
    return sender


def _policy(settings: Settings) -> RetryPolicy:
    if settings.retry is None:
        return RetryPolicy.standard()
    return RetryPolicy.exponential(*settings.retry)


def wait_until_done(sender: Sender) -> None:
    """Returns once everything is delivered or a dead letter, which may take days."""
    while True:
        counts = sender.counts()
        if not counts["waiting"] and not counts["running"]:
            return
        time.sleep(0.1)


def replay_dead_letters(sender: Sender) -> int:
    """Has all dead letters delivered once more, and waits for it; how many they were."""
    number = sender.replay_all().number
    while True:
        replay = next(replay for replay in sender.replays() if replay.number == number)
        if replay.state != "running":
            break
        time.sleep(0.1)
    wait_until_done(sender)
    return replay.replayed


def report(sender: Sender) -> dict[str, Any]:
    """What became of everything so far, by the id of the endpoint: how many deliveries are in which
    state, how many attempts were made, and which messages are delivered."""
    said: dict[str, Any] = {}
    for endpoint in sender.endpoints():
        states = {"waiting": 0, "running": 0, "delivered": 0, "dead": 0}
        delivered = []
        attempts = 0
        for delivery in _deliveries(sender, endpoint.id):
            states[delivery.state] += 1
            # Also those before a replay, which the delivery itself no longer counts.
            attempts += len(sender.attempts(delivery.number))
            if delivery.state == "delivered":
                delivered.append(delivery.message_id)
        said[endpoint.id] = {**states, "attempts": attempts, "delivered_ids": delivered}
    return said


def _deliveries(sender: Sender, endpoint: str) -> Iterator[Delivery]:
    before = None
    while True:
        page = sender.deliveries(endpoint=endpoint, before=before, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].number
