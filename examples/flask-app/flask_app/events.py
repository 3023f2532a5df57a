"""The last events, for looking at."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Optional, Union

from countersign import Event
from countersign.inbox import Inbox

LISTED_EVENTS = 100


@dataclass(frozen=True)
class ListedEvent:
    """What the list says of an event."""

    id: Optional[str]
    type: Optional[str]
    timestamp: Union[int, float, None]
    key_index: int

    @classmethod
    def of(cls, event: Event) -> ListedEvent:
        return cls(event.id, event.type, event.timestamp, event.key_index)


class RecentEvents:
    """The last events that handlers of this process took."""

    def __init__(self) -> None:
        self._events: deque[ListedEvent] = deque(maxlen=LISTED_EVENTS)
        self._lock = Lock()

    def add(self, event: Event) -> None:
        with self._lock:
            self._events.appendleft(ListedEvent.of(event))

    def newest_first(self) -> list[ListedEvent]:
        with self._lock:
            return list(self._events)


def handled_in(inbox: Inbox) -> list[ListedEvent]:
    """The same of an inbox, whichever process handled them; in the order in which they came."""
    return [ListedEvent.of(stored.event) for stored in inbox.events("handled", limit=LISTED_EVENTS)]
