"""Receivers that a monitor watches, and an inbox with dead letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from countersign import Outcome, Receiver, Webhook
from countersign.monitor import Monitor

from conftest import SECRET

TOKEN = "the token of the tests"


def watched(monitor: Monitor, name: str = "standard") -> Receiver:
    """A receiver of the standard scheme that handles invoices."""
    receiver = Receiver(Webhook("standard", SECRET))
    receiver.on("invoice.*", lambda event: None)
    monitor.watch(receiver, name)
    return receiver


class Source:
    """What a monitor needs of a receiver, to be told outcomes that no request can have."""

    def __init__(self, scheme: str = "standard") -> None:
        self.webhook = Webhook(scheme, SECRET)
        self.observers: list[Callable[[Outcome], object]] = []
        self.observe = self.observers.append

    def given(self, **parts: object) -> Outcome:
        given = {
            "time": 1_700_000_000.0,
            "status": 200,
            "result": "handled",
            "scheme": "standard",
            "event_id": "msg_1",
            "event_type": "invoice.paid",
            "duration": 0.003,
            "key_index": 0,
            **parts,
        }
        return Outcome(**given)  # type: ignore[arg-type]

    def tell(self, **parts: object) -> None:
        for observer in self.observers:
            observer(self.given(**parts))


class Identity(NamedTuple):
    """The parts of an event that are shown."""

    id: str | None
    type: str | None


class Letter:
    """A dead letter."""

    received = 1_700_000_000.0
    attempts = 7
    error = "builtins.ValueError"

    def __init__(self, number: int, event_id: str | None, event_type: str | None) -> None:
        self.number = number
        self.event = Identity(event_id, event_type)


class FakeInbox:
    """An inbox of dead letters. One that is ``down`` raises as a database raises."""

    def __init__(self, *letters: Letter, down: bool = False) -> None:
        self.letters = {letter.number: letter for letter in letters}
        self.replayed: list[int] = []
        self.down = down

    def counts(self) -> dict[str, int]:
        self._ask()
        return {"waiting": len(self.replayed), "dead": len(self.letters)}

    def dead_letters(self) -> list[Letter]:
        self._ask()
        return list(self.letters.values())

    def replay(self, number: int) -> int:
        """Replays what was handled, too, as inboxes do."""
        self._ask()
        self.letters.pop(number, None)
        self.replayed.append(number)
        return 1

    def _ask(self) -> None:
        if self.down:
            raise ConnectionError("secret host name")
