"""Receives in every WSGI server.

>>> from countersign import Receiver, Webhook
>>> from countersign.wsgi import WsgiReceiver
>>> receiver = Receiver(Webhook("github", "hush"))
>>> receiver.on("push", lambda event: print(event.id))
>>> application = WsgiReceiver(receiver)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from countersign._countersign import Answer, refusal
from countersign.receiver.framing import declared_length, header_list
from countersign.receiver.receiver import Receiver
from countersign.receiver.watch import Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["EnvironRequest", "WsgiReceiver"]

_CHUNK = 64 * 1024


class WsgiReceiver:
    """A WSGI application that gives each request to the receiver."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = self._receiver.receive(EnvironRequest(environ))
        start_response(status_line(answer), header_list(answer))
        # An answer to HEAD has no body.
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def status_line(answer: Answer) -> str:
    return f"{answer.status} {HTTPStatus(answer.status).phrase}"


class _Readable(Protocol):
    def read(self, size: int) -> bytes: ...


class EnvironRequest:
    """A request as the environment of WSGI describes it."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._environ = environ

    @property
    def method(self) -> str:
        method: str = self._environ["REQUEST_METHOD"]
        return method

    @property
    def url(self) -> str:
        environ = self._environ
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
        # As it was sent, where the server tells; WSGI itself gives the path decoded.
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if not target or not target.startswith("/"):
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            query = environ.get("QUERY_STRING", "")
            target = quote(path.encode("latin-1")) + (f"?{query}" if query else "")
        return f"{environ['wsgi.url_scheme']}://{host}{target}"

    @property
    def headers(self) -> list[tuple[str | bytes, str | bytes]]:
        names = ("CONTENT_TYPE", "CONTENT_LENGTH")
        return [
            ((name if name in names else name[5:]).replace("_", "-").lower(), value)
            for name, value in self._environ.items()
            if name in names or name.startswith("HTTP_")
        ]

    @property
    def peer(self) -> str | None:
        return self._environ.get("REMOTE_ADDR") or None

    def header(self, name: str) -> list[str]:
        # Servers join what was sent several times, as RFC 9110 section 5.3 describes.
        key = name.upper().replace("-", "_")
        value = self._environ.get(
            key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        )
        return [value] if value else []

    def read_body(self, limit: int, timeout: float) -> bytes:
        environ = self._environ
        stream: _Readable = environ["wsgi.input"]
        declared = declared_length(environ.get("CONTENT_LENGTH"))
        if declared is None and not environ.get("wsgi.input_terminated"):
            # Without either, reading would wait for the next request of the connection.
            return b""
        connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        watch = nullcontext() if connection is None else Watch(connection, timeout)
        with watch:
            return _read(stream, declared, limit, timeout, watch)


def _read(
    stream: _Readable,
    declared: int | None,
    limit: int,
    timeout: float,
    watch: Watch | nullcontext[None],
) -> bytes:
    until = time.monotonic() + timeout
    body = bytearray()
    while declared is None or len(body) < declared:
        wanted = limit + 1 if declared is None else min(declared, limit + 1)
        try:
            piece = stream.read(min(_CHUNK, wanted - len(body)))
        except Exception:
            # Whatever the server calls it: the connection ended, or the body's framing is broken.
            piece = None
        if time.monotonic() >= until or (isinstance(watch, Watch) and watch.expired):
            raise refusal("body_timeout")
        if piece is None or (not piece and declared is not None):
            raise refusal("incomplete_body")
        if not piece:
            break
        body += piece
        if len(body) > limit:
            raise refusal("payload_too_large", limit)
    return bytes(body)
