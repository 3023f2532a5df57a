"""What happens to a delivery, apart from HTTP."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Callable, Optional, TypeVar, Union

from countersign import Event, Webhook

log = logging.getLogger(__name__)

LISTED_EVENTS = 100

Handler = Callable[[Event], object]
SomeHandler = TypeVar("SomeHandler", bound=Handler)
Clock = Callable[[], Union[int, float]]


class HandlerFailed(Exception):
    """The handler of an authentic event failed: the provider must deliver it again."""


@dataclass(frozen=True)
class ListedEvent:
    """What the list says of an event."""

    id: Optional[str]
    type: Optional[str]
    timestamp: Union[int, float, None]
    key_index: int


@dataclass(frozen=True)
class Outcome:
    """What became of an authentic event."""

    status: str
    id: Optional[str]
    type: Optional[str]


class Receiver:
    """A webhook with the handlers of its event types and the list of its last events."""

    def __init__(self, webhook: Webhook, *, now: Clock | None = None) -> None:
        self._webhook = webhook
        self._now = now
        self._handlers: dict[str, Handler] = {}
        self._events: deque[ListedEvent] = deque(maxlen=LISTED_EVENTS)
        self._lock = Lock()

    def on(self, event_type: str) -> Callable[[SomeHandler], SomeHandler]:
        """A decorator for the handler of one type of event.

        The provider waits for the handler: work that takes seconds belongs in a queue.
        """

        def register(handler: SomeHandler) -> SomeHandler:
            self.add_handler(event_type, handler)
            return handler

        return register

    def add_handler(self, event_type: str, handler: Handler) -> None:
        """``on`` as a plain call."""
        self._handlers[event_type] = handler

    def receive(self, body: bytes, headers: Iterable[tuple[str, str]]) -> Outcome:
        """Verifies, parses, lists and handles one delivery.

        Raises ``VerificationError``, ``PayloadError`` or ``HandlerFailed``.
        """
        now = None if self._now is None else self._now()
        event = self._webhook.unwrap(body, headers, now=now)
        listed = ListedEvent(event.id, event.type, event.timestamp, event.key_index)
        with self._lock:
            self._events.appendleft(listed)

        handler = None if event.type is None else self._handlers.get(event.type)
        if handler is None:
            return Outcome("ignored", event.id, event.type)
        try:
            handler(event)
        except Exception as error:
            # Not the exception's text: it often quotes the payload.
            where = "".join(traceback.format_tb(error.__traceback__))
            name = type(error).__name__
            log.error("the handler of %r (id %r) raised %s\n%s", event.type, event.id, name, where)
            raise HandlerFailed from None
        return Outcome("handled", event.id, event.type)

    def events(self) -> list[ListedEvent]:
        """The last events, the newest first; each attempt of a delivery counts."""
        with self._lock:
            return list(self._events)
