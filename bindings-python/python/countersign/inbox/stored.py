"""Events as rows of an inbox, and back."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, cast

from countersign._countersign import Event, event_parts, restore_event, stored_key
from countersign.inbox.table import State


class StoredEvent(NamedTuple):
    """An event of an inbox. Times are in Unix seconds."""

    number: int
    state: State
    #: The name of the scheme.
    scheme: str
    event: Event
    received: float
    #: When it is to be tried, when the lease of its worker ends, or until when it is kept.
    due: float
    #: How often a worker took it.
    attempts: int
    #: Why the last attempt failed: the class of an exception, or a code.
    error: str | None


def to_values(event: Event, scheme: str) -> tuple[Any, ...]:
    """The columns from ``dedupe_key`` to ``parts``."""
    is_form, payload, data = event_parts(event)
    key = None if event.dedupe_key is None else stored_key(event.dedupe_key)
    parts = {"form": is_form, "payload": payload, "data": data, "key_index": event.key_index}
    if key != event.dedupe_key:
        parts["dedupe_key"] = event.dedupe_key
    timestamp = None if event.timestamp is None else float(event.timestamp)
    return key, scheme, event.id, event.type, timestamp, event.raw, json.dumps(parts)


def from_row(row: tuple[Any, ...]) -> StoredEvent:
    """The event of a row with the columns that the statements select."""
    number, key, scheme, identity, event_type, timestamp, payload, parts, *rest = row
    received, state, attempts, due, error = rest
    located = json.loads(parts)
    data = located["data"]
    event = restore_event(
        payload,
        identity,
        event_type,
        timestamp,
        located.get("dedupe_key", key),
        located["key_index"],
        (
            located["form"],
            cast("tuple[int, int]", tuple(located["payload"])),
            None if data is None else cast("tuple[int, int]", tuple(data)),
        ),
    )
    return StoredEvent(
        number, state, scheme, event, received / 1e3, due / 1e3, attempts, error
    )
