"""What is sent in the caller's own transaction is sent if that commits."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from countersign import AsyncSender, ConfigurationError, DeliveryError, Sender
from countersign.sender import Sent
from psycopg.rows import dict_row

from conftest import SECRET
from inboxes import until
from sink import Sink, sinking


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def shop(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE invoice (number INTEGER)")
    connection.commit()
    yield connection
    connection.close()


def test_it_is_sent_with_the_commit(path: Path, shop: sqlite3.Connection, sink: Sink) -> None:
    with Sender(path) as sender:
        sender.put_endpoint(sink.endpoint())
        with shop:
            shop.execute("INSERT INTO invoice VALUES (7)")
            sent = sender.send_in_transaction(shop, "a", "invoice.paid", {"id": 7})
            assert sent.is_new
            time.sleep(0.05)
            assert not sink.arrivals
        committed = time.monotonic()
        event = sink.wait(1)[0].event()
        print(f"{(time.monotonic() - committed) * 1e3:.1f} ms after the commit")
        assert (event.id, event.type, event.data) == (sent.id, "invoice.paid", {"id": 7})
        until(lambda: sender.counts()["delivered"] == 1)


def test_it_is_not_sent_if_it_is_rolled_back(
    path: Path, shop: sqlite3.Connection, sink: Sink
) -> None:
    with Sender(path) as sender:
        sender.put_endpoint(sink.endpoint())
        with pytest.raises(ZeroDivisionError), shop:
            shop.execute("INSERT INTO invoice VALUES (7)")
            assert sender.send_in_transaction(shop, "a", "x", {}, idempotency_key="k").is_new
            raise ZeroDivisionError
        time.sleep(0.1)
        assert not sink.arrivals
        assert sum(sender.counts().values()) == 0
        # There never was one.
        assert sender.send("a", "x", {}, idempotency_key="k").is_new


def test_answers_are_those_of_send(path: Path, shop: sqlite3.Connection, sink: Sink) -> None:
    sender = Sender(path, secret=SECRET)
    sender.put_endpoint(sink.endpoint())
    shop.row_factory = sqlite3.Row
    with shop:
        first = sender.send_in_transaction(shop, "a", "x", {}, id="1", idempotency_key="k")
        assert first == Sent("1", True)
        assert sender.send_in_transaction(shop, "a", "x", {}, id="1") == Sent("1", False)
        assert sender.send_in_transaction(shop, "a", "x", {}, idempotency_key="k").id == "1"
        assert sender.send_in_transaction(shop, "https://customer.example/", "x", {}).is_new
        for to, code in {"nobody": "unknown_endpoint", "http://x.example/": "insecure_url"}.items():
            with pytest.raises(DeliveryError) as caught:
                sender.send_in_transaction(shop, to, "x", {})
            assert caught.value.code == code
        with pytest.raises(DeliveryError) as malformed:
            sender.send_in_transaction(shop, "a", "", {})
        assert malformed.value.code == "malformed_message"
        with pytest.raises(ConfigurationError):
            Sender(path).send_in_transaction(shop, "https://other.example/", "x", {})
    assert sender.counts()["waiting"] == 2


def test_without_a_transaction_it_is_refused(path: Path, sink: Sink) -> None:
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    shop = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(ValueError, match="in no transaction"):
        sender.send_in_transaction(shop, "a", "x", {})
    shop.execute("BEGIN")
    assert sender.send_in_transaction(shop, "a", "x", {}).is_new
    shop.execute("COMMIT")
    assert sender.counts()["waiting"] == 1
    with pytest.raises(ValueError, match="not to the database"):
        Sender("postgresql:///shop").send_in_transaction(shop, "a", "x", {})


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`autocommit` is there since Python 3.12")
def test_the_newer_way_to_say_when_to_commit(path: Path, sink: Sink) -> None:
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    with pytest.raises(ValueError, match="in no transaction"):
        sender.send_in_transaction(sqlite3.connect(path, autocommit=True), "a", "x", {})
    shop = sqlite3.connect(path, autocommit=False)
    sender.send_in_transaction(shop, "a", "x", {})
    shop.rollback()
    assert sender.counts()["waiting"] == 0
    sender.send_in_transaction(shop, "a", "x", {})
    shop.commit()
    assert sender.counts()["waiting"] == 1


def test_both_write_to_one_file_and_break_nothing(
    path: Path, shop: sqlite3.Connection, sink: Sink
) -> None:
    """Python's SQLite and the sender's keep each other out, while connections come and go."""
    with Sender(path) as sender:
        sender.put_endpoint(sink.endpoint(concurrency=4))
        ids: list[str] = []

        def own(thread: int) -> None:
            for number in range(30):
                # A connection that is closed drops all locks of the process that are SQLite's own.
                mine = sqlite3.connect(path, timeout=30)
                with mine:
                    mine.execute("INSERT INTO invoice VALUES (?)", (number,))
                    ids.append(sender.send_in_transaction(mine, "a", "x", thread).id)
                mine.close()

        def sending() -> None:
            for number in range(100):
                ids.append(sender.send("a", "x", number).id)

        def opening() -> None:
            for _ in range(30):
                other = Sender(path)
                ids.append(other.send("a", "x", {}).id)
                other.close()

        tasks = [*(lambda t=t: own(t) for t in range(3)), sending, opening]
        threads = [threading.Thread(target=task) for task in tasks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ids) == 220
        until(lambda: sender.counts()["delivered"] == 220)
        assert sorted(sink.ids()) == sorted(ids)
        # Another process sees the same, and keeps out while this one writes.
        program = (
            "import sqlite3, sys; database = sqlite3.connect(sys.argv[1]);"
            "print(database.execute('PRAGMA integrity_check').fetchone()[0],"
            " database.execute('SELECT count(*) FROM invoice').fetchone()[0])"
        )
        command = [sys.executable, "-c", program, str(path)]
        assert subprocess.check_output(command, text=True) == "ok 90\n"


def test_files_that_are_closed_are_not_kept_open(path: Path, shop: sqlite3.Connection) -> None:
    def opened() -> int:
        return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0

    Sender(path).close()
    before = opened()
    for _ in range(20):
        sender = Sender(path)
        sender.counts()
        sender.close()
    # A few, since Python has the file open.
    assert opened() <= before + 3
    shop.execute("SELECT count(*) FROM invoice").fetchone()
    shop.close()
    sender = Sender(path)
    sender.counts()
    sender.close()
    assert opened() < before


def test_it_is_sent_with_the_commit_of_postgres(postgres_outbox: str, sink: Sink) -> None:
    with Sender(postgres_outbox) as sender, psycopg.connect(postgres_outbox, row_factory=dict_row) as shop:
        sender.put_endpoint(sink.endpoint())
        assert sender.send("a", "x", {"n": 0}).is_new
        sink.wait(1)
        with shop.transaction():
            sent = sender.send_in_transaction(shop, "a", "x", {"n": 1}, id=r"a\0b")
            time.sleep(0.05)
            assert len(sink.arrivals) == 1
        committed = time.monotonic()
        assert sink.wait(2)[1].event().data == {"n": 1}
        print(f"{(time.monotonic() - committed) * 1e3:.1f} ms after the commit")
        assert sent == Sent(r"a\0b", True)
        assert sink.ids()[1] == r"a\0b"
        with pytest.raises(ZeroDivisionError), shop.transaction():
            sender.send_in_transaction(shop, "a", "x", {"n": 2})
            raise ZeroDivisionError
        with shop.transaction():
            assert not sender.send_in_transaction(shop, "a", "x", {}, id=r"a\0b").is_new
            with pytest.raises(DeliveryError) as caught:
                sender.send_in_transaction(shop, "nobody", "x", {})
            assert caught.value.code == "unknown_endpoint"
        until(lambda: sender.counts()["delivered"] == 2)
        assert len(sink.arrivals) == 2
        shop.commit()
        shop.autocommit = True
        with pytest.raises(ValueError, match="in no transaction"):
            sender.send_in_transaction(shop, "a", "x", {})
        with pytest.raises(ValueError, match="not to the database"):
            Sender(":memory:").send_in_transaction(shop, "a", "x", {})


def test_event_loops_send_in_transactions(postgres_outbox: str, path: Path, sink: Sink) -> None:
    async def on_postgres() -> None:
        async with AsyncSender(postgres_outbox) as sender:
            await sender.put_endpoint(sink.endpoint())
            connection: Any = await psycopg.AsyncConnection.connect(postgres_outbox)
            async with connection:
                async with connection.transaction():
                    sent = await sender.send_in_transaction(connection, "a", "x", {})
                    assert sent.is_new
                with pytest.raises(DeliveryError):
                    await sender.send_in_transaction(connection, "nobody", "x", {})
            while not sink.arrivals:
                await asyncio.sleep(0.01)

    async def on_sqlite() -> None:
        async with AsyncSender(path) as sender:
            await sender.put_endpoint(sink.endpoint("b"))
            shop = sqlite3.connect(path)
            with shop:
                assert (await sender.send_in_transaction(shop, "b", "x", {})).is_new
            while len(sink.arrivals) < 2:
                await asyncio.sleep(0.01)

    asyncio.run(on_postgres())
    asyncio.run(on_sqlite())
    assert [arrival.path for arrival in sink.arrivals] == ["/a", "/b"]
