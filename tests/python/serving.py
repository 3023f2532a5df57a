"""The status page behind real servers, and a client that sends requests to the letter."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

import pytest
import uvicorn
from countersign.django import status_urls
from countersign.flask import Countersign
from countersign.monitor import Monitor, StatusPage, StatusWsgi
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from flask import Flask
from werkzeug.serving import make_server

from conftest import SECRET
from django_project import project
from observed import TOKEN

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
def serving_asgi(application: Any, lifespan: Literal["on", "off"] = "on") -> Iterator[Client]:
    config = uvicorn.Config(application, port=0, log_level="warning", lifespan=lifespan)
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


@pytest.fixture
def monitor() -> Monitor:
    return Monitor()


@contextmanager
def serving_django(page: StatusPage, *, is_async: bool) -> Iterator[Client]:
    with project(status_urls(page)):
        if is_async:
            # Django's applications know no lifespan.
            with serving_asgi(get_asgi_application(), lifespan="off") as opened:
                yield opened
        else:
            with serving(get_wsgi_application()) as opened:
                yield opened


@pytest.fixture(params=["wsgi", "flask", "django", "django-asgi"])
def client(request: pytest.FixtureRequest, monitor: Monitor) -> Iterator[Client]:
    page = StatusPage(monitor, TOKEN)
    servers = {
        "wsgi": lambda: serving(StatusWsgi(page)),
        "flask": lambda: serving(make_flask()),
        "django": lambda: serving_django(page, is_async=False),
        "django-asgi": lambda: serving_django(page, is_async=True),
    }
    with servers[request.param]() as opened:
        yield opened
