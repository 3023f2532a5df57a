"""An inbox as a monitor sees it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Callable, Optional, Protocol, Tuple, TypeVar

from countersign._countersign import Event, InboxView, is_shown
from countersign.receiver.outcome import Journal

T = TypeVar("T")
#: Number, reception, attempts, event id, event type, error.
Letter = Tuple[int, float, int, Optional[str], Optional[str], Optional[str]]

#: How many dead letters are shown; more need not be read.
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


def view(inbox: Inbox | None, *, with_letters: bool) -> InboxView | None:
    """What is shown of an inbox, and ``None`` if there is none."""
    if inbox is None:
        return None
    counts = _ask(inbox, _counts)
    return InboxView(counts, _ask(inbox, _letters) if with_letters else None)


def replay(inbox: Inbox, number: int) -> bool | None:
    """Has a dead letter handled once more; whether one of this number is shown, and ``None`` if the
    inbox does not answer."""

    def ask(inbox: Inbox) -> bool:
        numbers = [letter.number for letter in islice(inbox.dead_letters(), _MOST_LETTERS)]
        return is_shown(numbers, number) and inbox.replay(number) > 0

    return _ask(inbox, ask)


def _ask(inbox: Inbox, question: Callable[[Inbox], T]) -> T | None:
    """What the inbox answers; ``None`` if it does not."""
    try:
        return question(inbox)
    except Exception as error:
        Journal("inbox").log(logging.ERROR, "the inbox failed", "store_unavailable", error)
        return None


def _counts(inbox: Inbox) -> list[tuple[str, int]]:
    return [(str(state), max(0, int(count))) for state, count in inbox.counts().items()]


def _letters(inbox: Inbox) -> list[Letter]:
    return [_described(letter) for letter in islice(inbox.dead_letters(), _MOST_LETTERS)]


def _described(letter: DeadLetter) -> Letter:
    event = letter.event
    return (
        letter.number,
        letter.received,
        letter.attempts,
        event.id,
        event.type,
        letter.error,
    )
