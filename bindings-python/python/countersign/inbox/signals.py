"""What threads of one process tell each other of an inbox."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Condition
from weakref import WeakValueDictionary

from countersign.inbox.forks import watch_forks


class Signals:
    """Wakes workers, and tells who waits for an event what became of it."""

    def __init__(self) -> None:
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        self._condition = Condition()
        self._rung = 0
        # Who has stopped waiting is forgotten with their future.
        self._expected: WeakValueDictionary[int, Future[bool]] = WeakValueDictionary()

    @property
    def rung(self) -> int:
        """How often it rang."""
        return self._rung

    def ring(self) -> None:
        """There is something to do."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, rung: int, seconds: float) -> None:
        """Waits until it has rung more often, by a clock that nobody sets."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != rung, seconds)

    def expect(self, number: int, outcome: Future[bool]) -> None:
        """Somebody waits for this event."""
        with self._condition:
            self._expected[number] = outcome

    def tell(self, number: int, succeeded: bool) -> None:
        """An attempt to handle the event ended."""
        with self._condition:
            outcome = self._expected.pop(number, None)
        if outcome is not None and outcome.set_running_or_notify_cancel():
            outcome.set_result(succeeded)
