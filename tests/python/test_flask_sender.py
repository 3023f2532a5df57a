"""Flask sends, and people look into what it sent."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from countersign import ConfigurationError, RetryPolicy
from countersign.flask import Countersign
from countersign.flask.sender import sender_from
from countersign.sender import Retention, Sender
from flask import Flask, current_app

from conftest import SECRET
from inboxes import until
from sink import Sink, sinking


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def make_app(path: Path, **settings: Any) -> tuple[Flask, Countersign]:
    app = Flask(__name__)
    app.config["COUNTERSIGN_SENDER_DATABASE"] = f"sqlite:///{path}"
    app.config.update({f"COUNTERSIGN_{key}": value for key, value in settings.items()})
    countersign = Countersign(app)

    @app.post("/pay")
    def pay() -> Any:
        return {"id": countersign.sender.send("a", "invoice.paid", {"id": 7}).id}

    return app, countersign


def test_requests_send_and_the_process_delivers_from_the_first_on(path: Path, sink: Sink) -> None:
    app, countersign = make_app(path, SENDER_RETRY_POLICY="0.01/3")
    with app.app_context():
        sender = countersign.sender
        sender.put_endpoint(sink.endpoint())
        assert not sender.is_started
    answer = app.test_client().post("/pay")
    assert sink.wait(1)[0].event().id == answer.get_json()["id"]
    assert sender.is_started
    assert current_sender(app) is sender
    until(lambda: sender.counts()["delivered"] == 1)
    assert sender.stop()


def current_sender(app: Flask) -> Sender:
    with app.app_context():
        sender: Sender = current_app.extensions["countersign"].sender
        return sender


def test_another_process_can_deliver(path: Path, sink: Sink) -> None:
    app, countersign = make_app(path, SENDER_DISPATCH=False)
    with app.app_context():
        countersign.sender.put_endpoint(sink.endpoint())
    app.test_client().post("/pay")
    assert not current_sender(app).is_started
    program = (
        "import flask, sys; from countersign.flask import Countersign;"
        "app = flask.Flask('app');"
        "app.config['COUNTERSIGN_SENDER_DATABASE'] = 'sqlite:///' + sys.argv[1];"
        "Countersign(app);"
        "sys.exit(app.test_cli_runner().invoke(args=['countersign', 'deliver']).exit_code)"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(path)])
    try:
        sink.wait(1)
        until(lambda: current_sender(app).counts()["delivered"] == 1)
    finally:
        other.send_signal(signal.SIGTERM)
    assert other.wait(20) == 0


def test_without_a_database_there_is_no_sender() -> None:
    app = Flask(__name__)
    countersign = Countersign(app)
    with app.app_context(), pytest.raises(RuntimeError, match="COUNTERSIGN_SENDER_DATABASE"):
        _ = countersign.sender
    run = app.test_cli_runner().invoke
    commands = (["deliveries"], ["dead-letters"], ["attempts", "1"], ["replays"], ["deliver"])
    for command in (*commands, ["replay", "1", "--sent"]):
        ended = run(args=["countersign", *command])
        assert ended.exit_code == 2
        assert "COUNTERSIGN_SENDER_DATABASE is not set" in ended.output
    assert "COUNTERSIGN_INBOX is not set" in run(args=["countersign", "replay", "1"]).output


def test_settings(path: Path) -> None:
    keys = [bytes(32), bytes(range(32))]
    config: dict[str, Any] = {
        "SENDER_DATABASE": f"sqlite:///{path}",
        "SENDER_SCHEME": "github",
        "SENDER_SECRET": ["new secret", "old secret"],
        "SENDER_ENCRYPTION_KEYS": ", ".join(base64.b64encode(key).decode() for key in keys),
        "SENDER_RETRY_POLICY": "5/8",
        "SENDER_RETENTION": Retention(delivered=60),
        "SENDER_CONCURRENCY": 4,
        "SENDER_SURVIVES_POWER_CUT": False,
        "SENDER_TOTAL_TIMEOUT": 5,
    }
    named = {f"COUNTERSIGN_{key}": value for key, value in config.items()}
    sender = sender_from(named)
    assert sender is not None
    assert sender.send("https://customer.example/", "x", {}).is_new
    for value in (keys, keys[0]):
        assert sender_from({**named, "COUNTERSIGN_SENDER_ENCRYPTION_KEYS": value}) is not None
    policy = RetryPolicy.standard()
    assert sender_from({**named, "COUNTERSIGN_SENDER_RETRY_POLICY": policy}) is not None
    assert sender_from({}) is None


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"SENDER_SECRETS": "x"}, ValueError),
        ({"SENDER_DATABASE": "outbox.db"}, ValueError),
        ({"SENDER_RETRY_POLICY": "often"}, ValueError),
        ({"SENDER_ENCRYPTION_KEYS": "?"}, ValueError),
        ({"SENDER_ENCRYPTION_KEYS": "c2hvcnQ="}, ConfigurationError),
        ({"SENDER_SECRET": ""}, ConfigurationError),
    ],
)
def test_settings_that_cannot_be(path: Path, settings: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make_app(path, **settings)


def test_people_look_into_what_was_sent_and_replay_it(path: Path, sink: Sink) -> None:
    app, countersign = make_app(path, SENDER_RETRY_POLICY="0.01/1", SENDER_DISPATCH=False)
    run = app.test_cli_runner().invoke
    with app.app_context():
        sender = countersign.sender
    sender.put_endpoint(sink.endpoint())
    sink.status = 400
    with sender:
        sender.send("a", "invoice.paid", {}, id="msg_1")
        sender.send("a", "invoice.paid", {}, id="msg_2")
        sender.send("a", "customer.deleted", {}, id="msg_3")
        until(lambda: sender.counts()["dead"] == 3)
        sink.status = 200
        sender.send("a", "invoice.paid", {}, id="msg_4")
        until(lambda: sender.counts()["delivered"] == 1)

    def listed(*arguments: str) -> list[str]:
        ended = run(args=["countersign", *arguments])
        assert ended.exit_code == 0, ended.output
        return [part.split("'")[0] for part in ended.output.split("id '")[1:]]

    assert listed("deliveries") == ["msg_4", "msg_3", "msg_2", "msg_1"]
    assert listed("deliveries", "--state", "delivered") == ["msg_4"]
    assert listed("deliveries", "--type", "invoice.paid", "--limit", "2") == ["msg_4", "msg_2"]
    assert listed("deliveries", "--endpoint", "b") == []
    assert listed("dead-letters") == ["msg_3", "msg_2", "msg_1"]
    assert listed("dead-letters", "--type", "customer.deleted") == ["msg_3"]
    assert listed("dead-letters", "--reason", "exhausted", "--endpoint", "a") == []
    number = str(sender.dead_letters()[0].number)
    line = run(args=["countersign", "dead-letters", "--limit", "1"]).output
    assert line.startswith(f"{number}  20")
    assert line.endswith("dead  attempts 1  to 'a'  type 'customer.deleted'  id 'msg_3'  rejected\n")
    shown = run(args=["countersign", "attempts", number]).output
    assert "attempt 1" in shown and "status 400  'ok'" in shown
    assert run(args=["countersign", "attempts", "99"]).exit_code == 2

    # There is no inbox, so that a number is that of a delivery.
    output = run(args=["countersign", "replay", number]).output
    assert output == "1 to be delivered once more\n"
    assert run(args=["countersign", "replay", "99"]).exit_code == 1
    again = run(args=["countersign", "replay", "--all-dead", "--type", "invoice.paid"])
    assert again.output == "2 to be delivered once more\n"
    with sender:
        until(lambda: sender.counts()["delivered"] == 4)
    replays = run(args=["countersign", "replays"]).output
    assert "done  2 of 2, 50 a second" in replays
    assert run(args=["countersign", "replay"]).exit_code == 2


def test_a_number_is_the_inboxs_where_there_are_both(path: Path, sink: Sink) -> None:
    inbox = f"sqlite:///{path.with_name('inbox.db')}"
    app, countersign = make_app(path, SCHEME="standard", SECRET=SECRET, INBOX=inbox)
    run = app.test_cli_runner().invoke
    with app.app_context():
        sender = countersign.sender
    sender.put_endpoint(sink.endpoint())
    sender.send("a", "x", {})
    sender.disable("a")
    with sender:
        until(lambda: sender.counts()["dead"] == 1)
    ended = run(args=["countersign", "replay", "1"])
    assert (ended.exit_code, ended.output) == (1, "0 to be handled once more\n")
    ended = run(args=["countersign", "replay", "--all-dead", "--endpoint", "a"])
    assert ended.exit_code == 2 and "say --sent" in ended.output
    assert run(args=["countersign", "replay", "1", "--received"]).exit_code == 1
    ended = run(args=["countersign", "replay", "1", "--sent"])
    assert ended.output == "1 to be delivered once more\n"
