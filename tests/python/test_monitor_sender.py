"""What a monitor and its status page show of a sender."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from countersign import AsyncSender, RetryPolicy, Sender
from countersign._countersign import MonitorState
from countersign.flask import Countersign
from countersign.monitor import Monitor, StatusAsgi, StatusPage, StatusWsgi
from flask import Flask

from conftest import SECRET
from inboxes import until
from metrics import samples, value
from observed import TOKEN
from serving import (
    BEARER,
    FORM,
    PATH,
    Client,
    log_in,
    make_flask,
    serving,
    serving_asgi,
    serving_django,
)
from sink import Sink, sinking

ONCE = RetryPolicy.exponential(0.01, attempts=1)
TYPE = "invoice.paid"
DOWN = {"endpoints": None, "replays": None, "attempts": None, "dead_letters": None}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def filled(sender: Sender, sink: Sink) -> Sender:
    """With ``msg_1`` delivered, ``msg_2`` dead and ``msg_3`` waiting."""
    sender.put_endpoint(sink.endpoint())
    with sender:
        sender.send("a", TYPE, {"secret": "of the payload"}, id="msg_1")
        until(lambda: sender.counts()["delivered"] == 1)
        sink.answers.append(400)
        sender.send("a", TYPE, {}, id="msg_2")
        until(lambda: sender.counts()["dead"] == 1)
    sender.send("a", TYPE, {}, id="msg_3")
    return sender


def watching(sender: Sender | AsyncSender, **options: Any) -> Monitor:
    monitor = Monitor(**options)
    monitor.attach_sender(sender)
    return monitor


def test_an_outbox_is_shown(path: Path, sink: Sink) -> None:
    sender = Sender(path, retry_policy=ONCE)
    monitor = watching(sender)
    filled(sender, sink)
    snapshot = monitor.snapshot()
    outbox = snapshot["outbox"]
    (endpoint,) = outbox["endpoints"]
    latency = endpoint.pop("latency")
    assert 0 < latency["p50"] <= latency["p99"] < 10
    assert endpoint == {
        "id": "a",
        "state": "ready",
        "until": None,
        "reason": None,
        "failures": 1,
        "waiting": 1,
        "running": 0,
        "dead": 1,
        "attempts": 2,
    }
    for attempt in outbox["attempts"]:
        assert abs(attempt.pop("time") - time.time()) < 60
        assert 0 < attempt.pop("duration") < 10
    common = {"attempt": 1, "endpoint": "a", "event_type": TYPE, "error": None}
    assert outbox["attempts"] == [
        {"delivery": 2, "message_id": "msg_2", "status": 400, **common},
        {"delivery": 1, "message_id": "msg_1", "status": 200, **common},
    ]
    (letter,) = outbox["dead_letters"]
    assert abs(letter.pop("created") - time.time()) < 60
    assert letter == {
        "number": 2,
        "attempts": 1,
        "endpoint": "a",
        "message_id": "msg_2",
        "event_type": TYPE,
        "reason": "rejected",
    }
    assert outbox["replays"] == []
    text = json.dumps(snapshot) + monitor.openmetrics()
    assert SECRET not in text
    assert "of the payload" not in text
    assert sink.url("") not in text


def test_metrics_of_a_sender_are_read_by_prometheus(path: Path, sink: Sink) -> None:
    sender = Sender(path, retry_policy=ONCE)
    monitor = watching(sender)
    filled(sender, sink)
    attempts = "countersign_attempts_total"
    assert value(monitor, attempts, endpoint="a", verdict="delivered", answer="2xx") == 1
    assert value(monitor, attempts, endpoint="a", verdict="rejected", answer="4xx") == 1
    duration = "countersign_attempt_duration_seconds"
    assert value(monitor, f"{duration}_count", endpoint="a") == 2
    assert value(monitor, f"{duration}_bucket", endpoint="a", le="+Inf") == 2
    assert value(monitor, "countersign_outbox_up") == 1
    for state, count in (("waiting", 1), ("running", 0), ("dead", 1)):
        name = "countersign_outbox_deliveries"
        assert value(monitor, name, endpoint="a", state=state) == count
    found = {
        labels: counted
        for (name, labels), counted in samples(monitor).items()
        if name == "countersign_outbox_endpoint_state"
    }
    assert [dict(labels) for labels, counted in found.items() if counted] == [
        {"endpoint": "a", "countersign_outbox_endpoint_state": "ready"}
    ]
    assert len(found) > 1
    # No message is named.
    assert "msg_" not in monitor.openmetrics()


def test_a_replay_shows_its_progress(path: Path, sink: Sink) -> None:
    sender = filled(Sender(path, retry_policy=ONCE), sink)
    monitor = watching(sender)
    replay = sender.replay_all(per_second=7)
    (shown,) = monitor.snapshot()["outbox"]["replays"]
    assert abs(shown.pop("created") - time.time()) < 60
    assert shown == {
        "number": replay.number,
        "state": "running",
        "total": 1,
        "replayed": 0,
        "per_second": 7,
    }
    name, number = "countersign_outbox_replay_deliveries", str(replay.number)
    assert value(monitor, name, replay=number, state="remaining") == 1
    with sender:
        until(lambda: monitor.snapshot()["outbox"]["replays"][0]["state"] == "done")
    assert value(monitor, name, replay=number, state="remaining") is None


def in_wsgi(sender: Sender, path: Path) -> AbstractContextManager[Client]:
    return serving(StatusWsgi(StatusPage(watching(sender), TOKEN)))


def in_asgi(sender: Sender, path: Path) -> AbstractContextManager[Client]:
    return serving_asgi(StatusAsgi(StatusPage(watching(sender), TOKEN)))


def in_flask(sender: Sender, path: Path) -> AbstractContextManager[Client]:
    # It has a sender of its own on the same outbox.
    return serving(make_flask(SENDER_DATABASE=f"sqlite:///{path}", SENDER_DISPATCH=False))


def in_django(sender: Sender, path: Path) -> AbstractContextManager[Client]:
    return serving_django(StatusPage(watching(sender), TOKEN), is_async=False)


def in_django_asgi(sender: Sender, path: Path) -> AbstractContextManager[Client]:
    return serving_django(StatusPage(watching(sender), TOKEN), is_async=True)


Serve = Callable[[Sender, Path], "AbstractContextManager[Client]"]


@pytest.mark.parametrize("serve", [in_wsgi, in_asgi, in_flask, in_django, in_django_asgi])
def test_the_page_replays_what_is_dead_and_nothing_else(
    path: Path, sink: Sink, serve: Serve
) -> None:
    sender = filled(Sender(path, retry_policy=ONCE), sink)
    with serve(sender, path) as client:
        cookie = {"cookie": log_in(client)}
        csrf = client("GET", f"{PATH}/data", cookie).json()["csrf"]

        def replay(below: str, **fields: object) -> int:
            headers = {"content-type": FORM, **cookie}
            return client("POST", PATH + below, headers, urlencode(fields).encode()).status

        assert replay("/replay-delivery", number=2) == 403
        # There is no inbox, whose events have numbers of their own.
        assert replay("/replay", number=2, csrf=csrf) == 404
        for number in (1, 3, 99):
            assert replay("/replay-delivery", number=number, csrf=csrf) == 404, number
        assert [one.state for one in sender.deliveries()] == ["waiting", "dead", "delivered"]
        assert replay("/replay-delivery", number=2, csrf=csrf) == 200
        assert replay("/replay-delivery", number=2, csrf=csrf) == 404
        with sender:
            until(lambda: sender.counts()["delivered"] == 3)
        # What was delivered is not sent again because a page still shows it as dead.
        assert replay("/replay-delivery", number=2, csrf=csrf) == 404
        shown = client("GET", f"{PATH}/data", BEARER).json()["outbox"]
        assert shown["dead_letters"] == []
        assert len(shown["attempts"]) == 4
        metrics = client("GET", f"{PATH}/metrics", BEARER).body.decode()
        assert 'countersign_outbox_deliveries{endpoint="a",state="dead"} 0\n' in metrics
    assert sorted(sink.ids()) == ["msg_1", "msg_2", "msg_2", "msg_3"]


def test_without_a_sender_there_is_nothing_to_replay() -> None:
    monitor = Monitor()
    assert monitor.snapshot()["outbox"] is None
    assert "outbox" not in monitor.openmetrics()
    headers = [("authorization", f"Bearer {TOKEN}"), ("content-type", FORM)]
    answer = StatusPage(monitor, TOKEN).answer(
        "POST", f"{PATH}/replay-delivery", headers, b"number=1"
    )
    assert answer.status == 404


def ask(page: StatusPage, method: str, below: str, body: bytes = b"") -> tuple[int, str]:
    headers = [("authorization", f"Bearer {TOKEN}"), ("content-type", FORM)]
    answer = page.answer(method, PATH + below, headers, body)
    return answer.status, answer.body.decode()


def check_that_it_is_down(page: StatusPage) -> None:
    status, data = ask(page, "GET", "/data")
    assert (status, json.loads(data)["outbox"]) == (200, DOWN)
    status, metrics = ask(page, "GET", "/metrics")
    assert status == 200 and "\ncountersign_outbox_up 0\n" in metrics
    assert ask(page, "POST", "/replay-delivery", b"number=2")[0] == 503


def test_an_outbox_that_fails_does_not_take_the_page_down(
    path: Path, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    sender = filled(Sender(path, retry_policy=ONCE), sink)
    page = StatusPage(watching(sender), TOKEN)
    with sqlite3.connect(path) as database:
        for table in ("endpoint", "replay", "attempt", "delivery"):
            database.execute(f"ALTER TABLE countersign_{table} RENAME TO elsewhere_{table}")
    check_that_it_is_down(page)
    until(lambda: "outbox_unavailable" in caplog.text)
    with sqlite3.connect(path) as database:
        for table in ("endpoint", "replay", "attempt", "delivery"):
            database.execute(f"ALTER TABLE elsewhere_{table} RENAME TO countersign_{table}")
    assert ask(page, "POST", "/replay-delivery", b"number=2")[0] == 200


def test_a_sender_that_is_closed_is_opened_to_be_shown(path: Path, sink: Sink) -> None:
    sender = filled(Sender(path, retry_policy=ONCE), sink)
    monitor = watching(sender)
    sender.close()
    (letter,) = monitor.snapshot()["outbox"]["dead_letters"]
    assert letter["message_id"] == "msg_2"
    # And its attempts are counted as before.
    sender.close()
    with sender:
        until(lambda: sender.counts()["delivered"] == 2)
    sender.close()
    labels = {"endpoint": "a", "verdict": "delivered", "answer": "2xx"}
    assert value(monitor, "countersign_attempts_total", **labels) == 1


def test_a_sender_that_cannot_be_opened_does_not_take_the_page_down(
    path: Path, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    sender = filled(Sender(path, retry_policy=ONCE), sink)
    page = StatusPage(watching(sender), TOKEN)
    sender.close()
    content = path.read_bytes()
    path.write_text("not a database " * 1000)
    check_that_it_is_down(page)
    assert "the outbox failed: outbox_unavailable" in caplog.text
    assert "countersign.errors.DeliveryError" in caplog.text
    assert str(path) not in caplog.text
    path.write_bytes(content)
    assert len(json.loads(ask(page, "GET", "/data")[1])["outbox"]["dead_letters"]) == 1


def test_a_sender_counts_once_and_for_every_monitor(path: Path, sink: Sink) -> None:
    sender = Sender(path, retry_policy=ONCE)
    first, second = watching(sender), watching(sender)
    first.attach_sender(sender)
    filled(sender, sink)
    labels = {"endpoint": "a", "verdict": "delivered", "answer": "2xx"}
    for monitor in (first, second):
        assert value(monitor, "countersign_attempts_total", **labels) == 1


def test_the_outbox_of_the_last_sender_is_shown_and_all_are_counted(
    tmp_path: Path, sink: Sink
) -> None:
    monitor = Monitor(most_endpoints=1)
    for name in ("first", "last"):
        sender = Sender(tmp_path / name, retry_policy=ONCE)
        monitor.attach_sender(sender)
        sender.put_endpoint(sink.endpoint(name))
        with sender:
            sender.send(name, TYPE, {})
            until(lambda: sender.counts()["delivered"] == 1)  # noqa: B023
    (endpoint,) = monitor.snapshot()["outbox"]["endpoints"]
    assert endpoint["id"] == "last"
    # Of one endpoint its attempts are told apart.
    for name in ("first", "other"):
        labels = {"endpoint": name, "verdict": "delivered", "answer": "2xx"}
        assert value(monitor, "countersign_attempts_total", **labels) == 1


@pytest.mark.parametrize("wrong", [None, "outbox.db", object()])
def test_what_is_no_sender_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="AsyncSender"):
        Monitor().attach_sender(wrong)
    with pytest.raises(TypeError, match="most_endpoints"):
        Monitor(most_endpoints=0)


def test_a_sender_of_an_event_loop_is_shown(path: Path, sink: Sink) -> None:
    async def main() -> None:
        async with AsyncSender(path, retry_policy=ONCE) as sender:
            page = StatusPage(watching(sender), TOKEN)
            await sender.put_endpoint(sink.endpoint())
            sink.answers.append(400)
            await sender.send("a", TYPE, {}, id="msg_1")

            def replay() -> int:
                until(lambda: json.loads(ask(page, "GET", "/data")[1])["outbox"]["dead_letters"])
                return ask(page, "POST", "/replay-delivery", b"number=1")[0]

            # As the page is asked by `StatusAsgi`.
            assert await asyncio.to_thread(replay) == 200
            await asyncio.to_thread(sink.wait, 2)

    asyncio.run(main())
    assert sink.ids() == ["msg_1", "msg_1"]


@pytest.mark.parametrize("receives", [True, False])
def test_flask_shows_its_sender(path: Path, sink: Sink, receives: bool) -> None:
    settings = {"SENDER_DATABASE": f"sqlite:///{path}", "SENDER_RETRY_POLICY": "0.01/1"}
    if receives:
        settings |= {"SCHEME": "standard", "SECRET": SECRET}
    settings["STATUS_TOKEN"] = TOKEN
    app = Flask(__name__)
    countersign = Countersign()
    app.config.update({f"COUNTERSIGN_{key}": given for key, given in settings.items()})
    countersign.init_app(app)
    with app.app_context():
        sender = countersign.sender
    sender.put_endpoint(sink.endpoint())
    # The first request, which is one for the page, begins to deliver.
    client = app.test_client()
    assert client.get(f"{PATH}/data", headers=BEARER).get_json()["outbox"]["attempts"] == []
    sender.send("a", TYPE, {}, id="msg_1")
    until(lambda: sender.counts()["delivered"] == 1)
    assert sender.stop()
    data = client.get(f"{PATH}/data", headers=BEARER).get_json()
    assert [one["message_id"] for one in data["outbox"]["attempts"]] == ["msg_1"]
    assert data["outbox"]["endpoints"][0]["attempts"] == 1
    assert len(data["receivers"]) == receives
    assert sender.stop()


def test_flask_without_a_page_watches_no_sender(path: Path) -> None:
    app = Flask(__name__)
    app.config["COUNTERSIGN_SENDER_DATABASE"] = f"sqlite:///{path}"
    Countersign(app)
    assert app.extensions["countersign"].monitor.sender is None


def test_a_fork_finds_nobody_counting() -> None:
    monitor = Monitor()
    MonitorState.before_fork()
    waiting = threading.Thread(target=monitor.openmetrics)
    waiting.start()
    # It lets other threads run meanwhile, of which one may be about to fork.
    time.sleep(0.05)
    assert waiting.is_alive()
    MonitorState.after_fork()
    waiting.join(20)
    assert not waiting.is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_children_of_a_process_that_delivers_can_look(path: Path, sink: Sink) -> None:
    with Sender(path, endpoint_concurrency=64) as sender:
        monitor = watching(sender)
        sender.put_endpoint(sink.endpoint())
        sender.send_many([("a", TYPE, {"n": n}) for n in range(500)])
        sink.wait(10)
        for _ in range(30):
            child = os.fork()
            if child == 0:
                # The outbox is of the parent.
                is_down = "\ncountersign_outbox_up 0\n" in monitor.openmetrics()
                os._exit(0 if is_down else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        until(lambda: sender.counts()["delivered"] == 500)
    labels = {"endpoint": "a", "verdict": "delivered", "answer": "2xx"}
    assert value(monitor, "countersign_attempts_total", **labels) == 500
