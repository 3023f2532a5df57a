"""The status page, while the program delivers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Callable
from wsgiref.simple_server import WSGIServer, make_server

from countersign import Sender
from countersign.monitor import Monitor, StatusPage, StatusWsgi

from .settings import Settings, SettingsError

PATH = "/status"


class Server(ThreadingMixIn, WSGIServer):
    """For people on this machine. What others can reach is served by a server made for that."""

    daemon_threads = True


@contextmanager
def status_page(sender: Sender, settings: Settings, say: Callable[[str], None]) -> Iterator[None]:
    """Shows what this sender does, if there is a token."""
    if settings.status_token is None:
        yield
        return
    monitor = Monitor()
    monitor.attach_sender(sender)
    try:
        page = StatusPage(monitor, settings.status_token, PATH)
    except ValueError as error:
        raise SettingsError(f"SENDER_STATUS_TOKEN: {error}") from None
    try:
        server = make_server("127.0.0.1", settings.status_port, StatusWsgi(page), Server)
    except OSError as error:
        raise SettingsError(f"SENDER_STATUS_PORT: {error.strerror}") from None
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        say(f"status page at http://127.0.0.1:{server.server_port}{PATH}")
        yield
        server.shutdown()
