"""`countersign.testing`, with which users test their handlers."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SECRET
from countersign import CountersignError, Scheme, Secret, VerificationError, Webhook
from countersign.testing import SignedRequest, signed_request
from werkzeug.datastructures import Headers

SAMPLES = json.loads(
    (Path(__file__).resolve().parent.parent / "samples.json").read_text(encoding="utf-8")
)
URL = "https://example.com/webhooks"
KEY_PAIR = (
    "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA=="
)
PUBLIC_KEY = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
MAILGUN_TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a697887"


@pytest.mark.parametrize("expected", SAMPLES["requests"], ids=lambda it: it["scheme"])
def test_samples_are_the_same_in_every_language(expected: dict[str, Any]) -> None:
    name, secret = expected["scheme"], expected["secret"]
    chosen = {key: expected[key] for key in ("id", "type") if key in expected}
    request = signed_request(name, secret, expected.get("payload"), now=SAMPLES["now"], **chosen)
    url = expected.get("called", URL)
    assert request.body.decode() == expected["body"]
    assert request.headers == expected["headers"]
    assert (request.method, request.url) == ("POST", url)
    webhook = Webhook(name, secret)
    webhook.unwrap(request.body, request.headers, now=SAMPLES["now"], url=url, method="POST")


def test_what_is_not_made_is_signed_by_public_keys_alone() -> None:
    made = {expected["scheme"] for expected in SAMPLES["requests"]}
    for name in set(Scheme.names()) - made:
        with pytest.raises(CountersignError):
            signed_request(name, SECRET)


def test_fal_signs_for_a_user_with_a_pair_of_keys() -> None:
    secret = ["user_1", KEY_PAIR]
    request = signed_request("fal", secret, now=NOW)
    webhook = Webhook("fal", ["user_1", PUBLIC_KEY])
    event = webhook.unwrap(request.body, request.headers, now=NOW)
    assert (event.type, event.key_index) == ("OK", 0)
    with pytest.raises(VerificationError, match="no secret fits"):
        Webhook("fal", ["user_2", PUBLIC_KEY]).verify(request.body, request.headers, now=NOW)


@pytest.mark.parametrize("payload", [b'{"a":1}', '{"a":1}', {"a": 1}])
def test_a_payload_can_be_given(scheme_name: str, payload: Any) -> None:
    request = signed_request(scheme_name, SECRET, payload, now=NOW)
    assert request.body == b'{"a":1}'
    Webhook(scheme_name, SECRET).verify(request.body, request.headers, now=NOW)
    assert request.headers["content-type"].startswith("application/json")
    assert (request.method, request.url) == ("POST", URL)


@pytest.mark.parametrize("payload", [b'{"a":1}', {"a": 1}])
def test_the_digest_of_json_is_in_the_url_where_the_provider_has_it_there(payload: Any) -> None:
    digest = "bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    request = signed_request("twilio", "hush", payload, url="https://example.com/a?b=c")
    assert request.url == f"https://example.com/a?b=c&{digest}"
    assert request.headers["content-type"] == "application/json"
    webhook = Webhook("twilio", "hush")
    assert webhook.unwrap(request.body, request.headers, url=request.url).data == {"a": 1}
    with pytest.raises(VerificationError):
        webhook.verify(b'{"a":2}', request.headers, url=request.url)
    assert signed_request("twilio", "hush", "a=1").url == URL


def test_everything_can_be_chosen() -> None:
    scheme = Scheme("x", headers={"signature": "x-s"}, content="{method}{url}{body}")
    request = signed_request(
        scheme,
        Secret("hush"),
        "a=1",
        method="PUT",
        url="https://example.com",
        headers={"X-Own": "1", "X-S": "replaced"},
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["x-own"] == "1"
    webhook = Webhook(scheme, "hush")
    webhook.verify(request.body, request.headers, method="PUT", url="https://example.com")
    typed = signed_request("github", "hush", b"", headers={"Content-Type": "text/plain"})
    assert typed.headers["content-type"] == "text/plain"


def test_ids_and_times_are_signed() -> None:
    webhook = Webhook("standard", SECRET)
    request = signed_request("standard", SECRET, ["é"], id="msg_7", now=NOW)
    assert json.loads(request.body) == ["é"]
    assert webhook.verify(request.body, request.headers, now=NOW).id == "msg_7"


def test_id_type_and_time_stand_where_the_provider_has_them() -> None:
    request = signed_request("stripe", "hush", id="evt_7", type="charge.failed", now=NOW)
    event = Webhook("stripe", "hush").unwrap(request.body, request.headers, now=NOW)
    assert (event.id, event.type, event.timestamp) == ("evt_7", "charge.failed", NOW)
    command = signed_request("slack", "hush", type="/deploy", now=NOW)
    event = Webhook("slack", "hush").unwrap(command.body, command.headers, now=NOW)
    assert event.type == "/deploy"


def test_a_scheme_of_ones_own_has_a_payload_too() -> None:
    scheme = Scheme("acme", headers={"signature": "x-s"}, event_type="body:type")
    request = signed_request(scheme, "hush")
    event = Webhook(scheme, "hush").unwrap(request.body, request.headers)
    assert event.type == "example.created"


NESTED: dict[str, Any] = {"event_id": "body:event.id", "event_type": "body:event.name"}
IN_HEADERS = {"event_id": "header:x-id", "event_type": "header:x-type"}


@pytest.mark.parametrize(
    "described",
    [
        {"timestamp_field": "ts", **NESTED},
        {"payload": "form", **NESTED},
        IN_HEADERS,
        {"required": ["id", "type"], **NESTED},
    ],
)
def test_the_sample_of_a_scheme_of_ones_own_follows_its_description(described: Any) -> None:
    scheme = Scheme("acme", headers={"signature": "x-s"}, **described)
    request = signed_request(scheme, "hush", id="I1", type="T1", now=NOW)
    event = Webhook(scheme, "hush").unwrap(request.body, request.headers, now=NOW)
    assert (event.id, event.type) == ("I1", "T1")
    is_form = described.get("payload") == "form"
    kind = "application/x-www-form-urlencoded" if is_form else "application/json"
    assert request.headers["content-type"] == kind


def test_the_sample_of_signed_items_has_one() -> None:
    scheme = Scheme(
        "acme",
        signature_items="all.items",
        signature_field="hash",
        content="{field:order}",
        **NESTED,
    )
    request = signed_request(scheme, "hush", id="I1", type="T1", now=NOW)
    event = Webhook(scheme, "hush").unwrap(request.body, request.headers, now=NOW)
    assert (event.id, event.type) == ("I1", "T1")
    assert len(json.loads(request.body)["all"]["items"]) == 1


def test_a_signature_is_put_into_the_body() -> None:
    request = signed_request("mailgun", SECRET, {"event-data": {"event": "opened"}}, now=NOW)
    assert list(request.headers) == ["content-type", "user-agent"]
    event = Webhook("mailgun", SECRET).unwrap(request.body, request.headers, now=NOW)
    assert (event.type, event.dedupe_key) == ("opened", f"mailgun:{MAILGUN_TOKEN}")
    with pytest.raises(VerificationError) as refused:
        signed_request("mailgun", SECRET, b"a=1")
    assert refused.value.code == "missing_signature"


def test_webhooks_say_where_the_signature_is() -> None:
    assert Webhook("figma", SECRET).signs_in_body
    assert Webhook("figma", SECRET).header_names == ()
    github = Webhook("github", SECRET)
    assert not github.signs_in_body
    assert github.sign_body(b"\xff") == b"\xff"
    scheme = Scheme("x", signature_field="proof", content="{field:n}")
    body = Webhook(scheme, "hush").sign_body(bytearray(b'{"n":1}'))
    Webhook(scheme, "hush").verify(body, {})
    for arguments in ({"id": 7}, {"id": "\ud800"}, {"now": "then"}):
        with pytest.raises(TypeError):
            Webhook(scheme, "hush").sign_body(b"{}", **arguments)  # type: ignore[arg-type]


def test_requests_are_frozen_and_show_no_signature() -> None:
    request = signed_request("github", SECRET, {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.body = b""  # type: ignore[misc]
    assert isinstance(request, SignedRequest)
    assert request.headers["x-hub-signature-256"] not in repr(request)


@pytest.mark.parametrize("payload", [5, {"a": math.nan}, {"a": object()}, [b""], "\ud800"])
def test_payloads_that_cannot_be_sent(payload: Any) -> None:
    with pytest.raises(TypeError):
        signed_request("github", SECRET, payload)


def test_payloads_that_contain_themselves() -> None:
    payload: list[Any] = []
    payload.append(payload)
    with pytest.raises(TypeError, match="as JSON"):
        signed_request("github", SECRET, payload)


@pytest.mark.parametrize("name", ["id", "type", "url", "method", "now"])
def test_arguments_of_another_type(name: str) -> None:
    with pytest.raises(TypeError):
        signed_request("github", SECRET, **{name: b"a"})


@pytest.mark.parametrize("headers", [[("a", "b")], [], 5, "a", {"a": 5}, {5: "a"}])
def test_headers_of_another_type(headers: Any) -> None:
    with pytest.raises(TypeError):
        signed_request("github", SECRET, headers=headers)


def test_headers_may_be_those_of_a_framework() -> None:
    headers: Any = Headers({"X-Own": "1"})
    assert signed_request("github", SECRET, headers=headers).headers["x-own"] == "1"
