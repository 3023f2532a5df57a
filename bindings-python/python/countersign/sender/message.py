"""What is sent."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from countersign._countersign import unserialisable


class Message(NamedTuple):
    """One of the messages of ``send_many``; see :meth:`countersign.Sender.send`."""

    to: str
    type: str
    data: Any
    id: str | None = None
    idempotency_key: str | None = None


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode


def to_json(data: Any) -> str:
    """The data as JSON. Raises ``DeliveryError`` (``malformed_message``) if it cannot be that."""
    try:
        return _encode(data)
    except (TypeError, ValueError, RecursionError) as error:
        raise unserialisable() from error
