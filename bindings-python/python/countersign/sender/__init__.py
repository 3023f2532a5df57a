"""Sends webhooks from inside your program: a durable outbox, and a dispatcher that delivers.

>>> from countersign import Sender
>>> from countersign.sender import Endpoint
>>> with Sender(":memory:") as sender:
...     sender.put_endpoint(
...         Endpoint(
...             "customer-7",
...             "https://customer.example/webhooks",
...             secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
...             event_types=["invoice.*"],
...         )
...     )
...     sent = sender.publish("customer.deleted", {"id": 7})
>>> sent.is_new
True

A message is stored before :meth:`Sender.send` returns. It is delivered at least once, whatever
process is killed and whenever, always with the same id; each attempt is signed anew. It goes to
HTTPS on public addresses alone, unless an endpoint allows more. What fails is tried again as the
``RetryPolicy`` says, and is a dead letter after that, which can be replayed. Every attempt is kept,
with the first bytes of its answer.

The engine is that of the Rust crate ``countersign-delivery``, on threads of its own which never
wait for the interpreter.
"""

from countersign.sender.asynchronous import AsyncSender
from countersign.sender.endpoint import Endpoint
from countersign.sender.message import Message
from countersign.sender.proxy import EnforcingProxy
from countersign.sender.sender import Sender
from countersign.sender.settings import Retention
from countersign.sender.stored import (
    Attempt,
    Delivery,
    DeliveryState,
    RegisteredEndpoint,
    Replay,
    ReplayState,
    Sent,
)

__all__ = [
    "AsyncSender",
    "Attempt",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "EnforcingProxy",
    "Message",
    "RegisteredEndpoint",
    "Replay",
    "ReplayState",
    "Retention",
    "Sender",
    "Sent",
]
