"""Watches receivers."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from countersign._countersign import MonitorState, openmetrics_type
from countersign.monitor.inbox import Inbox, view

if TYPE_CHECKING:
    from countersign.receiver.outcome import Outcome
    from countersign.receiver.receiver import Receiver

#: The media type of the metrics.
CONTENT_TYPE = openmetrics_type()


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
        self._state = MonitorState(time.time(), recent, most_types)
        self._inbox: Inbox | None = None

    def watch(self, receiver: Receiver, name: str) -> None:
        """Counts what becomes of this receiver's requests from now on.

        Raises ``ValueError`` if there is one of this name, since their counts would be mixed.
        """
        number = self._state.watch(name, receiver.webhook.scheme_name)
        keep = self._state.observe

        def observe(outcome: Outcome) -> None:
            keep(
                number,
                outcome.time,
                outcome.status,
                outcome.result,
                outcome.event_id,
                outcome.event_type,
                outcome.duration,
                outcome.key_index,
            )

        receiver.observe(observe)

    def attach_inbox(self, inbox: Inbox) -> None:
        """Shows this inbox, too, with its dead letters."""
        self._inbox = inbox

    @property
    def state(self) -> MonitorState:
        """What is kept, for the status page."""
        return self._state

    @property
    def inbox(self) -> Inbox | None:
        """The inbox that is shown."""
        return self._inbox

    def openmetrics(self) -> str:
        """All counts as the text of OpenMetrics 1.0, to be sent as
        :data:`countersign.monitor.CONTENT_TYPE`."""
        return self._state.openmetrics(view(self._inbox, with_letters=False))

    def snapshot(self) -> dict[str, Any]:
        """All that the status page shows: times in Unix seconds, durations in seconds, the newest
        outcome first."""
        shown = view(self._inbox, with_letters=True)
        snapshot: dict[str, Any] = json.loads(
            self._state.snapshot(shown, time.time(), os.getpid())
        )
        return snapshot
