"""A running receiver, and requests as they arrive from a provider."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from threading import Thread
from typing import Any, Callable, Iterator, Optional

import pytest
from countersign.testing import SignedRequest, signed_request
from flask import Flask
from flask_app import Settings, create_app
from werkzeug.serving import make_server

SECRET = "a new secret, with a comma"
OLD_SECRET = "an old secret"
TOKEN = "the token of the list"
STATUS_TOKEN = "the token of the status page"
PAYMENT = {
    "id": "evt_1",
    "type": "payment.succeeded",
    "timestamp": 1700000000,
    "data": {"amount": 5},
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["error"])


class Client:
    """Sends requests to a server on this machine."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        return self.send("POST", "/webhooks", body, headers)

    def deliver(self, payload: object, secret: str = SECRET, **headers: str) -> Answer:
        request = signed(payload, secret)
        more = {"Content-Type": "application/json", **headers}
        sent = dict(request.headers)
        for name, value in more.items():
            sent[name.lower().replace("_", "-")] = value
        return self.post(request.body, sent)

    def list(self, authorization: Optional[str] = f"Bearer {TOKEN}") -> Answer:
        headers = {} if authorization is None else {"Authorization": authorization}
        return self.send("GET", "/webhooks/events", None, headers)

    def send(
        self, method: str, path: str, body: Optional[bytes], headers: dict[str, str]
    ) -> Answer:
        connection = HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        is_json = response.headers.get_content_type() == "application/json"
        return Answer(response.status, response.headers, json.loads(text) if is_json else text)

    def send_raw(self, request: bytes) -> bytes:
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def signed(payload: Any, secret: str = SECRET) -> SignedRequest:
    return signed_request("sha256", secret, payload)


def settings(**changes: str) -> Settings:
    """Settings as the environment has them, without the prefix of their names."""
    named = {
        "SCHEME": "sha256",
        "SECRET": SECRET,
        "OLD_SECRET": OLD_SECRET,
        "EVENTS_TOKEN": TOKEN,
        "STATUS_TOKEN": STATUS_TOKEN,
        **changes,
    }
    return Settings.from_environment({f"COUNTERSIGN_{name}": named[name] for name in named})


def application(**changes: str) -> Flask:
    """The application under test, with a handler that goes wrong."""
    app = create_app(settings(**changes))

    @app.extensions["countersign"].configured.on("order.failing")
    def fail(event: object) -> None:
        raise RuntimeError("private particulars", event)

    return app


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


@pytest.fixture
def app() -> Flask:
    return application()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], Client]]:
    """Serves applications until the test ends."""
    with ExitStack() as running:

        def start(app: Flask) -> Client:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            running.callback(server.server_close)
            running.callback(thread.join)
            running.callback(server.shutdown)
            return Client("127.0.0.1", server.server_port)

        yield start


@pytest.fixture
def client(app: Flask, serve: Callable[[Flask], Client]) -> Client:
    return serve(app)
