"""What was acknowledged is handled, whoever is killed, and whatever is full."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from countersign import Event, Receiver, Webhook
from countersign.inbox import Inbox, SqliteInbox

from inboxes import deliver, hurried, is_settled, until
from postgres_server import PostgresServer

PROGRAM = str(Path(__file__).with_name("inbox_program.py"))
# Leases in seconds: one that ends soon after a kill, and one that no stall of the machine outlasts.
SHORT, LONG = 0.4, 60


class Servers:
    """Runs the program on one inbox, and knows what its runs acknowledged and handled."""

    def __init__(self, place: str, folder: Path) -> None:
        self._place = place
        self._log = folder / "handled.log"
        self.acknowledged: list[str] = []

    def start(self, first: int, count: int, lease: float) -> subprocess.Popen[str]:
        numbers = map(str, (first, count, lease))
        command = [sys.executable, PROGRAM, self._place, str(self._log), *numbers]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def ended(self, server: subprocess.Popen[str]) -> None:
        written = server.communicate(timeout=60)[0]
        self.acknowledged += written.split()

    def await_beginnings(self, server: subprocess.Popen[str], count: int) -> None:
        """Waits until so many more attempts have begun."""
        awaited = sum(self.handled("begin").values()) + count
        until(lambda: sum(self.handled("begin").values()) >= awaited)
        assert server.poll() is None

    def handled(self, word: str) -> Counter[str]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return Counter(line.rpartition("_")[2] for line in lines if line.startswith(word))


@pytest.fixture
def place(inbox: Inbox, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the inbox is, for other processes."""
    if isinstance(inbox, SqliteInbox):
        return str(tmp_path / "inbox.db")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.conninfo


def test_kill_at_any_point_loses_nothing(place: str, inbox: Inbox, tmp_path: Path) -> None:
    random = Random(7)
    servers = Servers(place, tmp_path)
    for turn in range(5):
        server = servers.start(1_000 * turn, 100, SHORT)
        servers.await_beginnings(server, random.randrange(1, 40))
        server.kill()
        servers.ended(server)
        assert server.returncode == -signal.SIGKILL
    server = servers.start(9_000, 1, SHORT)
    servers.ended(server)
    assert server.returncode == 0
    begun, ended = servers.handled("begin"), servers.handled("end")
    print(
        f"{len(servers.acknowledged)} acknowledged, {len(ended)} handled,"
        f" {sum((begun - ended).values())} attempts killed,"
        f" {sum(count > 1 for count in ended.values())} handled twice"
    )
    assert sum((begun - ended).values()) > 0
    assert len(servers.acknowledged) == len(set(servers.acknowledged)) > 50
    assert set(servers.acknowledged) <= set(ended)
    assert inbox.counts() == {"waiting": 0, "running": 0, "handled": len(ended), "dead": 0}


def test_processes_share_an_inbox(place: str, inbox: Inbox, tmp_path: Path) -> None:
    servers = Servers(place, tmp_path)
    # Half of what each delivers, another delivers as well.
    racing = [servers.start(first, 100, LONG) for first in (0, 50, 100)]
    for server in racing:
        servers.ended(server)
        assert server.returncode == 0
    assert len(servers.acknowledged) == 300
    assert set(servers.acknowledged) == {str(number) for number in range(200)}
    ended = servers.handled("end")
    assert set(ended) == set(servers.acknowledged)
    # None died, so each was handled once.
    assert set(ended.values()) == {1}
    assert inbox.counts()["handled"] == 200


def limit_pages(inbox: SqliteInbox, pages: int | None) -> None:
    """As many pages as there are: SQLite then says that the disk is full."""
    database: Any = inbox._database
    with database._lock:
        count = database._connection.execute("PRAGMA page_count").fetchone()[0]
        database._connection.execute(f"PRAGMA max_page_count = {pages or count}")


def test_a_full_disk_loses_nothing_that_was_acknowledged(webhook: Webhook, tmp_path: Path) -> None:
    inbox = SqliteInbox(tmp_path / "full.db")
    receiver = Receiver(webhook, inbox=inbox)
    handled: list[str | None] = []

    @receiver.on("*")
    def handle(event: Event) -> None:
        handled.append(event.id)

    limit_pages(inbox, 60)
    body = b'{"type":"invoice.paid","data":"%s"}' % (b"a" * 2_000)
    identities = [str(number) for number in range(150)]
    words = {identity: deliver(receiver, webhook, identity, body=body) for identity in identities}
    assert Counter(words.values()).keys() == {"accepted", "store_unavailable"}
    accepted = {identity for identity, word in words.items() if word == "accepted"}
    # While it is full, workers go on as far as they can, and note the rest when there is room.
    with hurried(receiver, inbox):
        until(lambda: set(handled) == accepted)
        limit_pages(inbox, 1_000_000)
        until(lambda: is_settled(inbox))
        again = {identity: deliver(receiver, webhook, identity) for identity in identities}
        until(lambda: is_settled(inbox))
    assert all((again[identity] == "duplicate") == (identity in accepted) for identity in words)
    assert Counter(handled) == Counter(words.keys())


def test_a_worker_process_ends_what_it_has_begun(place: str, inbox: Inbox, webhook: Webhook) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", print)
    deliver(receiver, webhook)
    program = f"""
import time
from countersign import Receiver, Webhook
from countersign.inbox import PostgresInbox, SqliteInbox
place = {place!r}
inbox = PostgresInbox(place) if "host=" in place else SqliteInbox(place)
receiver = Receiver(Webhook("standard", {"whsec_" + "A" * 32!r}), inbox=inbox)
@receiver.on("*")
def slow(event):
    print("begun", flush=True)
    time.sleep(0.5)
    print("ended", flush=True)
inbox.run(receiver)
print("left", flush=True)
"""
    command = [sys.executable, "-c", program]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "begun\n"
    worker.send_signal(signal.SIGTERM)
    assert worker.communicate(timeout=20)[0] == "ended\nleft\n"
    assert worker.returncode == 0
    assert inbox.counts()["handled"] == 1
