"""A running receiver, and requests as they arrive from providers."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from threading import Thread
from typing import Any, Callable, Iterator, Optional

import pytest
import uvicorn
from countersign.testing import signed_request
from fastapi_app import Settings, create_app

GITHUB_SECRET = "a secret, with a comma"
STRIPE_SECRET = "whsec_new"
OLD_STRIPE_SECRET = "whsec_old"
STATUS_TOKEN = "the token of the status page"
PUSH = {"ref": "refs/heads/main", "commits": [{"id": "1"}]}
INVOICE = {"id": "evt_1", "type": "invoice.paid", "data": {"object": {"amount_paid": 5}}}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: Any

    @property
    def word(self) -> str:
        """What became of the delivery: its ``status``, or the code of its refusal."""
        return str(self.body.get("status") or self.body["error"])


class Client:
    """Sends requests to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def push(
        self, payload: object = PUSH, id: str = "push-1", type: str = "push", **headers: str
    ) -> Answer:
        """Delivers as GitHub does."""
        named = {"X-GitHub-Event": type, "X-GitHub-Delivery": id, **headers}
        return self.deliver("github", GITHUB_SECRET, payload, named)

    def invoice(
        self, payload: object = INVOICE, secret: str = STRIPE_SECRET, **headers: str
    ) -> Answer:
        """Delivers as Stripe does."""
        return self.deliver("stripe", secret, payload, headers)

    def deliver(
        self, provider: str, secret: str, payload: object, headers: dict[str, str]
    ) -> Answer:
        request = signed_request(provider, secret, payload)
        sent = {name.lower(): value for name, value in request.headers.items()}
        sent.update({name.lower().replace("_", "-"): value for name, value in headers.items()})
        return self.send("POST", f"/webhooks/{provider}", request.body, sent)

    def status_data(self, authorization: str = f"Bearer {STATUS_TOKEN}") -> Answer:
        return self.send("GET", "/internal/status/data", None, {"Authorization": authorization})

    def send(
        self, method: str, path: str, body: Optional[bytes], headers: dict[str, str]
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        is_json = response.headers.get_content_type() == "application/json"
        return Answer(response.status, response.headers, json.loads(text) if is_json else text)


def settings(**changes: Optional[str]) -> Settings:
    """Settings as the environment has them, without the prefix of their names; ``None`` is not
    set."""
    named: dict[str, Optional[str]] = {
        "GITHUB_SECRET": GITHUB_SECRET,
        "STRIPE_SECRET": STRIPE_SECRET,
        "STRIPE_OLD_SECRET": OLD_STRIPE_SECRET,
        "STATUS_TOKEN": STATUS_TOKEN,
        **changes,
    }
    return Settings.from_environment(
        {f"COUNTERSIGN_{name}": value for name, value in named.items() if value is not None}
    )


Serve = Callable[..., Client]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves applications with such settings until the test ends."""
    with ExitStack() as running:

        def start(**changes: Optional[str]) -> Client:
            app = create_app(settings(**changes))
            config = uvicorn.Config(app, port=0, log_level="warning", proxy_headers=False)
            server = uvicorn.Server(config)
            thread = Thread(target=server.run)
            thread.start()
            running.callback(thread.join)
            running.callback(setattr, server, "should_exit", True)
            until = time.monotonic() + 20
            while not server.started:
                assert time.monotonic() < until and thread.is_alive()
                time.sleep(0.01)
            return Client(server.servers[0].sockets[0].getsockname()[1])

        yield start


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve()
