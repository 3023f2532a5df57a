"""Requests byte by byte, as no well-behaved client would send all of them."""

from __future__ import annotations

import base64
import socket
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Dict, List, Sequence, Tuple

Json = Dict[str, Any]
Headers = List[Tuple[str, str]]

SECONDS = 40
"""How long an answer may take: longer than the longest wait of a receiver."""
_PIECES = 3
"""In how many chunks a chunked body is sent."""


@dataclass(frozen=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Headers
    body: str


@dataclass(frozen=True)
class NoAnswer:
    """Why nothing came back."""

    reason: str


def request_bytes(request: Json, path: str, authority: str) -> bytes:
    """Everything that is sent, over a connection of its own."""
    framing = request.get("framing", "length")
    body = base64.b64decode(request["body_b64"]) if "body_b64" in request else None
    target = path + ("?" + request["query"] if "query" in request else "")
    lines = [f"{request['method']} {target} HTTP/1.1", f"Host: {authority}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request["headers"]]
    if body is not None and framing.startswith("chunked"):
        lines.append("Transfer-Encoding: chunked")
        body = _chunks(body, ends=framing == "chunked")
    elif body is not None:
        lines.append(f"Content-Length: {request.get('announces', len(body))}")
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1") + (body or b"")


def _chunks(body: bytes, ends: bool) -> bytes:
    size = len(body) // _PIECES + 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    written = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return written + (b"0\r\n\r\n" if ends else b"")


def exchange(
    address: Tuple[str, int], requests: Sequence[Json], path: str
) -> List[Answer | NoAnswer]:
    """Sends the requests at the same moment, each over a connection of its own, and reads what
    comes back, in the order of the requests."""
    return exchange_with([(address, request) for request in requests], path)


def exchange_with(
    sent: Sequence[Tuple[Tuple[str, int], Json]], path: str
) -> List[Answer | NoAnswer]:
    """The same with several servers, given with each request."""
    requests = [request for _, request in sent]
    connections = [socket.create_connection(address, timeout=SECONDS) for address, _ in sent]
    try:
        written = [request_bytes(one, path, f"{host}:{port}") for (host, port), one in sent]
        # A request begins to count with its last byte, so the last bytes go out together.
        for connection, data in zip(connections, written):
            _send(connection, data[:-1])
        for connection, data in zip(connections, written):
            _send(connection, data[-1:])
        for connection, request in zip(connections, requests):
            if request.get("framing", "").endswith("short"):
                connection.shutdown(socket.SHUT_WR)
        return [_read(*pair) for pair in zip(connections, requests)]
    finally:
        for connection in connections:
            connection.close()


def _send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except ConnectionError:
        # The server has answered already and wants no more: its answer is there to be read.
        return


def _read(connection: socket.socket, request: Json) -> Answer | NoAnswer:
    response = HTTPResponse(connection, method=request["method"])
    try:
        response.begin()
        body = response.read()
    except TimeoutError:
        return NoAnswer(f"nothing within {SECONDS} s")
    except (ConnectionError, HTTPException) as error:
        return NoAnswer(f"the connection ended ({type(error).__name__})")
    finally:
        response.close()
    headers = [(name.lower(), value) for name, value in response.getheaders()]
    return Answer(response.status, headers, body.decode("utf-8", "backslashreplace"))
