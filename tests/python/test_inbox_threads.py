"""How threads share an inbox: in turn, in groups, and never less durably than promised."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from countersign import Event, Receiver, Webhook
from countersign.inbox import SqliteInbox
from countersign.inbox.groups import Groups
from countersign.inbox.signals import Signals
from countersign.inbox.turns import Turns

from inboxes import deliver, hurried, ignore, is_settled, until


def test_turns_go_to_who_asked_first() -> None:
    turns = Turns()
    order: list[int] = []

    def take(number: int) -> None:
        with turns:
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda wanted=number + 1: len(turns._waiting) == wanted)  # type: ignore[misc]
        # This thread asks again at once, and is the last all the same.
    take(99)
    for thread in threads:
        thread.join()
    assert order == [*range(8), 99]


def test_a_turn_that_is_not_waited_for_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()

    class Interrupted:
        """A lock for whose second acquisition Ctrl-C is pressed."""

        def __init__(self) -> None:
            self.acquired = 0

        def acquire(self) -> None:
            self.acquired += 1
            if self.acquired == 2:
                raise KeyboardInterrupt

    with turns, monkeypatch.context() as patched:
        patched.setattr("countersign.inbox.turns.Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt), turns:
            pytest.fail("the turn came")
    with turns:
        assert not turns._waiting


def test_a_group_shares_results_and_errors() -> None:
    sizes: list[int] = []
    go_on = threading.Event()

    def together(numbers: list[int]) -> list[int]:
        sizes.append(len(numbers))
        go_on.wait(10)
        if 13 in numbers:
            raise OSError
        return [number * 2 for number in numbers]

    groups: Groups[int, int] = Groups(together)
    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(groups.do, 1)
        until(lambda: sizes == [1])
        others = [threads.submit(groups.do, number) for number in range(2, 10)]
        until(lambda: len(groups._waiting) == 8)
        go_on.set()
        assert first.result() == 2
        assert [other.result() for other in others] == [number * 2 for number in range(2, 10)]
    assert sizes == [1, 8]
    with pytest.raises(OSError):
        groups.do(13)
    assert groups.do(3) == 6


def test_what_is_acknowledged_is_synchronised(webhook: Webhook, tmp_path: Any) -> None:
    inbox = SqliteInbox(tmp_path / "inbox.db")
    levels: dict[str, set[int]] = {}

    def watch(statement: str) -> None:
        kind = statement.split()[0]
        if kind in ("INSERT", "UPDATE"):
            levels.setdefault(kind, set()).add(level[0])
        elif statement.startswith("PRAGMA synchronous"):
            level[0] = 2 if statement.endswith("FULL") else 1

    level = [2]
    database: Any = inbox._database
    connection: sqlite3.Connection = database._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.set_trace_callback(watch)
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)
    with hurried(receiver, inbox):
        for number in range(20):
            deliver(receiver, webhook, str(number))
        until(lambda: is_settled(inbox))
    # What workers note may be undone by a power cut: the event is then handled again.
    assert levels == {"INSERT": {2}, "UPDATE": {1}}


def test_nobody_is_remembered_who_waits_no_more() -> None:
    signals = Signals()
    for number in range(100):
        signals.expect(number, Future())
    assert len(signals._expected) == 0
    cancelled: Future[bool] = Future()
    signals.expect(7, cancelled)
    cancelled.cancel()
    signals.tell(7, True)
    kept: Future[bool] = Future()
    signals.expect(8, kept)
    signals.tell(8, False)
    assert kept.result(0) is False


def test_many_threads_lose_nothing(webhook: Webhook, tmp_path: Any) -> None:
    inbox = SqliteInbox(tmp_path / "inbox.db")
    receiver = Receiver(webhook, inbox=inbox)
    handled: list[str | None] = []

    @receiver.on("*")
    def handle(event: Event) -> None:
        handled.append(event.id)

    identities = [str(number % 400) for number in range(800)]
    with hurried(receiver, inbox), ThreadPoolExecutor(16) as threads:
        words = list(threads.map(lambda identity: deliver(receiver, webhook, identity), identities))
        until(lambda: is_settled(inbox))
    assert sorted(words) == ["accepted"] * 400 + ["duplicate"] * 400
    assert sorted(map(str, handled)) == sorted(set(identities))
