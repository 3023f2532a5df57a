"""Signs, verifies and parses webhooks: byte-exact, strict and constant-time.

>>> from countersign import Webhook, VerificationError
>>> webhook = Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
>>> body = b'{"type": "invoice.paid", "data": {"id": 7}}'
>>> headers = webhook.sign(body, id="msg_1")
>>> event = webhook.unwrap(body, headers)
>>> event.id, event.type, event.data
('msg_1', 'invoice.paid', {'id': 7})

Every decision is made by the Rust crate ``countersign``, the same in every language.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from countersign._countersign import (
    AddressPolicy,
    Availability,
    Backoff,
    Decision,
    EndpointHealth,
    Event,
    Explanation,
    Finding,
    HandshakeReply,
    HealthPolicy,
    Network,
    RateLimit,
    RetryPolicy,
    Scheme,
    Secret,
    Tolerance,
    Verified,
    Webhook,
    __version__,
    detect,
    generate_secret,
    parse_retry_after,
    rate_limit_key,
    write_payload,
)
from countersign.errors import (
    ConfigurationError,
    CountersignError,
    DeliveryError,
    GuardError,
    PayloadError,
    VerificationError,
)

if TYPE_CHECKING:
    from countersign import receiver, sender
    from countersign.receiver import Outcome, Receiver
    from countersign.sender import AsyncSender, Sender

__all__ = [
    "AddressPolicy",
    "AsyncSender",
    "Availability",
    "Backoff",
    "ConfigurationError",
    "CountersignError",
    "Decision",
    "DeliveryError",
    "EndpointHealth",
    "Event",
    "Explanation",
    "Finding",
    "GuardError",
    "HandshakeReply",
    "HealthPolicy",
    "Network",
    "Outcome",
    "PayloadError",
    "RateLimit",
    "Receiver",
    "RetryPolicy",
    "Scheme",
    "Secret",
    "Sender",
    "Tolerance",
    "VerificationError",
    "Verified",
    "Webhook",
    "__version__",
    "detect",
    "generate_secret",
    "parse_retry_after",
    "rate_limit_key",
    "write_payload",
]

# Imported when they are first used: they need asyncio, sqlite3 and more, and a program that only
# verifies starts several times as fast without.
_LAZY = {
    "AsyncSender": "sender",
    "Outcome": "receiver",
    "Receiver": "receiver",
    "Sender": "sender",
    "receiver": "receiver",
    "sender": "sender",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_LAZY[name]}")
    globals()[name] = module if name == _LAZY[name] else getattr(module, name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
