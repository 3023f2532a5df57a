"""With an inbox: what is acknowledged is handled, whatever dies, and what cannot be is kept."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, Iterator
from urllib.parse import urlencode

import pytest
from conftest import (
    PAYMENT,
    SECRET,
    STATUS_TOKEN,
    TOKEN,
    Answer,
    Client,
    application,
    until,
)
from countersign import Event
from flask import Flask
from test_program import FOLDER, environment, port_of

Serve = Callable[[Flask], Client]

BEARER = {"Authorization": f"Bearer {STATUS_TOKEN}"}
FORM = {**BEARER, "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def inbox(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'inbox.db'}"


def shown(client: Client) -> Any:
    """What the status page says of the inbox."""
    return client.send("GET", "/webhooks/status/data", None, BEARER).body["inbox"]


def results(*answers: Answer) -> list[tuple[int, str]]:
    return [(answer.status, answer.body["status"]) for answer in answers]


def test_answers_at_once_and_workers_handle(serve: Serve, inbox: str) -> None:
    app = application(INBOX=inbox)
    client = serve(app)
    assert results(client.deliver(PAYMENT), client.deliver(PAYMENT)) == [
        (200, "accepted"),
        (200, "duplicate"),
    ]
    assert client.list().body == []
    assert shown(client)["counts"] == {"waiting": 1, "running": 0, "handled": 0, "dead": 0}
    with app.extensions["countersign"].workers():
        until(lambda: client.list().body)
    listed = {"id": "evt_1", "type": "payment.succeeded", "timestamp": 1700000000, "key_index": 0}
    assert client.list().body == [listed]
    assert results(client.deliver(PAYMENT)) == [(200, "duplicate")]


def test_an_answer_can_wait_for_the_handler(serve: Serve, inbox: str) -> None:
    app = application(INBOX=inbox, WAIT="20")
    client = serve(app)
    with app.extensions["countersign"].workers():
        assert results(client.deliver(PAYMENT)) == [(200, "handled")]
        # The first attempt fails, and workers make more of them.
        failing = {"id": "evt_2", "type": "order.failing"}
        assert results(client.deliver(failing)) == [(202, "pending")]


def test_what_is_refused_is_not_stored(serve: Serve, inbox: str) -> None:
    client = serve(application(INBOX=inbox))
    assert client.deliver(PAYMENT, "another secret").code == "signature_mismatch"
    assert client.deliver({**PAYMENT, "data": {"amount": -5}}).code == "schema_mismatch"
    assert sum(shown(client)["counts"].values()) == 0


@pytest.mark.parametrize("by", ["page", "command"])
def test_a_dead_letter_is_seen_and_replayed(serve: Serve, inbox: str, by: str) -> None:
    app = application(INBOX=inbox, RETRY_POLICY="0.01/3")
    broken = [True]
    attempts: list[str | None] = []

    @app.extensions["countersign"].configured.on("order.broken")
    def handle(event: Event) -> None:
        attempts.append(event.id)
        if broken:
            raise RuntimeError("private particulars")

    client = serve(app)
    with app.extensions["countersign"].workers():
        assert results(client.deliver({"id": "evt_9", "type": "order.broken"})) == [
            (200, "accepted")
        ]
        until(lambda: shown(client)["counts"]["dead"])
        (letter,) = shown(client)["dead_letters"]
        assert (letter["event_id"], letter["attempts"], letter["error"]) == (
            "evt_9",
            3,
            "builtins.RuntimeError",
        )
        assert attempts == ["evt_9"] * 3
        broken.clear()
        replay(app, client, letter["number"], by)
        until(lambda: shown(client)["counts"]["handled"])
    assert attempts == ["evt_9"] * 4
    assert shown(client)["dead_letters"] == []


def replay(app: Flask, client: Client, number: int, by: str) -> None:
    if by == "command":
        run = app.test_cli_runner().invoke
        assert "order.broken" in run(args=["countersign", "events", "--state", "dead"]).output
        assert run(args=["countersign", "replay", str(number)]).exit_code == 0
    else:
        body = urlencode({"number": number}).encode()
        assert client.send("POST", "/webhooks/status/replay", body, FORM).status == 200


class Programs:
    """Starts programs that share an inbox; they end with the test."""

    def __init__(self, folder: Path, inbox: str, running: ExitStack) -> None:
        self.repaired = folder / "repaired"
        self._running = running
        self._environment = environment({
            "COUNTERSIGN_SCHEME": "sha256",
            "COUNTERSIGN_SECRET": SECRET,
            "COUNTERSIGN_EVENTS_TOKEN": TOKEN,
            "COUNTERSIGN_STATUS_TOKEN": STATUS_TOKEN,
            "COUNTERSIGN_INBOX": inbox,
            "COUNTERSIGN_RETRY_POLICY": "0.01/3",
            "COUNTERSIGN_LEASE": "1",
            "THE_FILE": str(self.repaired),
            "PYTHONPATH": str(FOLDER),
        })

    def server(self, workers: str) -> tuple[Client, subprocess.Popen[str]]:
        program = str(FOLDER / "tests" / "failing_program.py")
        process = self._start([program, str(self.repaired)], COUNTERSIGN_WORKERS=workers)
        return Client("127.0.0.1", port_of(process)), process

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        app = str(FOLDER / "tests" / "failing_program.py")
        return self._start(["-m", "flask", "--app", app, "countersign", *arguments])

    def _start(self, arguments: list[str], **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=FOLDER,
            env={**self._environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.callback(process.communicate)
        self._running.callback(process.kill)
        return process


@pytest.fixture
def programs(tmp_path: Path, inbox: str) -> Iterator[Programs]:
    with ExitStack() as running:
        yield Programs(tmp_path, inbox, running)


def test_what_was_acknowledged_survives_the_server(programs: Programs) -> None:
    client, server = programs.server(workers="off")
    answers = [client.deliver({**PAYMENT, "id": f"evt_{number}"}) for number in range(20)]
    assert {*results(*answers)} == {(200, "accepted")}
    server.kill()
    assert server.wait() == -signal.SIGKILL

    client, server = programs.server(workers="off")
    assert shown(client)["counts"]["waiting"] == 20
    workers = programs.command("work")
    until(lambda: shown(client)["counts"]["handled"] == 20)
    assert {event["id"] for event in client.list().body} == {f"evt_{n}" for n in range(20)}
    for process in (workers, server):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_what_was_being_handled_is_taken_over(programs: Programs) -> None:
    client, server = programs.server(workers="2")
    assert results(client.deliver({"id": "evt_1", "type": "order.hanging"})) == [(200, "accepted")]
    assert server.stdout is not None
    assert any("begun evt_1" in line for line in server.stdout)
    server.kill()
    assert server.wait() == -signal.SIGKILL

    programs.repaired.touch()
    client, server = programs.server(workers="2")
    until(lambda: shown(client)["counts"]["handled"] == 1)
    assert [event["id"] for event in client.list().body] == ["evt_1"]
    assert results(client.deliver({"id": "evt_1", "type": "order.hanging"})) == [(200, "duplicate")]


def test_a_dead_letter_survives_the_server_and_is_replayed_from_outside(
    programs: Programs,
) -> None:
    client, server = programs.server(workers="2")
    assert results(client.deliver({"id": "evt_1", "type": "order.failing"})) == [(200, "accepted")]
    until(lambda: shown(client)["counts"]["dead"] == 1)
    server.kill()
    server.wait()

    client, _ = programs.server(workers="2")
    (letter,) = shown(client)["dead_letters"]
    assert (letter["event_id"], letter["error"]) == ("evt_1", "builtins.RuntimeError")
    programs.repaired.touch()
    replaying = programs.command("replay", "--all-dead")
    output, _ = replaying.communicate(timeout=30)
    assert (replaying.returncode, output) == (0, "1 to be handled once more\n")
    until(lambda: shown(client)["counts"]["handled"] == 1)
