"""Watches receivers and senders."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from countersign._countersign import MonitorState, openmetrics_type
from countersign.monitor import outbox
from countersign.monitor.inbox import Inbox, view
from countersign.sender.settings import Configured

if TYPE_CHECKING:
    from countersign.receiver.outcome import Outcome
    from countersign.receiver.receiver import Receiver
    from countersign.sender import AsyncSender, Sender

#: The media type of the metrics.
CONTENT_TYPE = openmetrics_type()


class Monitor:
    """Keeps the last outcomes of receivers and counts all of them, and all attempts of senders, in
    this process and in bounded memory. Safe to share between threads.

    :param recent: how many outcomes are kept.
    :param most_types: how many types of events are told apart for each receiver; the rest is
        counted as ``other``.
    :param most_endpoints: how many endpoints of senders are told apart; the rest is counted as
        ``other``.

    >>> from countersign import Receiver, Webhook
    >>> from countersign.monitor import Monitor
    >>> receiver = Receiver(Webhook("github", "hush"))
    >>> monitor = Monitor()
    >>> monitor.watch(receiver, "github")
    >>> monitor.openmetrics().splitlines()[0]
    '# TYPE countersign_requests counter'
    """

    def __init__(
        self, *, recent: int = 200, most_types: int = 100, most_endpoints: int = 100
    ) -> None:
        given = {"recent": recent, "most_types": most_types, "most_endpoints": most_endpoints}
        for name, value in given.items():
            if type(value) is not int or value < 1:
                raise TypeError(f"{name} must be a number above 0")
        self._state = MonitorState(time.time(), recent, most_types, most_endpoints)
        self._inbox: Inbox | None = None
        self._sender: Configured | None = None

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

    def attach_sender(self, sender: Sender | AsyncSender) -> None:
        """Counts the attempts that this sender makes in this process, from now on, and shows its
        outbox: endpoints, replays, attempts and dead letters.

        Of several senders all attempts are counted, and the outbox of the last is shown.

        >>> from countersign import Sender
        >>> from countersign.monitor import Monitor
        >>> monitor = Monitor()
        >>> monitor.attach_sender(Sender(":memory:"))
        >>> monitor.snapshot()["outbox"]["endpoints"]
        []
        """
        if not isinstance(sender, Configured):
            name = type(sender).__name__
            raise TypeError(f"sender must be a Sender or an AsyncSender, not {name}")
        sender._opened.observe(self._state)
        self._sender = sender

    @property
    def state(self) -> MonitorState:
        """What is kept, for the status page."""
        return self._state

    @property
    def inbox(self) -> Inbox | None:
        """The inbox that is shown."""
        return self._inbox

    @property
    def sender(self) -> Configured | None:
        """The sender whose outbox is shown."""
        return self._sender

    def openmetrics(self) -> str:
        """All counts as the text of OpenMetrics 1.0, to be sent as
        :data:`countersign.monitor.CONTENT_TYPE`."""
        return self._state.openmetrics(
            view(self._inbox, with_letters=False), outbox.view(self._sender, on_page=False)
        )

    def snapshot(self) -> dict[str, Any]:
        """All that the status page shows: times in Unix seconds, durations in seconds, the newest
        outcome first."""
        views = view(self._inbox, with_letters=True), outbox.view(self._sender, on_page=True)
        snapshot: dict[str, Any] = json.loads(
            self._state.snapshot(*views, time.time(), os.getpid())
        )
        return snapshot
