"""Does at once for many threads what costs as much for many as for one."""

from __future__ import annotations

from threading import Lock
from typing import Callable, Generic, TypeVar

from countersign.inbox.forks import watch_forks
from countersign.inbox.turns import Turns

T = TypeVar("T")
R = TypeVar("R")


class Groups(Generic[T, R]):
    """While one thread works, others queue; the first of them then works for all. ``together`` does
    it for a list, all or nothing."""

    def __init__(self, together: Callable[[list[T]], list[R]]) -> None:
        self._together = together
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        self._turns = Turns()
        self._lock = Lock()
        self._waiting: list[_Place[T, R]] = []

    def do(self, one: T) -> R:
        """What ``together`` gives for this one, or raises."""
        place: _Place[T, R] = _Place(one)
        with self._lock:
            self._waiting.append(place)
        with self._turns:
            if not place.results and place.error is None:
                self._work()
        if place.error is not None:
            raise place.error
        return place.results[0]

    def _work(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            results = self._together([place.one for place in group])
        except BaseException as error:
            for place in group:
                place.error = error
        else:
            for place, result in zip(group, results):
                place.results.append(result)


class _Place(Generic[T, R]):
    def __init__(self, one: T) -> None:
        self.one = one
        #: One, once it is done.
        self.results: list[R] = []
        self.error: BaseException | None = None
