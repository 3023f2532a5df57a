"""Event loops send without being blocked."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from countersign import AsyncSender, CountersignError, DeliveryError, Sender
from countersign.sender import Message

from conftest import SECRET
from sink import Sink, sinking


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


async def delivered(sender: AsyncSender, count: int) -> None:
    give_up = time.monotonic() + 20
    while (await sender.counts())["delivered"] < count:
        assert time.monotonic() < give_up
        await asyncio.sleep(0.01)


def test_both_senders_have_the_same_methods() -> None:
    def parameters(sender: type) -> dict[str, list[tuple[str, object]]]:
        public = {name: thing for name, thing in inspect.getmembers(sender) if name[0] != "_"}
        return {
            name: [(one.name, one.default) for one in inspect.signature(thing).parameters.values()]
            for name, thing in public.items()
            if callable(thing)
        }

    waiting = parameters(Sender)
    # It blocks the thread for as long as the process runs.
    assert waiting.pop("run")
    assert waiting == parameters(AsyncSender)
    for name in waiting.keys() - {"start", "close"}:
        assert inspect.iscoroutinefunction(getattr(AsyncSender, name)), name
    assert list(inspect.signature(Sender).parameters) == list(
        inspect.signature(AsyncSender).parameters
    )


def test_everything_can_be_awaited(tmp_path: Path, sink: Sink) -> None:
    async def main() -> None:
        async with AsyncSender(tmp_path / "outbox.db", secret=SECRET) as sender:
            assert sender.is_started
            await sender.put_endpoint(sink.endpoint())
            sent = await sender.send("a", "x", {"n": 1}, idempotency_key="k")
            assert sent.is_new
            assert not (await sender.send("a", "x", {"n": 1}, idempotency_key="k")).is_new
            await sender.send_payload("a", "x", b"{}")
            many = await sender.send_many([Message("a", "x", 1), ("nobody", "x", 2)])
            assert isinstance(many[1], DeliveryError)
            assert (await sender.publish("x", {})).is_new
            await delivered(sender, 4)
            (delivery,) = await sender.deliveries_of(sent.id)
            assert await sender.delivery(delivery.number) == delivery
            assert await sender.payload(sent.id) == sink.arrivals[0].body
            assert len(await sender.attempts(delivery.number)) == 1
            assert len(await sender.deliveries(state="delivered", limit=3)) == 3
            assert await sender.dead_letters() == []
            assert (await sender.replay_all(per_second=10)).total == 0
            assert len(await sender.replays()) == 1
            await sender.cancel_replay(1)
            assert await sender.replay(delivery.number)
            await delivered(sender, 4)
            await sender.rotate_secret("a", SECRET)
            await sender.retire_secrets("a")
            assert await sender.disable("a") and await sender.enable("a")
            assert [one.id for one in await sender.endpoints()] == ["a"]
            assert await sender.endpoint("nobody") is None
            assert await sender.delete_endpoint("a")
            assert await sender.delete_delivery(delivery.number)
        assert not sender.is_started
        assert repr(sender) == "AsyncSender(...)"

    asyncio.run(main())


def test_errors_are_raised_where_it_is_awaited(tmp_path: Path) -> None:
    async def main() -> None:
        sender = AsyncSender(tmp_path / "outbox.db")
        for bad in (sender.send("nobody", "x", {}), sender.send("a", "", {})):
            with pytest.raises(CountersignError):
                await bad
        with pytest.raises(DeliveryError) as caught:
            await sender.send("a", "x", object())
        assert caught.value.code == "malformed_message"
        with pytest.raises(TypeError):
            await sender.send("a", 7, {})  # type: ignore[arg-type]

    asyncio.run(main())


def test_many_tasks_send_while_the_loop_goes_on(tmp_path: Path, sink: Sink) -> None:
    async def main() -> None:
        path = tmp_path / "outbox.db"
        async with AsyncSender(path) as sender:
            await sender.put_endpoint(sink.endpoint())
            sending = (sender.send("a", "x", {"n": n}) for n in range(300))
            sent = await asyncio.gather(*sending)
            assert len({one.id for one in sent}) == 300
            await delivered(sender, 300)
            # Another connection holds up the outbox, and not the loop.
            blocker = sqlite3.connect(path, isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE")
            task = asyncio.create_task(sender.send("a", "x", {}))
            turns, end = 0, time.monotonic() + 0.3
            while time.monotonic() < end:
                await asyncio.sleep(0)
                turns += 1
            assert turns > 100 and not task.done()
            blocker.execute("COMMIT")
            assert (await task).is_new

    asyncio.run(main())


def test_a_task_that_is_cancelled_may_have_sent(tmp_path: Path, sink: Sink) -> None:
    async def main() -> None:
        path = tmp_path / "outbox.db"
        sender = AsyncSender(path)
        await sender.put_endpoint(sink.endpoint())
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(sender.send("a", "x", {}, idempotency_key="k"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        blocker.execute("COMMIT")
        # It was under way, and is stored once.
        await sender.send("a", "x", {}, idempotency_key="k")
        assert (await sender.counts())["waiting"] == 1
        await asyncio.sleep(0.05)

    asyncio.run(main())


def test_a_loop_that_is_closed_while_it_waits(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    sender = AsyncSender(path)
    asyncio.run(sender.put_endpoint(sink.endpoint()))
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    loop = asyncio.new_event_loop()
    task = loop.create_task(sender.send("a", "x", {}))
    loop.run_until_complete(asyncio.sleep(0.05))
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()
    blocker.execute("COMMIT")
    # The next loop is told as ever.
    for _ in range(3):
        assert asyncio.run(sender.send("a", "x", {})).is_new
