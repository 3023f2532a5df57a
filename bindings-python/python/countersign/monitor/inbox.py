"""An inbox as a monitor sees it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Protocol

from countersign._countersign import Event
from countersign.monitor.tally import shortened
from countersign.receiver.outcome import Journal

#: How many dead letters are shown.
_MOST_LETTERS = 100


class DeadLetter(Protocol):
    """An event that is not tried again."""

    @property
    def number(self) -> int:
        """Its number in the inbox."""

    @property
    def event(self) -> Event:
        """The event, of which id and type are shown."""

    @property
    def received(self) -> float:
        """When it came, in Unix seconds."""

    @property
    def attempts(self) -> int:
        """How often its handler was run."""

    @property
    def error(self) -> str | None:
        """Why the last attempt failed: the class of an exception, or a code."""


class Inbox(Protocol):
    """What a monitor asks of an inbox."""

    def counts(self) -> Mapping[Any, int]:
        """How many events are in which state."""

    def dead_letters(self) -> Iterable[DeadLetter]:
        """The events that are not tried again."""

    def replay(self, number: int) -> int:
        """Has an event handled once more; how many they are, which is 0 if there is none."""


def counts(inbox: Inbox) -> dict[str, int] | None:
    """How many events are in which state; ``None`` if the inbox does not answer."""
    try:
        return {str(state): int(count) for state, count in inbox.counts().items()}
    except Exception as error:
        _log_failure(error)
        return None


def dead_letters(inbox: Inbox) -> list[dict[str, Any]] | None:
    """The first dead letters, without their payloads; ``None`` if the inbox does not answer."""
    try:
        return [_described(letter) for letter in islice(inbox.dead_letters(), _MOST_LETTERS)]
    except Exception as error:
        _log_failure(error)
        return None


def replay(inbox: Inbox, number: int) -> bool | None:
    """Has a dead letter handled once more; whether there is one of this number, and ``None`` if the
    inbox does not answer.

    An inbox would replay what was handled, too. A page that is no longer true must not do so.
    """
    try:
        letters = islice(inbox.dead_letters(), _MOST_LETTERS)
        return any(letter.number == number for letter in letters) and inbox.replay(number) > 0
    except Exception as error:
        _log_failure(error)
        return None


def _log_failure(error: Exception) -> None:
    Journal("inbox").log(logging.ERROR, "the inbox failed", "store_unavailable", error)


def _described(letter: DeadLetter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "event_id": _text(letter.event.id),
        "event_type": _text(letter.event.type),
        "received": letter.received,
        "attempts": letter.attempts,
        "error": _text(letter.error),
    }


def _text(value: str | None) -> str | None:
    return None if value is None else shortened(value)
