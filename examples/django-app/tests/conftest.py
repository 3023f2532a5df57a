"""A running project, and requests as they arrive from providers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

import pytest
from countersign.testing import signed_request

FOLDER = Path(__file__).parents[1]
#: As the README runs it.
WSGI = [
    *(sys.executable, "-m", "waitress", "--listen=127.0.0.1:0", "--max-request-body-size=2097152"),
    *("--no-clear-untrusted-proxy-headers", "django_app.wsgi:application"),
]
ASGI = [
    *(sys.executable, "-m", "uvicorn", "--port=0", "--no-proxy-headers", "--lifespan=off"),
    "django_app.asgi:application",
]

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

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._log = log

    def log(self) -> str:
        """What the server wrote so far."""
        return self._log.read_text()

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
        return self.send("GET", "/webhooks/status/data", None, {"Authorization": authorization})

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


def environment(**changes: Optional[str]) -> dict[str, str]:
    """That of the tests, with settings without the prefix of their names; ``None`` is not set."""
    named: dict[str, Optional[str]] = {
        "GITHUB_SECRET": GITHUB_SECRET,
        "STRIPE_SECRET": STRIPE_SECRET,
        "STRIPE_OLD_SECRET": OLD_STRIPE_SECRET,
        "STATUS_TOKEN": STATUS_TOKEN,
        **changes,
    }
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")
    }
    given = {f"COUNTERSIGN_{name}": value for name, value in named.items() if value is not None}
    return {**inherited, "PYTHONUNBUFFERED": "1", **given}


Serve = Callable[..., Client]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serves the project with such settings until the test ends."""
    with ExitStack() as running:

        def start(command: list[str] = WSGI, **changes: Optional[str]) -> Client:
            log = tmp_path / f"{len(list(tmp_path.iterdir()))}.log"
            with log.open("w") as output:
                process = subprocess.Popen(
                    command,
                    cwd=FOLDER,
                    env=environment(**changes),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            running.callback(process.wait)
            running.callback(process.kill)
            until = time.monotonic() + 30
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until
                time.sleep(0.02)
            return Client(int(found[1]), log)

        yield start


@pytest.fixture(params=[WSGI, ASGI], ids=["wsgi", "asgi"])
def client(request: pytest.FixtureRequest, serve: Serve) -> Client:
    return serve(request.param)
