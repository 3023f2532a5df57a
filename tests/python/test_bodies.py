"""Bodies in every form."""

from __future__ import annotations

import array
import mmap
from typing import Any

import pytest
from countersign import ConfigurationError, Webhook

TEXT = '{"data":"grüße \U0001f600"}'
BODY = TEXT.encode()


class Bytes(bytes):
    def __bytes__(self) -> bytes:
        raise AssertionError("the object's own methods are not called")


class Bytearray(bytearray):
    def __bytes__(self) -> bytes:
        raise AssertionError("the object's own methods are not called")


class Text(str):
    def encode(self, *_: object, **__: object) -> bytes:
        raise AssertionError("the object's own methods are not called")


FORMS = {
    "bytes": BODY,
    "subclass of bytes": Bytes(BODY),
    "bytearray": bytearray(BODY),
    "subclass of bytearray": Bytearray(BODY),
    "memoryview": memoryview(BODY),
    "memoryview of a bytearray": memoryview(bytearray(BODY)),
    "slice of a memoryview": memoryview(b"x" + BODY + b"y")[1:-1],
    "every second byte": memoryview(b"".join(bytes([byte, 0]) for byte in BODY))[::2],
    "reversed": memoryview(BODY[::-1])[::-1],
    "two dimensions": memoryview(BODY + b" " * (-len(BODY) % 2)).cast("B", [2, -(-len(BODY) // 2)]),
    "str": TEXT,
    "subclass of str": Text(TEXT),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_the_same_body(webhook: Webhook, form: str) -> None:
    given: Any = FORMS[form]
    body = BODY + b" " * (-len(BODY) % 2) if form == "two dimensions" else BODY
    signed = webhook.sign(given, id="m", now=0)
    assert signed == webhook.sign(body, id="m", now=0)
    event = webhook.unwrap(given, signed, now=0)
    assert event.raw == body
    assert isinstance(event.raw, bytes)
    assert event.data == "grüße \U0001f600"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 10 * 1024 * 1024])
def test_any_size_is_verified(size: int) -> None:
    webhook = Webhook("github", "hush")
    body = b"x" * size
    headers = webhook.sign(body)
    for form in (body, bytearray(body), body.decode()):
        webhook.verify(form, headers)


def test_what_is_parsed_is_what_was_verified() -> None:
    webhook = Webhook("sha256", "hush")
    body = bytearray(b'{"type":"a","data":"kept"}')
    verified = webhook.verify(body, webhook.sign(body))
    body[:] = b'{"type":"b","data":"swap"}'
    event = verified.event()
    body[:] = b'{"type":"c","data":"more"}'
    assert (event.type, event.data) == ("a", "kept")


def test_buffers_are_free_afterwards(webhook: Webhook) -> None:
    body = bytearray(b"{}")
    verified = webhook.verify(body, webhook.sign(body, id="m"))
    body.extend(b" more")
    assert verified.event().raw == b"{}"


@pytest.mark.parametrize(
    "body",
    [None, {}, {"a": 1}, [], [1], (), 0, 1.5, True, object(), bytes, iter(b"ab"), range(3)]
    + [array.array("B", b"ab"), mmap.mmap(-1, 8)],
    ids=lambda body: type(body).__name__,
)
def test_parsed_bodies_are_refused(webhook: Webhook, body: Any) -> None:
    for call in (
        lambda: webhook.verify(body, {}),
        lambda: webhook.unwrap(body, {}),
        lambda: webhook.sign(body),
    ):
        with pytest.raises(ConfigurationError, match="request.get_data") as refused:
            call()
        assert refused.value.code == "unsupported_body"


@pytest.mark.parametrize("body", ["\ud800", "{}\udfff", "\udcff" * 100_000])
def test_lone_surrogates_are_refused(webhook: Webhook, body: str) -> None:
    with pytest.raises(ConfigurationError, match="lone surrogate") as refused:
        webhook.verify(body, {})
    assert refused.value.code == "unsupported_body"
    assert refused.value.__context__ is None


def test_a_released_buffer_is_refused(webhook: Webhook) -> None:
    view = memoryview(b"{}")
    view.release()
    with pytest.raises(TypeError, match="released"):
        webhook.verify(view, {})
