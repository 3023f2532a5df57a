"""Processes that fork share an outbox, and nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from countersign import Sender

from inboxes import until
from serving import Client
from sink import Sink, sinking

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


def in_child(work: Callable[[], object]) -> int:
    """How the child that does it ends."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_child_and_its_parent_both_send(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    sender.send("a", "x", "before")
    for turn in range(3):

        def child(turn: int = turn) -> None:
            for number in range(20):
                assert sender.send("a", "x", [turn, number]).is_new
            sender.close()

        assert in_child(child) == 0
        sender.send("a", "x", "parent")
    assert sender.counts()["waiting"] == 64
    with sender:
        until(lambda: sender.counts()["delivered"] == 64)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_processes_that_fork_share_postgres(postgres_outbox: str, sink: Sink) -> None:
    sender = Sender(postgres_outbox)
    sender.put_endpoint(sink.endpoint())
    assert in_child(lambda: sender.send("a", "x", "child")) == 0
    with sender:
        sender.send("a", "x", "parent")
        # Here it can be done while it delivers, too.
        assert in_child(lambda: sender.send("a", "x", "another child")) == 0
        until(lambda: sender.counts()["delivered"] == 3)
    assert len(set(sink.ids())) == 3


def test_a_child_delivers(tmp_path: Path, sink: Sink) -> None:
    sender = Sender(tmp_path / "outbox.db")
    sender.put_endpoint(sink.endpoint())

    def child() -> None:
        with sender:
            sender.send("a", "x", "child")
            until(lambda: sender.counts()["delivered"] == 1)

    assert in_child(child) == 0
    assert len(sink.arrivals) == 1
    # And then the parent.
    with sender:
        sender.send("a", "x", "parent")
        sink.wait(2)


def test_a_fork_while_it_delivers_is_told(tmp_path: Path, sink: Sink) -> None:
    with Sender(tmp_path / "outbox.db") as sender:
        sender.put_endpoint(sink.endpoint())

        def child() -> None:
            assert not sender.is_started
            with pytest.raises(RuntimeError, match="after the fork"):
                sender.send("a", "x", {})
            # SQLite may have been in the middle of something.
            with pytest.raises(RuntimeError, match="after the fork"):
                Sender(tmp_path / "other.db")

        assert in_child(child) == 0
        # The parent goes on.
        assert sender.send("a", "x", {}).is_new
        sink.wait(1)
    Sender(tmp_path / "outbox.db").close()


def test_a_parent_that_is_killed_leaves_no_locks_to_its_child(tmp_path: Path, sink: Sink) -> None:
    program = (
        "import os, sys, time; from countersign import Sender; sender = Sender(sys.argv[1]);"
        "sender.start(); child = os.fork();\n"
        "if child == 0: time.sleep(30)\n"
        "print(child, flush=True)\n"
        "while True: sender.send('a', 'x', 1)"
    )
    path = tmp_path / "outbox.db"
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    until(lambda: len(sink.arrivals) > 20)
    parent.kill()
    parent.wait()
    try:
        for _ in range(20):
            assert sender.send("a", "x", 2).is_new
    finally:
        os.kill(child, signal.SIGKILL)
        parent.stdout.close()


def test_forks_while_threads_send(tmp_path: Path, sink: Sink) -> None:
    sender = Sender(tmp_path / "outbox.db")
    sender.put_endpoint(sink.endpoint())
    sent: list[bool] = []

    def send() -> None:
        for number in range(200):
            sent.append(sender.send("a", "x", number).is_new)

    with ThreadPoolExecutor(3) as threads:
        sending = [threads.submit(send) for _ in range(3)]
        for _ in range(10):
            assert in_child(lambda: sender.send("a", "x", "child")) == 0
            time.sleep(0.01)
        for one in sending:
            one.result()
    assert sent == [True] * 600
    assert sender.counts()["waiting"] == 610


@pytest.mark.parametrize("preload", [True, False])
def test_the_workers_of_gunicorn_share_an_outbox(
    tmp_path: Path, sink: Sink, preload: bool
) -> None:
    path = tmp_path / "outbox.db"
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--workers", "3"]
    command += ["--chdir", str(Path(__file__).parent), "--graceful-timeout", "20"]
    command += ["--preload"] if preload else []
    server = subprocess.Popen(
        [*command, "gunicorn_sender:application"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OUTBOX": str(path), "SINK": sink.url()},
    )
    assert server.stderr is not None
    lines: list[str] = []
    try:
        for line in server.stderr:
            lines.append(line)
            found = re.search(r"http://127.0.0.1:(\d+)", line)
            if found is not None:
                break
        client = Client(int(found[1]))  # type: ignore[index]

        def post(number: int) -> Any:
            reply = client("POST", f"/paid/{number}")
            assert reply.status == 200, reply.body
            return json.loads(reply.body)

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(post, range(150)))

            def several_answer() -> bool:
                # A worker may take longer to start than another for all of them.
                answers.extend(threads.map(post, range(6)))
                return len({answer["process"] for answer in answers}) > 1

            until(several_answer)
        assert len({answer["id"] for answer in answers}) == len(answers)
        assert all(answer["delivers"] for answer in answers)
        until(lambda: len(set(sink.ids())) == len(answers))
    finally:
        server.terminate()
        rest = server.communicate(timeout=30)[1]
    print("".join(lines) + rest)
    assert server.returncode == 0
    assert sorted(sink.ids()) == sorted(answer["id"] for answer in answers)
    sender = Sender(path)
    assert sender.counts() == {"waiting": 0, "running": 0, "delivered": len(answers), "dead": 0}
