"""Whole exchanges with a receiver behind a server."""

from __future__ import annotations

from casebook import Topic
from topics import (
    receiving_callers,
    receiving_events,
    receiving_handshakes,
    receiving_order,
    receiving_proofs,
    receiving_requests,
)

_IN_ORDER = (
    receiving_order, receiving_requests, receiving_callers, receiving_proofs, receiving_events,
    receiving_handshakes,
)  # fmt: skip


def topic() -> Topic:
    return Topic(
        "end-to-end/receive.json",
        "receive",
        "Requests over the network to a receiver behind a server, with its answers, and the"
        " handlers that succeeded.",
        [case for module in _IN_ORDER for case in module.cases()],
    )
