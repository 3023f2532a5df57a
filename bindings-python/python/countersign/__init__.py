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
