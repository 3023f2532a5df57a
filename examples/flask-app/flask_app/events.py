"""The last events, for looking at."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Optional, Union

from countersign import Event

LISTED_EVENTS = 100


@dataclass(frozen=True)
class ListedEvent:
    """What the list says of an event."""

    id: Optional[str]
    type: Optional[str]
    timestamp: Union[int, float, None]
    key_index: int


class RecentEvents:
    """The last events that handlers of this process took."""

    def __init__(self) -> None:
        self._events: deque[ListedEvent] = deque(maxlen=LISTED_EVENTS)
        self._lock = Lock()

    def add(self, event: Event) -> None:
        listed = ListedEvent(event.id, event.type, event.timestamp, event.key_index)
        with self._lock:
            self._events.appendleft(listed)

    def newest_first(self) -> list[ListedEvent]:
        with self._lock:
            return list(self._events)
