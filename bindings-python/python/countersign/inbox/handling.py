"""One event in the hands of a thread."""

from __future__ import annotations

import inspect
import logging
import time
from concurrent.futures import Future
from threading import Lock
from typing import NamedTuple

from countersign._countersign import Event
from countersign.inbox.inbox import Taken
from countersign.receiver.hosts import background
from countersign.receiver.outcome import Journal
from countersign.receiver.settings import Handler


class Failure(NamedTuple):
    """Why an attempt failed."""

    #: What the inbox notes.
    error: str
    exception: BaseException | None = None
    #: Whether there is no use in another attempt.
    is_final: bool = False


class Handling:
    """One attempt to handle an event. Its thread cannot be stopped, so that two may want to say how
    it ended: the thread, and who finds that it takes too long. The first who asks may."""

    def __init__(self, taken: Taken, time_limit: float) -> None:
        self.taken = taken
        self._until = time.monotonic() + time_limit
        self._lock = Lock()
        self._is_ended = False
        self._awaited: Future[object] | None = None
        event = taken.stored.event
        self.journal = Journal(taken.stored.scheme)
        self.journal.event_id, self.journal.event_type = event.id, event.type

    def run(self, handler: Handler | None) -> Failure | None:
        """Handles the event in this thread; what failed."""
        if handler is None:
            return Failure("no_handler")
        try:
            self._call(handler, self.taken.stored.event)
        except BaseException as error:
            # Whatever it is, the thread must note it: nobody else looks at it.
            return Failure(f"{type(error).__module__}.{type(error).__qualname__}", error)
        return None

    def _call(self, handler: Handler, event: Event) -> None:
        returned = handler(event)
        if inspect.isawaitable(returned):
            with self._lock:
                awaited = self._awaited = background(returned)
                if self._is_ended:
                    awaited.cancel()
            awaited.result()

    def end(self) -> bool:
        """Whether the caller may say how it ended."""
        with self._lock:
            is_first, self._is_ended = not self._is_ended, True
        return is_first

    def is_overdue(self) -> bool:
        """Whether it takes too long, which nobody has noted yet."""
        return not self._is_ended and time.monotonic() >= self._until

    def cancel(self) -> None:
        """Cancels what is awaited. A handler that blocks goes on."""
        with self._lock:
            if self._awaited is not None:
                self._awaited.cancel()

    def log_failure(self, failure: Failure, is_dead: bool) -> None:
        fate = "it is a dead letter" if is_dead else "it is tried again"
        message = f"an event was not handled ({failure.error}); {fate}"
        self.journal.log(logging.ERROR, message, "handler_failed", failure.exception)
