"""Payloads that are forms, and schemes that take either."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Union

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, TEXT_SECRET, sha256_equals, slack

_NOT_JSON = "payload_not_json"
_BAD = "malformed_field"
_NEITHER = "the payload is neither JSON nor a form"
Stated = Union[str, Mapping[str, Any]]

_FORM_SCHEME: Dict[str, Any] = {
    "name": "form",
    "headers": {"signature": "x-signature"},
    "prefix": "sha256=",
    "payload": "form",
    "event_id": "body:id",
    "event_type": "body:event.type",
    "event_time": "body:at",
    "data": "data",
}


def _form(called: str, about: str, event: Stated, text: str, says: Optional[str] = None,
          **parts: Any) -> Case:  # fmt: skip
    body = text.encode("utf-8")
    return verify_case(
        f"payload-form-{called}", about, "accept", scheme={**_FORM_SCHEME, **parts},
        secrets=[TEXT_SECRET], headers=[("x-signature", sha256_equals(body))], body=body,
        now=NOW, event=event, event_says=says,
    )  # fmt: skip


def _slack(called: str, about: str, event: Stated, body: bytes, says: Optional[str] = None) -> Case:
    return verify_case(
        f"payload-either-{called}", about, "accept", scheme="slack",
        secrets=[SAMPLES["slack"].secret], headers=slack(body), body=body, now=NOW,
        event=event, event_says=says,
    )  # fmt: skip


def _fields() -> List[Case]:
    once_more = "appears more than once"
    return [
        _form("plain", "Three fields; a dotted path is one name, and the data is the whole text.",
              {"id": "7", "type": "ping", "timestamp": 1699999999,
               "data": "id=7&event.type=ping&at=1699999999"},
              "id=7&event.type=ping&at=1699999999"),
        _form("data-field-unused", "A field named data is not the data.",
              {"data": "data=1&id=7"}, "data=1&id=7"),
        _form("plus-is-space", "A plus sign is a space.", {"id": "a b"}, "id=a+b"),
        _form("percent-plus", "An encoded plus sign is a plus sign.", {"id": "a+b"}, "id=a%2Bb"),
        _form("percent-both-cases", "Digits of both cases.", {"id": "\u00e9"}, "id=%c3%A9"),
        _form("percent-nul", "An encoded NUL.", {"id": "a\0b"}, "id=a%00b"),
        _form("percent-in-name", "Names are decoded too.", {"id": "7"}, "%69d=7"),
        _form("percent-separators", "Encoded separators do not separate.",
              {"id": "a&b=c"}, "id=a%26b%3Dc"),
        _form("percent-twice", "What is decoded is not decoded again.",
              {"id": "%41"}, "id=%2541"),
        _form("percent-malformed", "A percent sign without two digits stays as it is.",
              {"id": "100%zz%4"}, "id=100%zz%4"),
        _form("bad-utf-8", "Bytes that are no UTF-8 become U+FFFD.",
              {"id": "a\ufffdb"}, "id=a%ffb"),
        _form("bad-utf-8-sequence", "One U+FFFD for each part of a broken character.",
              {"id": "\ufffd\ufffd(\ufffd"}, "id=%f0%9f%f0(%80"),
        _form("byte-order-mark", "An encoded byte order mark is kept.",
              {"id": "\ufeffx"}, "id=%EF%BB%BFx"),
        _form("second-equals", "The first equals sign separates.", {"id": "a=b"}, "id=a=b"),
        _form("empty-pairs", "Empty pairs are skipped.", {"id": "7"}, "&&id=7&"),
        _form("no-equals", "A name without a value is empty.", _BAD, "id", "the field id is empty"),
        _form("empty-id", "An empty id.", _BAD, "id=", "the field id is empty"),
        _form("empty-type", "An empty type.", _BAD, "event.type=", "the field event.type is empty"),
        _form("no-fields", "No field is required: everything is null.",
              {"id": None, "type": None, "timestamp": None, "data": "x"}, "x"),
        _form("only-ampersand", "A form without a single pair.", {"id": None, "data": "&"}, "&"),
        _form("id-twice", "A field twice.", _BAD, "id=7&id=7", f"the field id {once_more}"),
        _form("id-twice-encoded", "A field twice, once encoded.", _BAD, "id=7&%69%64=8",
              f"the field id {once_more}"),
        _form("dotted-twice", "A dotted name twice.", _BAD, "event.type=a&event.type=b",
              f"the field event.type {once_more}"),
        _form("other-field-twice", "A field that nobody asks for twice.",
              {"id": "7"}, "x=1&id=7&x=2"),
        _form("id-text-null", "The word null is a text like any other.",
              {"id": "null"}, "id=null"),
        _form("time-fraction", "A time with a fraction.", _BAD, "at=1.5",
              "the field at is not a Unix time in whole seconds"),
        _form("time-leading-zero", "A time with a leading zero.", _BAD, "at=01",
              "the field at is not a Unix time in whole seconds"),
        _form("time-empty", "An empty time.", _BAD, "at=",
              "the field at is not a Unix time in whole seconds"),
        _form("time-rfc3339", "An RFC 3339 time, its plus sign encoded.",
              {"timestamp": NOW - 3600}, "at=2023-11-14T22:13:20%2B01:00",
              event_time_format="rfc3339"),
        _form("time-rfc3339-bare-plus", "A bare plus sign is a space, and no offset.", _BAD,
              "at=2023-11-14T22:13:20+01:00", "the field at is not an RFC 3339 time",
              event_time_format="rfc3339"),
        _form("required-missing", "A required field is missing.", "missing_field", "x=1",
              "the payload has no event.type", required=["type"]),
    ]  # fmt: skip


def _texts() -> List[Case]:
    return [
        _form("empty", "Nothing at all.", _NOT_JSON, "", "the payload is empty"),
        _form("visible-ascii", "The first and the last visible character.",
              {"id": "!~"}, "id=!~"),
        _form("space", "A space that is not encoded.", _NOT_JSON, "id=a b", _NEITHER),
        _form("newline", "A line break at the end.", _NOT_JSON, "id=7\n", _NEITHER),
        _form("non-ascii", "A character beyond ASCII.", _NOT_JSON, "id=\u00e9", _NEITHER),
        _form("control", "A control character.", _NOT_JSON, "id=\x1b", _NEITHER),
        _form("delete", "U+007F.", _NOT_JSON, "id=\x7f", _NEITHER),
        _form("json", "JSON without spaces is a form with one strange name.",
              {"id": None, "data": '{"id":7}'}, '{"id":7}'),
    ]  # fmt: skip


def _either() -> List[Case]:
    return [
        _slack("object", "A brace begins JSON.", {"type": "a"}, b'{"type":"a"}'),
        _slack("object-after-spaces", "A brace after whitespace begins JSON.",
               {"type": "a"}, b' \r\n\t{"type":"a"}'),
        _slack("array", "A bracket begins JSON, which is no object.",
               "payload_not_object", b'[{"type":"a"}]'),
        _slack("broken-json", "What begins as JSON is not taken for a form.",
               _NOT_JSON, b'{"type"=a}', "is not JSON; was the body cut short"),
        _slack("empty", "Nothing at all.", _NOT_JSON, b"", "the payload is empty"),
        _slack("only-whitespace", "Whitespace alone.", _NOT_JSON, b" \n", "the payload is empty"),
        _slack("form", "Any other beginning is a form.",
               {"type": "a", "data": "type=a"}, b"type=a"),
        _slack("form-json-inside", "JSON inside a field is a text.",
               {"type": None}, b"payload=%7B%22type%22%3A%22a%22%7D"),
        _slack("string", "A JSON string is taken for a form, and is one.",
               {"type": None, "data": '"type"'}, b'"type"'),
        _slack("space-before-form", "A form does not begin with a space.",
               _NOT_JSON, b" type=a", _NEITHER),
        _slack("byte-order-mark", "A byte order mark is no form either.",
               _NOT_JSON, b'\xef\xbb\xbf{"type":"a"}', _NEITHER),
        _slack("not-utf-8", "UTF-8 is checked before the kind.",
               "payload_not_utf8", b"type=\xff", "byte 5 begins no character"),
        _slack("event-type-name", "The dotted name is one name in a form.",
               {"type": "message"}, b"event.type=message&type=x"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "payload-forms.json",
        "verify",
        "Verified bodies as forms, and the choice between JSON and form.",
        _fields() + _texts() + _either(),
    )
