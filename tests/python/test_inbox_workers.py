"""Workers: what fails, hangs, dies or is stopped, and the clock."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from typing import Any

import pytest
from countersign import Event, Receiver, RetryPolicy, Webhook
from countersign.inbox import Inbox, SqliteInbox, Workers

from conftest import SECRET
from inboxes import SOON, Clock, deliver, hurried, ignore, is_settled, until
from incoming import BODY


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_handler_that_fails_and_then_succeeds(
    webhook: Webhook, inbox: Inbox, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    keys: list[str | None] = []

    def fail_twice(event: Event) -> None:
        keys.append(event.dedupe_key)
        if len(keys) < 3:
            raise KeyError(event.raw)

    async def fail_twice_later(event: Event) -> None:
        await asyncio.sleep(0)
        fail_twice(event)

    receiver.on("*", fail_twice if kind == "plain" else fail_twice_later)
    with hurried(receiver, inbox):
        assert deliver(receiver, webhook) == "accepted"
        until(lambda: is_settled(inbox))
    assert keys == ["standard:msg_1"] * 3
    stored = inbox.events()[0]
    assert (stored.state, stored.attempts, stored.error) == ("handled", 3, None)
    assert BODY.decode() not in caplog.text
    records = [vars(record)["countersign"] for record in caplog.records]
    assert [record["code"] for record in records] == ["handler_failed"] * 2
    assert records[0]["exception"] == "builtins.KeyError"
    assert records[0]["event_id"] == "msg_1"


def test_retries_wait_as_the_policy_says(webhook: Webhook) -> None:
    clock = Clock()
    inbox = SqliteInbox(":memory:", clock=clock)
    receiver = Receiver(webhook, inbox=inbox)
    times: list[float] = []

    @receiver.on("*")
    def fail(event: Event) -> None:
        times.append(clock.now)
        raise RuntimeError

    policy = RetryPolicy.exponential(10, attempts=4)
    with Workers(receiver, inbox, policy=policy, poll=0.005):
        start = clock.now
        deliver(receiver, webhook)
        while inbox.counts()["dead"] == 0:
            time.sleep(0.02)
            clock.now += 1
    waits = [later - earlier for earlier, later in zip(times, times[1:])]
    # The clock ticks in whole seconds, and an attempt may see the next one.
    for wait, wanted in zip(waits, (10, 20, 40)):
        assert wanted <= wait <= wanted + 4
    assert times[0] - start <= 4
    assert len(times) == 4


def test_an_event_without_a_handler_any_more_is_not_lost(webhook: Webhook, inbox: Inbox) -> None:
    before = Receiver(webhook, inbox=inbox)
    before.on("*", ignore)
    deliver(before, webhook)
    after = Receiver(webhook, inbox=inbox)
    with hurried(after, inbox):
        until(lambda: is_settled(inbox))
    assert [one.error for one in inbox.dead_letters()] == ["no_handler"]
    assert inbox.replay() == 1
    with hurried(before, inbox):
        until(lambda: is_settled(inbox))
    assert inbox.counts()["handled"] == 1


def test_exit_in_a_handler_ends_no_worker(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    leave = iter([True, False])

    @receiver.on("*")
    def stop(event: Event) -> None:
        if next(leave):
            raise SystemExit(1)

    with hurried(receiver, inbox, threads=1):
        deliver(receiver, webhook)
        until(lambda: inbox.counts()["handled"] == 1)


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_hanging_handler_takes_nobodys_place(
    webhook: Webhook, inbox: Inbox, kind: str
) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    go_on = threading.Event()
    handled: list[str | None] = []
    cancelled: list[str | None] = []

    def hang(event: Event) -> None:
        if event.id == "hangs":
            go_on.wait(30)
        else:
            handled.append(event.id)

    async def hang_later(event: Event) -> None:
        try:
            await asyncio.sleep(30 if event.id == "hangs" else 0)
            handled.append(event.id)
        except asyncio.CancelledError:
            cancelled.append(event.id)
            raise

    receiver.on("*", hang if kind == "plain" else hang_later)
    policy = RetryPolicy.exponential(0.01, attempts=2)
    with hurried(receiver, inbox, threads=1, time_limit=0.2, policy=policy):
        deliver(receiver, webhook, "hangs")
        deliver(receiver, webhook, "another")
        until(lambda: is_settled(inbox))
    assert handled == ["another"]
    assert [(one.event.id, one.error) for one in inbox.dead_letters()] == [
        ("hangs", "handler_timeout")
    ]
    if kind == "async":
        until(lambda: cancelled == ["hangs", "hangs"])
    # The threads that were given up say nothing any more.
    go_on.set()
    time.sleep(0.05)
    assert inbox.counts() == {"waiting": 0, "running": 0, "handled": 1, "dead": 1}


def test_a_lease_is_renewed_while_a_handler_runs(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    runs: list[str | None] = []

    @receiver.on("*")
    def slow(event: Event) -> None:
        runs.append(event.id)
        time.sleep(2.5)

    with hurried(receiver, inbox, lease=1.5), hurried(receiver, inbox, lease=1.5):
        deliver(receiver, webhook)
        until(lambda: is_settled(inbox))
    assert runs == ["msg_1"]


def test_a_worker_that_died_is_followed_by_another(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    runs: list[str | None] = []
    receiver.on("*", lambda event: runs.append(event.id))
    deliver(receiver, webhook)
    dead = inbox.take("standard", 9, 1.2)[0]
    with hurried(receiver, inbox):
        time.sleep(0.1)
        assert runs == []
        until(lambda: runs == ["msg_1"])
        until(lambda: is_settled(inbox))
    # It comes back, and has nothing to say.
    inbox.renew([dead], 60)
    assert not inbox.done(dead, 60)
    assert not inbox.failed(dead, "a.Test", 0)
    assert inbox.counts()["handled"] == 1


def test_an_event_that_kills_its_workers_becomes_a_dead_letter(
    webhook: Webhook, inbox: Inbox
) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)
    deliver(receiver, webhook)
    for _ in range(SOON.backoff.attempts):
        until(lambda: inbox.take("standard", 1, 0.001))
    time.sleep(0.01)
    with hurried(receiver, inbox):
        until(lambda: is_settled(inbox))
    assert [one.error for one in inbox.dead_letters()] == ["lease_expired"]


def test_workers_end_what_they_have_begun(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    begun = threading.Event()

    @receiver.on("*")
    def slow(event: Event) -> None:
        begun.set()
        time.sleep(0.3)

    workers = hurried(receiver, inbox, threads=1, lease=0.2)
    workers.start()
    with pytest.raises(RuntimeError):
        workers.start()
    deliver(receiver, webhook, "first")
    deliver(receiver, webhook, "second")
    assert begun.wait(10)
    assert workers.stop()
    assert inbox.counts() == {"waiting": 1, "running": 0, "handled": 1, "dead": 0}
    assert workers.stop()
    with workers:
        until(lambda: is_settled(inbox))


def test_stop_does_not_wait_for_good(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    go_on = threading.Event()
    receiver.on("*", lambda event: go_on.wait(30))
    workers = hurried(receiver, inbox)
    workers.start()
    deliver(receiver, webhook)
    until(lambda: inbox.counts()["running"] == 1)
    start = time.monotonic()
    assert not workers.stop(timeout=0.1)
    assert time.monotonic() - start < 5
    go_on.set()


def test_workers_wake_at_once_for_what_this_process_inserts(webhook: Webhook) -> None:
    inbox = SqliteInbox(":memory:")
    receiver = Receiver(webhook, inbox=inbox)
    handled = threading.Event()
    receiver.on("*", lambda event: handled.set())
    with Workers(receiver, inbox, poll=30):
        time.sleep(0.1)
        deliver(receiver, webhook)
        assert handled.wait(5)


def test_a_database_that_is_down_ends_no_worker(
    webhook: Webhook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = SqliteInbox(":memory:")
    receiver = Receiver(webhook, inbox=inbox)
    runs: list[str | None] = []
    receiver.on("*", lambda event: runs.append(event.id))
    # Each fails once: before the handler and after it.
    for name in ("take", "done"):
        working = getattr(inbox, name)

        def fail_once(*arguments: Any, name: str = name, working: Any = working) -> Any:
            monkeypatch.setattr(inbox, name, working)
            raise OSError("secret host name")

        monkeypatch.setattr(inbox, name, fail_once)
    with hurried(receiver, inbox):
        deliver(receiver, webhook)
        until(lambda: inbox.counts()["handled"] == 1)
    assert runs == ["msg_1"]
    assert "secret host name" not in caplog.text
    codes = [vars(record)["countersign"]["code"] for record in caplog.records]
    assert codes == ["store_unavailable"] * 2


def test_a_clock_that_is_set_back_stops_nobody(webhook: Webhook) -> None:
    clock = Clock()
    inbox = SqliteInbox(":memory:", clock=clock)
    receiver = Receiver(webhook, inbox=inbox)
    handled: list[str | None] = []
    receiver.on("*", lambda event: handled.append(event.id))
    for identity in ("of a dead worker", "to be tried again", "waiting"):
        deliver(receiver, webhook, identity)
    dead, failing = inbox.take("standard", 2, 60)
    inbox.failed(failing, "a.Test", 30)
    with hurried(receiver, inbox):
        until(lambda: handled == ["waiting"])
        clock.now -= 86_400
        deliver(receiver, webhook, "after it")
        until(lambda: handled[1:] == ["after it"])
        clock.now += 31
        until(lambda: handled[2:] == ["to be tried again"])
        # Its lease begins again: it may live, and be about to renew it.
        clock.now += 30
        until(lambda: handled[3:] == ["of a dead worker"])
    assert is_settled(inbox)


def test_a_clock_that_is_set_forward_loses_nothing(webhook: Webhook) -> None:
    clock = Clock()
    inbox = SqliteInbox(":memory:", clock=clock)
    receiver = Receiver(webhook, inbox=inbox)
    handled: list[str | None] = []

    @receiver.on("*")
    def handle(event: Event) -> None:
        clock.now += 86_400
        time.sleep(0.1)
        handled.append(event.id)

    with hurried(receiver, inbox, lease=30):
        for number in range(3):
            deliver(receiver, webhook, str(number))
        until(lambda: is_settled(inbox))
    # Nobody takes his own events for those of a dead worker.
    assert sorted(handled, key=str) == ["0", "1", "2"]


def test_run_hears_signals(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    before = signal.getsignal(signal.SIGTERM)
    # Out of the handler, when all is set up.
    receiver.on("*", lambda event: signal.raise_signal(signal.SIGTERM))
    deliver(receiver, webhook)
    inbox.run(receiver, policy=SOON)
    assert inbox.counts()["handled"] == 1
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    "options", [{"threads": 0}, {"threads": True}, {"lease": 0}, {"poll": "1"}, {"time_limit": -1}]
)
def test_options_of_another_type(webhook: Webhook, options: dict[str, Any]) -> None:
    inbox = SqliteInbox(":memory:")
    with pytest.raises(TypeError):
        Workers(Receiver(webhook, inbox=inbox), inbox, **options)


def test_nothing_secret_is_stored(webhook: Webhook, inbox: Inbox, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    receiver = Receiver(webhook, inbox=inbox)

    @receiver.on("*")
    def fail(event: Event) -> None:
        raise ValueError(f"{SECRET} {event.raw!r}")

    deliver(receiver, webhook)
    with hurried(receiver, inbox):
        until(lambda: is_settled(inbox))
    with inbox._database.transaction("read") as work:
        row = repr(work.rows("SELECT * FROM countersign_inbox"))
    assert SECRET not in row and SECRET not in caplog.text
    assert BODY.decode() not in caplog.text
