"""What the status page shows, and what it lets through."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from countersign import Event, Receiver, RetryPolicy, Webhook
from countersign.flask import Countersign
from countersign.inbox import Workers
from countersign.monitor import Monitor, StatusAsgi, StatusPage, StatusWsgi
from flask import Flask
from starlette.testclient import TestClient

from conftest import SECRET
from incoming import Delivery
from observed import TOKEN, FakeInbox, Letter, Source, watched

# `client` and `monitor` are fixtures.
from serving import BEARER, FORM, PATH, Client, client, log_in, make_flask, monitor, serving

T = TypeVar("T")


def test_methods(client: Client) -> None:
    for below, allowed in (
        ("", "GET"),
        ("/data", "GET"),
        ("/metrics", "GET"),
        ("/replay", "POST"),
        ("/replay-delivery", "POST"),
        ("/login", "POST"),
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"):
            if method != allowed:
                reply = client(method, PATH + below, BEARER)
                assert (reply.status, reply.headers["allow"]) == (405, allowed)


def test_headers_of_every_answer(client: Client) -> None:
    replies = [
        client("GET", PATH, BEARER),
        client("GET", PATH),
        client("GET", f"{PATH}/data", BEARER),
        client("GET", f"{PATH}/metrics", BEARER),
        client("GET", f"{PATH}/data"),
        client("POST", f"{PATH}/login", {"content-type": FORM}, b"token=wrong"),
        client("PUT", PATH),
    ]
    for reply in replies:
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["x-content-type-options"] == "nosniff"
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "access-control-allow-origin" not in reply.headers


class Inventory(HTMLParser):
    """What a page loads and runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.unlabelled: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset")
        ]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag == "th" and "scope" not in given:
            self.unlabelled.append(tag)
        if tag == "section" and "aria-labelledby" not in given:
            self.unlabelled.append(tag)


def test_pages_are_self_contained(client: Client) -> None:
    for headers in (BEARER, {}):
        reply = client("GET", PATH, headers)
        text = reply.body.decode()
        found = Inventory(text)
        assert found.links == ["data:,"]
        assert found.handlers == found.unlabelled == []
        assert "http:" not in text
        assert "https:" not in text
        for kind in ("script", "style"):
            for inline in re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL):
                digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
                assert (
                    f"{kind}-src 'sha256-{digest}'" in reply.headers["content-security-policy"]
                )
    for dangerous in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        ".href",
    ):
        assert dangerous not in text


ATTACK = "</script><img src=x onerror=alert(1)>\"'&\u2028"


def test_what_senders_choose_is_data_alone(monitor: Monitor) -> None:
    source = Source()
    monitor.watch(source, "source")  # type: ignore[arg-type]
    source.tell(event_type=ATTACK, event_id=ATTACK, result="handled")
    monitor.attach_inbox(FakeInbox(Letter(1, ATTACK, ATTACK)))
    with serving(StatusWsgi(StatusPage(monitor, TOKEN))) as client:
        for headers in (BEARER, {}):
            assert b"onerror" not in client("GET", PATH, headers).body
        reply = client("GET", f"{PATH}/data", BEARER)
        assert reply.headers["content-type"] == "application/json"
        data = reply.json()
        assert data["recent"][0]["event_type"] == ATTACK
        assert data["inbox"]["dead_letters"][0]["event_id"] == ATTACK


def test_replaying_needs_the_value_of_the_session(monitor: Monitor) -> None:
    inbox = FakeInbox(*(Letter(number, f"msg_{number}", "invoice.paid") for number in range(5)))
    monitor.attach_inbox(inbox)
    with serving(StatusWsgi(StatusPage(monitor, TOKEN))) as client:
        mine, other = log_in(client), log_in(client)
        csrf, of_other = (
            client("GET", f"{PATH}/data", {"cookie": cookie}).json()["csrf"]
            for cookie in (mine, other)
        )

        def replay(headers: dict[str, str], **fields: object) -> int:
            given = {"content-type": FORM, **headers}
            return client("POST", f"{PATH}/replay", given, urlencode(fields).encode()).status

        cookie = {"cookie": mine}
        assert replay(cookie, number=1) == 403
        assert replay(cookie, number=1, csrf="") == 403
        assert replay(cookie, number=1, csrf=of_other) == 403
        assert replay(cookie, number=1, csrf=mine.partition("=")[2]) == 403
        assert inbox.replayed == []
        assert replay(cookie, number=1, csrf=csrf) == 200
        assert replay(cookie, number=1, csrf=csrf) == 404
        assert replay(BEARER, number=2) == 200
        for number in ("", "-1", "1.0", "٣", "1e3", "9" * 19, "3\n", " 3"):
            assert replay(cookie, number=number, csrf=csrf) == 400, number
        assert (
            replay({**cookie, "content-type": "application/json"}, number=3, csrf=csrf) == 400
        )
        assert inbox.replayed == [1, 2]
        inbox.down = True
        assert replay(cookie, number=3, csrf=csrf) == 503


def test_there_is_nothing_to_replay_without_an_inbox(monitor: Monitor) -> None:
    page = StatusPage(monitor, TOKEN)
    headers = [("authorization", f"Bearer {TOKEN}"), ("content-type", FORM)]
    assert page.answer("POST", f"{PATH}/replay", headers, b"number=1").status == 404


def test_an_inbox_that_is_down_does_not_take_the_page_down(monitor: Monitor) -> None:
    monitor.attach_inbox(FakeInbox(down=True))
    page = StatusPage(monitor, TOKEN)
    for below in ("/data", "/metrics"):
        assert (
            page.answer("GET", PATH + below, [("authorization", f"Bearer {TOKEN}")]).status
            == 200
        )


def test_dead_letters_of_a_real_inbox(tmp_path: Path) -> None:
    app = make_flask(INBOX=f"sqlite:///{tmp_path}/inbox.db")
    state = app.extensions["countersign"]
    receiver, inbox = state.configured, state.inbox
    outcomes = iter([ValueError("of the first attempt"), None])
    ended = threading.Event()

    def fail_once(event: Event) -> None:
        error = next(outcomes)
        if error is not None:
            raise error
        ended.set()

    receiver.on("*", fail_once)
    workers = Workers(receiver, inbox, policy=RetryPolicy.exponential(1, attempts=1), poll=0.05)
    with serving(app) as client, workers:
        delivery = Delivery(receiver.webhook)
        assert receiver.receive(delivery).status == 200
        letter = wait_for(lambda: shown(client)["dead_letters"])[0]
        assert (letter["event_id"], letter["event_type"]) == ("msg_1", "invoice.paid")
        assert (letter["attempts"], letter["error"]) == (1, "builtins.ValueError")
        headers = {"content-type": FORM, **BEARER}
        body = urlencode({"number": letter["number"]}).encode()
        assert client("POST", f"{PATH}/replay", headers, body).status == 200
        assert ended.wait(10)
        wait_for(lambda: shown(client)["counts"]["handled"] == 1)
        # What was handled is not handled again because a page still shows it as dead.
        assert client("POST", f"{PATH}/replay", headers, body).status == 404
        metrics = client("GET", f"{PATH}/metrics", BEARER).body.decode()
        assert 'countersign_inbox_events{state="handled"} 1\n' in metrics


def shown(client: Client) -> Any:
    return client("GET", f"{PATH}/data", BEARER).json()["inbox"]


def wait_for(condition: Callable[[], T]) -> T:
    until = time.monotonic() + 20
    while not (met := condition()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return met


def test_flask_watches_all_receivers() -> None:
    app = make_flask(STATUS_PATH="/seen")
    second = Receiver(Webhook("standard", SECRET))
    countersign = Countersign()
    countersign.mount("/second", second)
    countersign.mount("/second/again", second)
    other = Flask(__name__)
    other.config["COUNTERSIGN_STATUS_TOKEN"] = TOKEN
    countersign.init_app(other)
    second.receive(Delivery(second.webhook))
    for application, path, name in ((app, "/seen", "/webhooks"), (other, PATH, "/second")):
        data = application.test_client().get(f"{path}/data", headers=BEARER).get_json()
        assert [receiver["name"] for receiver in data["receivers"]] == [name]
    assert data["receivers"][0]["requests"] == 1
    with pytest.raises(ValueError, match="status page"):
        countersign.mount(f"{PATH}/data", second)


def test_the_page_sees_what_is_delivered() -> None:
    app = make_flask()
    delivery = Delivery(Webhook("standard", SECRET), b'{"type":"invoice.paid"}')
    with serving(app) as client:
        headers = {str(name): str(value) for name, value in delivery.headers}
        assert client("POST", "/webhooks", headers, b'{"type":"invoice.paid"}').status == 200
        assert client("POST", "/webhooks", headers, b'{"type":"invoice.fake"}').status == 401
        recent = client("GET", f"{PATH}/data", BEARER).json()["recent"]
        assert [outcome["result"] for outcome in recent] == ["signature_mismatch", "ignored"]
        metrics = client("GET", f"{PATH}/metrics", BEARER).body.decode()
        assert 'result="signature_mismatch"} 1' in metrics


def test_asgi_serves_the_same(monitor: Monitor) -> None:
    watched(monitor)
    monitor.attach_inbox(FakeInbox(Letter(1, "msg_1", None)))
    application = StatusAsgi(StatusPage(monitor, TOKEN))
    with TestClient(application, base_url="https://testserver") as client:
        assert client.get(PATH).status_code == 401
        assert client.head(PATH).content == b""
        begun = client.post(f"{PATH}/login", data={"token": TOKEN}, follow_redirects=False)
        assert begun.headers["set-cookie"].endswith("; Secure")
        assert client.get(PATH).status_code == 200
        csrf = client.get(f"{PATH}/data").json()["csrf"]
        long = client.post(f"{PATH}/replay", data={"number": "1", "csrf": csrf + "x" * 5000})
        assert long.status_code == 413
        assert (
            client.post(f"{PATH}/replay", data={"number": "1", "csrf": csrf}).status_code == 200
        )
        assert client.get(f"{PATH}/data").json()["inbox"]["dead_letters"] == []
    with pytest.raises(TypeError), TestClient(application).websocket_connect(PATH):
        pytest.fail("a socket was opened")
