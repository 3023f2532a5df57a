"""Watches receivers."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from countersign.monitor import openmetrics
from countersign.monitor.inbox import Inbox, counts, dead_letters
from countersign.monitor.tally import Tally, bounded
from countersign.receiver.outcome import Outcome

if TYPE_CHECKING:
    from countersign.receiver.receiver import Receiver


class Monitor:
    """Keeps the last outcomes of receivers and counts all of them, in this process and in bounded
    memory. Safe to share between threads.

    :param recent: how many outcomes are kept.
    :param most_types: how many types of events are told apart for each receiver; the rest is
        counted as ``other``.

    >>> from countersign import Receiver, Webhook
    >>> from countersign.monitor import Monitor
    >>> receiver = Receiver(Webhook("github", "hush"))
    >>> monitor = Monitor()
    >>> monitor.watch(receiver, "github")
    >>> monitor.openmetrics().splitlines()[0]
    '# TYPE countersign_requests counter'
    """

    def __init__(self, *, recent: int = 200, most_types: int = 100) -> None:
        for name, value in (("recent", recent), ("most_types", most_types)):
            if type(value) is not int or value < 1:
                raise TypeError(f"{name} must be a number above 0")
        self._most_types = most_types
        self._recent: deque[tuple[str, Outcome]] = deque(maxlen=recent)
        self._tallies: dict[str, Tally] = {}
        self._inbox: Inbox | None = None
        self._since = time.time()
        self._lock = Lock()

    def watch(self, receiver: Receiver, name: str) -> None:
        """Counts what becomes of this receiver's requests from now on.

        Raises ``ValueError`` if there is one of this name, since their counts would be mixed.
        """
        # A lone surrogate could not be sent with the metrics.
        name.encode()
        tally = Tally(receiver.webhook.scheme_name, self._most_types)
        with self._lock:
            if name in self._tallies:
                raise ValueError(f"there is a receiver {name!r} already")
            self._tallies[name] = tally
        lock, recent = self._lock, self._recent

        def observe(outcome: Outcome) -> None:
            outcome = bounded(outcome)
            with lock:
                recent.append((name, outcome))
                tally.add(outcome)

        receiver.observe(observe)

    def attach_inbox(self, inbox: Inbox) -> None:
        """Shows this inbox, too, with its dead letters."""
        self._inbox = inbox

    @property
    def inbox(self) -> Inbox | None:
        """The inbox that is shown."""
        return self._inbox

    def openmetrics(self) -> str:
        """All counts as the text of OpenMetrics 1.0, to be sent as
        :data:`countersign.monitor.CONTENT_TYPE`."""
        inbox = self._inbox
        states: Mapping[str, int] | bool | None = None
        if inbox is not None:
            states = counts(inbox)
            if states is None:
                states = False
        with self._lock:
            tallies = self._copied_tallies()
        return openmetrics.exposition(tallies, states)

    def snapshot(self) -> dict[str, Any]:
        """All that the status page shows, as JSON has it: times in Unix seconds, durations in
        seconds, the newest outcome first."""
        with self._lock:
            recent = list(self._recent)
            tallies = self._copied_tallies()
        return {
            "time": time.time(),
            "since": self._since,
            "process": os.getpid(),
            "receivers": [_described(name, tally) for name, tally in tallies.items()],
            "recent": [
                {"receiver": name, **outcome._asdict()} for name, outcome in reversed(recent)
            ],
            "inbox": self._inbox_snapshot(),
        }

    def _copied_tallies(self) -> dict[str, Tally]:
        return {name: tally.copy() for name, tally in self._tallies.items()}

    def _inbox_snapshot(self) -> dict[str, Any] | None:
        inbox = self._inbox
        if inbox is None:
            return None
        return {"counts": counts(inbox), "dead_letters": dead_letters(inbox)}


def _described(name: str, tally: Tally) -> dict[str, Any]:
    durations = tally.durations
    return {
        "name": name,
        "scheme": tally.scheme,
        "requests": sum(durations.counts),
        "results": tally.results,
        "types": tally.types,
        "latency": {f"p{share}": durations.quantile(share / 100) for share in (50, 95, 99)},
    }
