"""A receiver that verifies what it gets, and answers as it is told."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Iterator

import pytest
from countersign import Webhook, generate_secret

FOLDER = Path(__file__).parents[1]
SECRET = generate_secret()


class Receiver:
    """Counts what it takes, by id. ``refused`` are ids that are answered 400."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refused: set[str] = set()
        self.url = ""
        self._webhook = Webhook("standard", SECRET)
        self._lock = Lock()

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        event = self._webhook.unwrap(body, headers)
        assert event.type == "order.placed" and event.id is not None
        with self._lock:
            if event.id in self.refused:
                return 400
            self.taken[event.id] += 1
        return 204


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(body, dict(self.headers)))
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Pytest shows enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    yield receiver
    server.shutdown()
    server.server_close()


class Program:
    """The program, with an outbox of its own."""

    def __init__(self, outbox: Path, url: str) -> None:
        endpoint = {"url": url, "secret": SECRET, "event_types": ["order.*"]}
        self.settings = {
            "SENDER_ENDPOINTS": json.dumps({"customer-7": endpoint}),
            "SENDER_OUTBOX": str(outbox),
            "SENDER_ENCRYPTION_KEY": base64.b64encode(os.urandom(32)).decode(),
            "SENDER_RETRY_POLICY": "0.2/5",
            "SENDER_TIMEOUT": "1",
            "SENDER_ALLOW_LOCAL": "1",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("SENDER_")
        }
        return subprocess.Popen(
            [sys.executable, "-m", "sender_app", *arguments],
            cwd=FOLDER,
            env={**inherited, **self.settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out


@pytest.fixture
def program(tmp_path: Path, receiver: Receiver) -> Program:
    return Program(tmp_path / "outbox.db", receiver.url)
