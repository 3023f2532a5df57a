"""What a receiver remembers, and the stores of one process.

Write your own store as a class with the methods of :class:`ReplayStore` or :class:`RateStore`, and
raise :func:`refusal` for what it refuses. Anything else that it raises counts as a store that is
down.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable
from concurrent.futures import Future
from threading import Lock
from typing import Callable, Protocol

from countersign._countersign import (
    Event,
    MemoryRateLimiter,
    MemoryReplayGuard,
    RateLimit,
    decide_claim,
    refusal,
)

__all__ = [
    "EventStore",
    "MemoryRateStore",
    "MemoryReplayStore",
    "RateStore",
    "ReplayStore",
    "decide_claim",
    "refusal",
]


class ReplayStore(Protocol):
    """Keeps the claims on dedupe keys. Processes that receive for one endpoint must share one.

    Times are in seconds. The methods of a store for asynchronous applications may be awaited. A
    method that is not awaited is called on a thread there, unless the store has an attribute
    ``blocking`` that is ``False``.
    """

    def claim(self, key: str, lease: float) -> str | Awaitable[str]:
        """Takes the key for a handler that is about to run; the claim's token.

        Raises ``refusal("duplicate_event")`` if the key was handled, and
        ``refusal("event_in_progress", milliseconds)`` if another holds it.
        """

    def complete(self, key: str, token: str, lifetime: float) -> None | Awaitable[None]:
        """The event was handled: its key is refused for this long."""

    def release(self, key: str, token: str) -> None | Awaitable[None]:
        """The event was not handled. Nothing happens if the claim is not this token's."""


class RateStore(Protocol):
    """Counts the requests of callers; see :class:`ReplayStore` for what may be awaited."""

    def admit(self, caller: str, limit: RateLimit) -> None | Awaitable[None]:
        """Counts one more request. Raises ``refusal("rate_limited", milliseconds)``."""


class EventStore(Protocol):
    """Holds events durably until they are handled; see :mod:`countersign.inbox`, and
    :class:`ReplayStore` for what may be awaited."""

    def insert(
        self, event: Event, scheme: str, outcome: Future[bool] | None = None
    ) -> int | None | Awaitable[int | None]:
        """Stores the event so that nothing but the loss of the disk loses it; its number, or
        ``None`` if its dedupe key is there already.

        If a worker of this process handles it while somebody holds ``outcome``, it is told there
        whether that succeeded.
        """


class MemoryReplayStore:
    """The claims of this process: neither another process nor this one when it starts again knows
    of them. Beyond ``capacity`` keys, the handled one that would be forgotten next is forgotten
    early.

    >>> from countersign.receiver import MemoryReplayStore
    >>> store = MemoryReplayStore()
    >>> token = store.claim("stripe:evt_1", 300)
    >>> store.complete("stripe:evt_1", token, 86_400)
    >>> store.claim("stripe:evt_1", 300)
    Traceback (most recent call last):
    ...
    countersign.errors.GuardError: this delivery was handled before
    """

    blocking = False

    def __init__(
        self, capacity: int = 100_000, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._guard = MemoryReplayGuard(capacity)
        self._clock = clock

    def claim(self, key: str, lease: float) -> str:
        return str(self._guard.claim(key, self._clock(), lease))

    def complete(self, key: str, token: str, lifetime: float) -> None:
        self._guard.complete(key, self._clock(), lifetime)

    def release(self, key: str, token: str) -> None:
        self._guard.release(key, int(token))

    def __len__(self) -> int:
        return len(self._guard)


class MemoryRateStore:
    """The requests that this process counted. Beyond ``capacity`` callers, the one that was silent
    for longest is forgotten and begins anew.
    """

    blocking = False

    def __init__(
        self, capacity: int = 20_000, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = capacity
        self._clock = clock
        self._limiters: dict[tuple[int, int], MemoryRateLimiter] = {}
        self._lock = Lock()

    def admit(self, caller: str, limit: RateLimit) -> None:
        name = (limit.requests, limit.window_ms)
        limiter = self._limiters.get(name)
        if limiter is None:
            with self._lock:
                limiter = self._limiters.setdefault(name, MemoryRateLimiter(limit, self._capacity))
        limiter.admit(caller, self._clock())

    def __len__(self) -> int:
        return sum(map(len, list(self._limiters.values())))
