"""What this project does with its events.

A view is called once for an event that it took. If it raises, the answer is 500, the provider
delivers the event again, and it gets here once more.
"""

from __future__ import annotations

import logging

from countersign import Event
from countersign.django import delivery
from django.http import HttpRequest, JsonResponse

from .receivers import github, stripe

log = logging.getLogger(__name__)


@delivery(github)
def receive_github(request: HttpRequest, event: Event) -> JsonResponse:
    """A plain view: it may block its thread, as Django's models do."""
    if event.type != "push":
        return _answer("ignored", event)
    log.info("%d commits came with %r", len(event.payload["commits"]), event.id)
    return _answer("handled", event)


@delivery(stripe)
async def receive_stripe(request: HttpRequest, event: Event) -> JsonResponse:
    """An asynchronous view: it awaits what takes time."""
    if event.type != "invoice.paid":
        return _answer("ignored", event)
    log.info("%d were paid with %r", event.data["object"]["amount_paid"], event.id)
    return _answer("handled", event)


def _answer(status: str, event: Event) -> JsonResponse:
    return JsonResponse({"status": status, "id": event.id, "type": event.type})
