"""Stripe: a route of ours that takes the event as a dependency, after all checks."""

# No annotations from the future here: FastAPI could not look up `Delivered` in a function.

import logging
from typing import Annotated, Any

from countersign import Event, Receiver
from countersign.fastapi import Delivery
from fastapi import APIRouter, Depends

from .schemas import STRIPE
from .settings import Settings

log = logging.getLogger(__name__)


def stripe_receiver(settings: Settings) -> Receiver:
    """The receiver, whose checks the route asks for. It needs no handlers."""
    return Receiver(schemas=STRIPE, **settings.options("stripe"))


def stripe_router(receiver: Receiver) -> APIRouter:
    """The route. If it raises, Stripe delivers the event again, and it gets here once more."""
    router = APIRouter()
    Delivered = Annotated[Event, Depends(Delivery(receiver))]

    @router.post("/webhooks/stripe")
    async def receive(event: Delivered) -> dict[str, Any]:
        if event.type == "invoice.paid":
            amount = event.data["object"]["amount_paid"]
            log.info("%d were paid with %r", amount, event.id)
            return {"status": "handled", "id": event.id, "type": event.type}
        return {"status": "ignored", "id": event.id, "type": event.type}

    return router
