"""Methods, content types, and bodies as they go over the connection."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case
from deliveries import FORM_TYPE, JSON_TYPE, PAID, case, delivery, of_scheme, paid, request
from fixtures import NOW, SAMPLES, Headers, github, standard

_TYPE = "unsupported_media_type"
_LARGE = "payload_too_large"


def _methods() -> List[Case]:
    def refused(method: str) -> Case:
        about = f"{method} delivers nothing."
        exchange = request("method_not_allowed", [], method=method)
        return case(f"method-{method.lower()}", about, [exchange])

    return [
        *(refused(method) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
        case("method-signed-put", "However well it is signed.",
             [delivery("method_not_allowed", method="PUT"), delivery("handled")], [paid()]),
    ]  # fmt: skip


def _types() -> List[Case]:
    def fits(called: str, about: str, value: Any) -> Case:
        return case(f"type-{called}", about, [delivery("handled", content_type=value)], [paid()])

    def fails(called: str, about: str, value: str) -> Case:
        exchanges = [delivery(_TYPE, content_type=value), delivery("handled")]
        return case(f"type-{called}", about, exchanges, [paid()])

    return [
        fits("charset", "Parameters are not looked at.", "application/json; charset=utf-8"),
        fits("capitals", "Without regard to case.", "Application/JSON"),
        fits("vendor", "A kind of JSON.", "application/vnd.acme.v1+json"),
        fits("none", "No type claims nothing.", None),
        fails("text", "Text is not JSON.", "text/plain"),
        fails("form", "Nor is a form.", FORM_TYPE[0][1]),
        fails("multipart", "Nor is a form of several parts.", "multipart/form-data; boundary=x"),
        case("type-form-or-json", "GitHub sends JSON or a form, and its bytes are signed.",
             [_github("handled", b"payload=%7B%22zen%22%3A%22a+b%22%7D&x=%24%26", FORM_TYPE),
              _github("duplicate", b'{"zen":"a b"}', JSON_TYPE),
              _github(_TYPE, b'{"zen":"a b"}', [("Content-Type", "text/plain")])],
             [("push", "msg_2a9f", "push")], handlers={"push": "succeed"}, **of_scheme("github")),
        case("type-twice", "A type that is sent twice is none.",
             [request(_TYPE, [("Content-Type", "text/plain"), *JSON_TYPE], PAID)]),
        case("type-twice-equal", "Nor if it is the same one twice.",
             [request(_TYPE, JSON_TYPE * 2, PAID)]),
    ]  # fmt: skip


def _github(want: str, body: bytes, content_type: Headers) -> Any:
    return request(want, [*content_type, *github(body)], body)


def _encodings() -> List[Case]:
    def encoded(want: str, value: str) -> Any:
        return delivery(want, more=[("Content-Encoding", value)])

    return [
        case("encoding-identity", "Identity is none.", [encoded("handled", "identity")], [paid()]),
        case("encoding-gzip", "What is packed is not unpacked.",
             [encoded(_TYPE, "gzip"), delivery("handled")], [paid()]),
        case("encoding-br", "Whatever with.", [encoded(_TYPE, "br")]),
        case("encoding-twice", "Of two encodings none is dropped.",
             [request(_TYPE, [*JSON_TYPE, ("Content-Encoding", "identity"),
                              ("Content-Encoding", "gzip")], PAID)]),
    ]  # fmt: skip


def _padded(size: int) -> bytes:
    return PAID[:-1] + b" " * (size - len(PAID)) + b"}"


def _limits() -> List[Case]:
    limit: Dict[str, Any] = {"body_limit": 512}
    chunked: Dict[str, Any] = {"framing": "chunked"}
    return [
        case("limit-length", "As long as the limit, and one byte longer.",
             [delivery(_LARGE, _padded(513)), delivery("handled", _padded(512))], [paid()],
             **limit),
        case("limit-chunked", "The same where no length is announced.",
             [delivery(_LARGE, _padded(513), **chunked),
              delivery("handled", _padded(512), **chunked)], [paid()], **limit),
        case("limit-chunked-endless", "A body without end is left at the limit.",
             [delivery(_LARGE, _padded(2048), framing="chunked-stall"), delivery("handled")],
             [paid()], **limit),
        case("limit-default", "A mebibyte, if nothing else is said.",
             [delivery(_LARGE, b"", framing="stall", announces=1024 * 1024 + 1),
              delivery("handled")], [paid()]),
        case("limit-large-body", "A body of many packets.",
             [delivery("handled", _padded(20_000)),
              delivery("handled", _padded(20_000), msg="msg_other", **chunked)],
             [paid(), paid("msg_other")]),
    ]  # fmt: skip


def _incomplete() -> List[Case]:
    def interrupted(called: str, about: str, want: str, **how: Any) -> Case:
        exchanges = [delivery(want, **how), delivery("handled")]
        return case(f"body-{called}", about, exchanges, [paid()])

    more = len(PAID) + 7
    return [
        interrupted("short", "The connection ends before the body: nothing is claimed.",
                    "incomplete_body", framing="short", announces=more),
        interrupted("chunked-short", "The same between two chunks.", "incomplete_body",
                    framing="chunked-short"),
        interrupted("stall", "The rest of the body does not come.", "body_timeout",
                    framing="stall", announces=more),
        interrupted("chunked-stall", "The next chunk does not come.", "body_timeout",
                    framing="chunked-stall"),
        case("body-chunked", "A body in chunks.", [delivery("handled", framing="chunked")],
             [paid()]),
        case("body-expect", "A sender that would wait for leave to send the body.",
             [delivery("handled", more=[("Expect", "100-continue")])], [paid()]),
        case("body-empty", "An empty body that is signed.",
             [delivery("payload_not_json", b"", says="empty")]),
        case("body-empty-unsigned", "One that is not.",
             [request("missing_header", JSON_TYPE, b"")]),
        case("body-chunked-empty", "The end alone, without a chunk.",
             [request("missing_header", JSON_TYPE, b"", framing="chunked")]),
    ]  # fmt: skip


def _bytes() -> List[Case]:
    def exact(called: str, about: str, body: bytes, want: str = "handled") -> Case:
        handled = [paid()] if want == "handled" else []
        return case(f"bytes-{called}", about, [delivery(want, body)], handled)

    return [
        exact("lines", "Line ends and white space as they were sent.",
              b'\r\n{ "type" :\t"invoice.paid",\r\n "data": 1.0e1 }\n\n'),
        exact("order", "Repeated and unordered names.",
              b'{"z":1,"a":2,"z":3,"type":"invoice.paid","\\u0062":4}'),
        exact("utf-8", "Text of other scripts.",
              '{"type":"invoice.paid","data":"\u79d8\u5bc6 \U0001f511 e\u0301"}'.encode()),
        exact("replacement", "Characters that templates and shells take for their own.",
              b'{"type":"invoice.paid","data":"$& $1 %s {0} \\\\ <b>"}'),
        exact("not-utf-8", "Bytes that are no text are verified as they are.",
              b'{"type":"invoice.paid","data":"\xff\xfe"}', "payload_not_utf8"),
        exact("byte-order-mark", "A byte order mark is neither dropped nor passed over.",
              b"\xef\xbb\xbf" + PAID, "payload_not_json"),
        case("bytes-header-case", "Names of headers in any case.", [
            request("handled", [(name.upper(), value) for name, value in
                                JSON_TYPE + standard(PAID)], PAID),
            request("duplicate", [(name.title(), value) for name, value in
                                  JSON_TYPE + standard(PAID, at=NOW - 1)], PAID)], [paid()]),
        case("bytes-query", "A query on the endpoint's URL changes nothing.",
             [request("handled", JSON_TYPE + SAMPLES["standard"].headers(), PAID,
                      query="a=%2F&hub.mode=subscribe")], [paid()]),
    ]  # fmt: skip


def cases() -> List[Case]:
    return [*_methods(), *_types(), *_encodings(), *_limits(), *_incomplete(), *_bytes()]
