"""A server that takes what is sent, and answers as it is told."""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from countersign import Event, Webhook
from countersign.sender import Endpoint

from conftest import SECRET
from inboxes import until


class Arrival(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    def event(self, secret: str = SECRET) -> Event:
        return Webhook("standard", secret).unwrap(self.body, self.headers)


class Sink:
    """What arrived, and what is answered: the next of ``answers``, or ``status``."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.status = 200
        self.answers: deque[int] = deque()
        #: How long an answer takes, in seconds.
        self.delay = 0.0
        self.port = 0

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def endpoint(self, id: str = "a", **settings: Any) -> Endpoint:
        given = {"secret": SECRET, "allow_http": True, "allow_networks": ["127.0.0.1"], **settings}
        return Endpoint(id, given.pop("url", self.url(f"/{id}")), **given)

    def wait(self, count: int) -> list[Arrival]:
        until(lambda: len(self.arrivals) >= count)
        return self.arrivals

    def ids(self) -> list[str]:
        return [arrival.headers["webhook-id"] for arrival in list(self.arrivals)]


@contextmanager
def sinking(tls: ssl.SSLContext | None = None) -> Iterator[Sink]:
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.arrivals.append(Arrival(self.path, headers, body))
            if sink.delay:
                time.sleep(sink.delay)
            self.send_response(sink.answers.popleft() if sink.answers else sink.status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *values: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            # Whoever sent was killed.
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    sink.port = server.server_port
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
