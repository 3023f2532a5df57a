"""WSGI behind a real server, with clients that do not behave."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from countersign import RateLimit, Receiver, Webhook
from countersign.wsgi import EnvironRequest, WsgiReceiver
from werkzeug.serving import make_server

from conftest import SECRET
from incoming import BODY

WEBHOOK = Webhook("standard", SECRET)


def environ(body: bytes, **more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/mounted",
        "PATH_INFO": "/a b\xc3\xbc",
        "QUERY_STRING": "x=1&y=%20",
        "HTTP_HOST": "hooks.example.com",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        **more,
    }


def test_the_url_is_as_it_was_sent() -> None:
    assert EnvironRequest(environ(b"")).url == (
        "https://hooks.example.com/mounted/a%20b%C3%BC?x=1&y=%20"
    )
    raw = environ(b"", RAW_URI="/mounted/a%20b?x=1")
    assert EnvironRequest(raw).url == "https://hooks.example.com/mounted/a%20b?x=1"


@pytest.mark.parametrize(
    ("body", "more", "code"),
    [
        (b"12345", {"CONTENT_LENGTH": "9"}, "incomplete_body"),
        (b"123456789", {"CONTENT_LENGTH": "9"}, "payload_too_large"),
        (b"123456789", {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, "payload_too_large"),
    ],
)
def test_bodies_that_are_refused(body: bytes, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Exception) as refused:
        EnvironRequest(environ(body, **more)).read_body(8, 10)
    assert getattr(refused.value, "code", None) == code


def test_bodies_that_are_read() -> None:
    terminated = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert EnvironRequest(environ(b"12345678")).read_body(8, 10) == b"12345678"
    assert EnvironRequest(environ(b"12345678", **terminated)).read_body(8, 10) == b"12345678"
    # Where a length is missing, and nothing says where the body ends, there is none.
    assert EnvironRequest(environ(b"123", CONTENT_LENGTH="")).read_body(8, 10) == b""


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "0" * 4400 + "11", "-1", "+1", " 1", "1_0", "x"])
def test_what_is_no_length_is_none(length: str) -> None:
    assert EnvironRequest(environ(b"123", CONTENT_LENGTH=length)).read_body(8, 10) == b""


def test_no_more_than_the_limit_is_held() -> None:
    class Endless:
        longest = 0

        def read(self, size: int) -> bytes:
            self.longest = max(self.longest, size)
            return b"x" * size

    stream = Endless()
    request = EnvironRequest(
        environ(b"", CONTENT_LENGTH="", **{"wsgi.input": stream, "wsgi.input_terminated": True})
    )
    with pytest.raises(Exception) as refused:
        request.read_body(100, 10)
    assert getattr(refused.value, "code", None) == "payload_too_large"
    assert stream.longest == 101


@pytest.fixture
def server() -> Iterator[Any]:
    receiver = Receiver(WEBHOOK, body_limit=1000, body_timeout=0.5, rate_limit=RateLimit(500, 60))
    receiver.on("*", lambda event: None)
    running = make_server("127.0.0.1", 0, WsgiReceiver(receiver), threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()


def talk(server: Any, *pieces: bytes, pause: float = 0, ends: bool = False) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), 20) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        if ends:
            # This server reads on after its answer, until nothing comes any more.
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            pass
    return answer


def head(*lines: str, body: bytes = BODY) -> bytes:
    signed = [f"{name}: {value}" for name, value in WEBHOOK.sign(body, id="msg_1").items()]
    fixed = ["POST / HTTP/1.1", "Host: localhost", "Connection: close"]
    kind = ["Content-Type: application/json"]
    return "\r\n".join([*fixed, *kind, *signed, *lines, "", ""]).encode()


def test_a_slow_body_is_given_up(server: Any) -> None:
    start = time.monotonic()
    pieces = [BODY[at : at + 1] for at in range(len(BODY))]
    answer = talk(server, head(f"Content-Length: {len(BODY)}"), *pieces, pause=0.1)
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert time.monotonic() - start < 10
    silent = talk(server, head(f"Content-Length: {len(BODY)}"))
    assert b"body_timeout" in silent


def test_a_body_in_chunks_past_the_limit(server: Any) -> None:
    chunk = b"100\r\n" + b"x" * 256 + b"\r\n"
    answer = talk(server, head("Transfer-Encoding: chunked"), *[chunk] * 8, ends=True)
    assert b"payload_too_large" in answer
    whole = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    assert b'"handled"' in talk(server, head("Transfer-Encoding: chunked"), whole)


def test_a_bomb_is_not_unpacked(server: Any) -> None:
    answer = talk(server, head("Content-Encoding: gzip", "Content-Length: 10"))
    assert b"unsupported_media_type" in answer


def test_ten_thousand_callers_are_forgotten_again() -> None:
    from countersign import AddressPolicy
    from countersign.receiver import MemoryRateStore

    rates = MemoryRateStore(capacity=500)
    receiver = Receiver(
        WEBHOOK,
        address=AddressPolicy(trusted_proxies=["10.0.0.1"]),
        rate_limit=RateLimit(5, 60),
        rate_store=rates,
    )
    application = WsgiReceiver(receiver)
    for number in range(10_000):
        caller = f"2001:db8:{number:x}::1"
        given = environ(BODY, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=caller)
        application(given, lambda *_: None)  # type: ignore[arg-type]
    assert len(rates) == 500
