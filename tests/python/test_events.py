"""Parsing of verified payloads."""

from __future__ import annotations

from typing import Any

import pytest
from countersign import PayloadError, Scheme, Webhook

PLAIN = Scheme("plain", headers={"signature": "x-signature"}, payload="json-or-form")


def parse(body: bytes | str, scheme: str | Scheme = PLAIN, **headers: str) -> Any:
    webhook = Webhook(scheme, "hush")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return webhook.unwrap(body, {**named, **webhook.sign(body)})


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("{}", {}),
        ('{"a":[1,1.5,-0,1e2,true,false,null,"\\u00e9"]}', {"a": [1, 1.5, 0, 1e2, True, False, None, "é"]}),
        (' \n{"a":1}\t', {"a": 1}),
        ('{"a":"\\ud800"}', {"a": "\ud800"}),
        ('{"a":1,"a":2}', {"a": 2}),
        ('{"n":' + "9" * 640 + "}", {"n": int("9" * 640)}),
        ('{"n":1e999}', {"n": float("inf")}),
        ('{"a":' * 128 + "1" + "}" * 128, None),
    ],
)
def test_json_is_parsed_as_by_the_standard_library(body: str, data: Any) -> None:
    event = parse(body)
    if data is not None:
        assert event.data == data
    assert event.payload is event.data


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2&c=", {"a": "2", "c": ""}),
        ("payload=%7B%7D+x", {"payload": "{} x"}),
        ("a=%FF", {"a": "\ufffd"}),
    ],
)
def test_forms_are_dicts_of_text(body: str, data: Any) -> None:
    event = parse(body)
    assert event.data == data
    assert event.payload is event.data


def test_data_is_parsed_once_and_kept() -> None:
    event = parse('{"type":"t","data":{"a":[]},"b":1}', "sha256")
    assert event.data is event.data
    assert event.payload is event.payload
    assert event.payload["data"] == event.data
    event.data["a"].append("mine")
    assert event.data == {"a": ["mine"]}


def test_absent_is_none() -> None:
    event = parse("{}", Scheme("bare", headers={"signature": "x-signature"}, data="data"))
    values = (event.id, event.type, event.timestamp, event.data, event.dedupe_key)
    assert values == (None, None, None, None, None)
    assert event.key_index == 0
    expected = "Event(id=None, type=None, timestamp=None, dedupe_key=None, key_index=0)"
    assert repr(event) == expected


def test_fields_come_from_where_the_scheme_says() -> None:
    event = parse("{}", "github", x_github_delivery="d-1", x_github_event="push")
    assert (event.id, event.type, event.dedupe_key) == ("d-1", "push", "github:d-1")
    event = parse('{"id":12,"type":"ping","timestamp":1700000000}', "sha256")
    assert (event.id, event.type, event.timestamp) == ("12", "ping", 1700000000)
    assert event.dedupe_key == "sha256:12"
    assert "data" not in repr(event)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "payload_not_json"),
        (b"\xff", "payload_not_utf8"),
        (b"{", "payload_not_json"),
        (b"[1]", "payload_not_object"),
        (b"{" + b'"a":{' * 128 + b"}" * 129, "payload_too_deep"),
        (b'{"n":' + b"9" * 641 + b"}", "payload_not_json"),
        (b'{"a":' * 100_000, "payload_too_deep"),
        ("ü=1".encode(), "payload_not_json"),
    ],
)
def test_what_is_no_event_is_a_payload_error(body: bytes, code: str) -> None:
    webhook = Webhook(PLAIN, "hush")
    verified = webhook.verify(body, webhook.sign(body))
    with pytest.raises(PayloadError) as refused:
        verified.event()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"id":"a","id":"b"}', "malformed_field"),
        ('{"id":1.5}', "malformed_field"),
        ('{"id":"\\ud800"}', "malformed_field"),
        ('{"id":"a","type":5}', "malformed_field"),
        ('{"id":"a"}', "missing_field"),
    ],
)
def test_fields_are_strict(body: str, code: str) -> None:
    with pytest.raises(PayloadError) as refused:
        parse(body, "stripe")
    assert refused.value.code == code


def test_attributes_cannot_be_set() -> None:
    event = parse("{}")
    with pytest.raises(AttributeError):
        event.id = "x"
    with pytest.raises(AttributeError):
        event.other = "x"
