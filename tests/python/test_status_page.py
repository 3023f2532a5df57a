"""The status page: who may see it, at which paths, and what it lets through."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

import pytest
import uvicorn
from countersign import Receiver, Webhook
from countersign.flask import Countersign
from countersign.monitor import Monitor, StatusAsgi, StatusPage, StatusWsgi
from countersign.monitor.session import LIFETIME, Sessions
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from werkzeug.serving import make_server

from conftest import SECRET
from incoming import Delivery
from observed import TOKEN, FakeInbox, Letter, Source, watched

HERE = Path(__file__).parent
PATH = "/webhooks/status"
BEARER = {"authorization": f"Bearer {TOKEN}"}
FORM = "application/x-www-form-urlencoded"


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Sends requests to the letter: nothing is escaped, resolved or followed."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            given = {"content-length": str(len(body)), "connection": "close", **(headers or {})}
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()


@contextmanager
def serving(application: Any) -> Iterator[Client]:
    server = make_server("127.0.0.1", 0, application, threaded=True)
    with running(lambda: server.serve_forever(poll_interval=0.01), server.shutdown):
        yield Client(server.server_port)
    server.server_close()


@contextmanager
def serving_asgi(application: Any) -> Iterator[Client]:
    config = uvicorn.Config(application, port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    with running(server.run, stop):
        until = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        (listening,) = server.servers[0].sockets
        yield Client(listening.getsockname()[1])


@contextmanager
def running(run: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@pytest.fixture
def monitor() -> Monitor:
    return Monitor()


@pytest.fixture(params=["wsgi", "flask"])
def client(request: pytest.FixtureRequest, monitor: Monitor) -> Iterator[Client]:
    application: Any = StatusWsgi(StatusPage(monitor, TOKEN))
    if request.param == "flask":
        application = make_flask()
        application.extensions["countersign"].monitor.attach_inbox(FakeInbox())
    with serving(application) as opened:
        yield opened


def make_flask(**settings: Any) -> Flask:
    app = Flask(__name__)
    app.config.update(COUNTERSIGN_SCHEME="standard", COUNTERSIGN_SECRET=SECRET)
    app.config["COUNTERSIGN_STATUS_TOKEN"] = TOKEN
    app.config.update({f"COUNTERSIGN_{key}": value for key, value in settings.items()})
    Countersign(app)
    return app


def log_in(client: Client) -> str:
    """The cookie of a new session."""
    body = urlencode({"token": TOKEN}).encode()
    reply = client("POST", f"{PATH}/login", {"content-type": FORM}, body)
    assert reply.status == 303
    return reply.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("token", ["", "short", "x" * 15, " " * 20, "spaces around it ", "a\nb" * 9])
def test_a_token_that_keeps_nothing_closed_is_refused(monitor: Monitor, token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        StatusPage(monitor, token)
    with pytest.raises(ValueError, match="token"):
        make_flask(STATUS_TOKEN=token)


@pytest.mark.parametrize("token", [None, b"x" * 32, 7])
def test_a_token_is_text(monitor: Monitor, token: Any) -> None:
    with pytest.raises(TypeError):
        StatusPage(monitor, token)


@pytest.mark.parametrize("path", ["", "/", "status", "/status/", "//status", "/../status", "/a b", "/%61"])
def test_paths_with_several_spellings_are_refused(monitor: Monitor, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        StatusPage(monitor, TOKEN, path)


def test_without_a_token_there_is_no_page() -> None:
    app = make_flask(STATUS_TOKEN=None)
    with serving(app) as client:
        assert [client("GET", PATH + below).status for below in ("", "/data", "/metrics")] == [404] * 3


def test_strangers_see_the_form_and_nothing_else(client: Client) -> None:
    reply = client("GET", PATH)
    assert reply.status == 401
    assert b"<form" in reply.body
    assert b"<script" not in reply.body
    assert b"ountersign" not in reply.body
    for below in ("/data", "/metrics"):
        reply = client("GET", PATH + below)
        assert (reply.status, reply.body) == (401, b"Unauthorized")
    body = urlencode({"number": 1}).encode()
    assert client("POST", f"{PATH}/replay", {"content-type": FORM}, body).status == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f"Basic {TOKEN}",
        f"Basic {base64.b64encode(f':{TOKEN}'.encode()).decode()}",
        f'Bearer "{TOKEN}"',
        TOKEN,
        "Bearer \xff\xfe",
    ],
)
def test_wrong_tokens_are_all_the_same(client: Client, authorization: str) -> None:
    reply = client("GET", f"{PATH}/data", {"authorization": authorization})
    assert (reply.status, reply.body) == (401, b"Unauthorized")
    # Nor does a session help who sends a wrong token.
    both = {"authorization": authorization, "cookie": log_in(client)}
    assert client("GET", f"{PATH}/data", both).status == 401


def test_the_bearer_of_the_token_sees_everything(client: Client) -> None:
    for below, kind in (("", "text/html"), ("/data", "application/json"), ("/metrics", "application/openmetrics-text")):
        reply = client("GET", PATH + below, BEARER)
        assert reply.status == 200
        assert reply.headers["content-type"].startswith(kind)
    assert client("GET", PATH, {"authorization": f"bearer  {TOKEN}"}).status == 200


def test_tokens_may_have_letters_of_all_alphabets(monitor: Monitor) -> None:
    token = "žluťoučký kůň 🐎 úpěl"
    with serving(StatusWsgi(StatusPage(monitor, token))) as client:
        sent = {"authorization": f"Bearer {token}".encode().decode("latin-1")}
        assert client("GET", f"{PATH}/data", sent).status == 200
        body = urlencode({"token": token}).encode()
        assert client("POST", f"{PATH}/login", {"content-type": FORM}, body).status == 303
        raw = b"token=" + token.replace(" ", "+").encode()
        assert client("POST", f"{PATH}/login", {"content-type": FORM}, raw).status == 303


def test_the_form_begins_a_session(client: Client) -> None:
    body = urlencode({"token": TOKEN}).encode()
    reply = client("POST", f"{PATH}/login", {"content-type": FORM}, body)
    assert reply.status == 303
    assert urljoin(f"http://host/prefix{PATH}/login", reply.headers["location"]) == (
        f"http://host/prefix{PATH}"
    )
    name, *flags = reply.headers["set-cookie"].split("; ")
    assert flags == [f"Max-Age={LIFETIME}", "HttpOnly", "SameSite=Strict"]
    assert TOKEN not in name
    assert client("GET", PATH, {"cookie": f"other=1; {name}"}).status == 200
    data = client("GET", f"{PATH}/data", {"cookie": name}).json()
    assert len(data["csrf"]) == 64
    assert data["csrf"] not in name


def test_the_form_works_under_a_prefix(client: Client) -> None:
    for method, below in (("GET", ""), ("POST", "/login")):
        reply = client(method, PATH + below, {"content-type": FORM}, b"token=wrong")
        assert reply.status == 401
        (action,) = re.findall(r'action="([^"]*)"', reply.body.decode())
        assert urljoin(f"http://host/prefix{PATH}{below}", action) == f"http://host/prefix{PATH}/login"


def test_a_cookie_over_https_is_secure(monitor: Monitor) -> None:
    page = StatusPage(monitor, TOKEN)
    body = urlencode({"token": TOKEN}).encode()
    answer = page.answer("POST", f"{PATH}/login", [("content-type", FORM)], body, secure=True)
    assert dict(answer.headers)["set-cookie"].endswith("; Secure")


def test_wrong_logins(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    for body in (b"", b"token=", b"token=wrong", b"Token=" + TOKEN.encode(), b"token=%ff%fe"):
        reply = client("POST", f"{PATH}/login", {"content-type": FORM}, body)
        assert reply.status == 401
        assert "set-cookie" not in reply.headers
    logged = [record.levelno for record in caplog.records if record.name == "countersign"]
    assert logged == [logging.WARNING] * 5
    assert "wrong" not in caplog.text
    right = urlencode({"token": TOKEN}).encode()
    assert client("POST", f"{PATH}/login", {"content-type": "text/plain"}, right).status == 400
    assert client("POST", f"{PATH}/login?{right.decode()}", {"content-type": FORM}).status == 401
    many = b"&".join([b"a=1"] * 20) + b"&" + right
    assert client("POST", f"{PATH}/login", {"content-type": FORM}, many).status == 400
    long = right + b"&a=" + b"x" * 5000
    assert client("POST", f"{PATH}/login", {"content-type": FORM}, long).status == 413
    # A query never counts: it is in the logs of servers.
    assert client("GET", f"{PATH}?{right.decode()}").status == 401


def test_sessions_cannot_be_forged(client: Client) -> None:
    name, _, session = log_in(client).partition("=")
    expires, identity, mac = session.split(".")
    later = str(int(expires) + 1)
    forged = [
        "",
        ".",
        "..",
        session[:-1],
        session + "0",
        session.upper(),
        f"{later}.{identity}.{mac}",
        f"{expires}.{identity}0.{mac}",
        f"{expires}.{identity}.",
        f"{identity}.{expires}.{mac}",
        f'"{session}"',
        "\xff" * 40,
        Sessions("another token of 16 characters").begin(),
        Sessions(TOKEN, lambda: 0).begin(),
    ]
    for value in forged:
        assert client("GET", f"{PATH}/data", {"cookie": f"{name}={value}"}).status == 401, value
    # One that was put beside it by another application of the host does not shut us out.
    assert client("GET", f"{PATH}/data", {"cookie": f"{name}=x; {name}={session}"}).status == 200


def test_sessions_end(monitor: Monitor) -> None:
    now = [1_700_000_000.0]
    page = StatusPage(monitor, TOKEN, clock=lambda: now[0])
    body = urlencode({"token": TOKEN}).encode()
    headers = dict(page.answer("POST", f"{PATH}/login", [("content-type", FORM)], body).headers)
    cookie = [("Cookie", headers["set-cookie"].partition(";")[0])]
    assert page.answer("GET", PATH, cookie).status == 200
    # Another process with the same token.
    assert StatusPage(monitor, TOKEN, clock=lambda: now[0]).answer("GET", PATH, cookie).status == 200
    now[0] += LIFETIME
    assert page.answer("GET", PATH, cookie).status == 401


SPELLINGS = [
    "/webhooks/status/",
    "/webhooks/status/data/",
    "/webhooks/status//data",
    "/webhooks//status",
    "/webhooks//status/data",
    "/webhooks/./status",
    "/webhooks/x/../status",
    "/webhooks/status/../status",
    "/webhooks/x/%2e%2e/status",
    "/webhooks/x/%2E%2E/status/data",
    "/webhooks%2fstatus",
    "/webhooks/%73tatus",
    "/webhooks/status/%64ata",
    "/webhooks/status%00",
    "/webhooks/status/data%00.css",
    "/webhooks/status%20",
    "/webhooks/status%2f",
    "/webhooks/status%3Fdata",
    "/webhooks/status%0a",
    "/webhooks/status;x",
    "/webhooks/status;x/data",
    "/webhooks;x/status/data",
    "/webhooks/status/data;x=1",
    "/webhooks/status/data.json",
    "/webhooks/Status",
    "/WEBHOOKS/STATUS",
    "/webhooks/status/DATA",
    "/webhooks/status/data/data",
    "/webhooks/status/status.html",
    "/webhooks/status/page.py",
    "/webhooks\\status",
    "/webhooks/status\\data",
    "/webhooks/statu%CF%82",
    "/x/webhooks/status",
    "/status",
    "/",
]
#: What the development servers of Python shorten before any application sees it.
DOUBLED = ["//webhooks/status", "///webhooks/status/data", "//webhooks//status"]


@pytest.mark.parametrize("target", SPELLINGS)
def test_other_spellings_are_not_found(client: Client, target: str) -> None:
    for method in ("GET", "POST"):
        reply = client(method, target, BEARER)
        assert reply.status == 404, (method, target)
        assert TOKEN.encode() not in reply.body


@pytest.mark.parametrize("target", SPELLINGS + DOUBLED)
def test_other_spellings_are_not_found_where_servers_tell_them(monitor: Monitor, target: str) -> None:
    application = StatusWsgi(StatusPage(monitor, TOKEN))
    for name in ("RAW_URI", "REQUEST_URI"):
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            # What a server might make of it at worst.
            "PATH_INFO": f"{PATH}/data" if "%" in target or "//" in target else target,
            "wsgi.url_scheme": "http",
            "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
            name: target,
        }
        application(environ, lambda status, headers: statuses.append(status))  # type: ignore[arg-type, return-value]
        assert statuses == ["404 Not Found"]


def test_other_spellings_are_not_found_behind_gunicorn() -> None:
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--chdir", str(HERE)]
    server = subprocess.Popen([*command, "status_server:application"], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        found = (re.search(r"http://127.0.0.1:(\d+)", line) for line in server.stderr)
        port = next(match for match in found if match is not None)
        client = Client(int(port[1]))
        assert client("GET", f"{PATH}/data", BEARER).status == 200
        for target in SPELLINGS + DOUBLED:
            assert client("GET", target, BEARER).status == 404, target
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.parametrize("prefix", ["", "/internal"])
def test_other_spellings_are_not_found_in_asgi(monitor: Monitor, prefix: str) -> None:
    application: Any = StatusAsgi(StatusPage(monitor, TOKEN))
    if prefix:
        application = Starlette(routes=[Mount(prefix, app=application)])
    with serving_asgi(application) as client:
        assert client("GET", f"{prefix}{PATH}/data?x=1", BEARER).status == 200
        for target in SPELLINGS + DOUBLED:
            assert client("GET", prefix + target, BEARER).status == 404, target


def test_methods(client: Client) -> None:
    for below, allowed in (("", "GET"), ("/data", "GET"), ("/metrics", "GET"), ("/replay", "POST"), ("/login", "POST")):
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
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
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
                assert f"{kind}-src 'sha256-{digest}'" in reply.headers["content-security-policy"]
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", ".href"):
        assert dangerous not in text


ATTACK = '</script><img src=x onerror=alert(1)>"\'&\u2028'


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
        assert replay({**cookie, "content-type": "application/json"}, number=3, csrf=csrf) == 400
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
        assert page.answer("GET", PATH + below, [("authorization", f"Bearer {TOKEN}")]).status == 200


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
        assert client.post(f"{PATH}/replay", data={"number": "1", "csrf": csrf}).status_code == 200
        assert client.get(f"{PATH}/data").json()["inbox"]["dead_letters"] == []
    with pytest.raises(TypeError), TestClient(application).websocket_connect(PATH):
        pytest.fail("a socket was opened")
