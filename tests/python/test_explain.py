"""Reports on refused requests: their types, and what holds for all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import NOW
from countersign import (
    ConfigurationError,
    CountersignError,
    Explanation,
    Secret,
    VerificationError,
    Webhook,
    detect,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "It's a Secret to Everybody"
WEBHOOK = Webhook("github", SECRET)
BODY = json.dumps({"zen": "Keep it simple.", "n": [1, {}]}, separators=(",", ":")).encode()
HEADERS = WEBHOOK.sign(BODY)


def test_an_accepted_request() -> None:
    explanation = WEBHOOK.explain(BODY, HEADERS)
    assert explanation.accepted
    assert (explanation.key_index, explanation.code, explanation.message) == (0, None, None)
    assert explanation.findings == ()
    assert str(explanation) == explanation.text


def test_a_refused_request() -> None:
    explanation = WEBHOOK.explain(json.dumps(json.loads(BODY)), HEADERS)
    assert isinstance(explanation, Explanation)
    assert not explanation.accepted
    assert (explanation.key_index, explanation.code) == (None, "signature_mismatch")
    [finding] = explanation.findings
    assert (finding.code, finding.certainty) == ("body_reserialised", "proven")
    finding.evidence["layout"] = "mine"
    assert finding.evidence == {"layout": "compact", "escapes": "kept"}
    assert finding.suggestion in explanation.text
    assert repr(finding) in repr(explanation)


def test_headers_as_frameworks_have_them() -> None:
    name, value = "X-Hub-Signature-256", HEADERS["x-hub-signature-256"]
    environ = {"REQUEST_METHOD": "POST", "HTTP_X_HUB_SIGNATURE_256": value, "wsgi.input": object()}
    for headers in (
        environ,
        {name: [value, value]},
        {name: value, "X-Other": None, "X-Number": 7},
        [(name.encode(), value.encode())],
    ):
        assert WEBHOOK.explain(BODY, headers).accepted, headers
        assert detect(headers) == ["github", "meta"]
    # Pairs are no environ, whatever names they have.
    explanation = WEBHOOK.explain(BODY, list(environ.items()))  # type: ignore[arg-type]
    assert explanation.findings[0].evidence["found"] == "http_x_hub_signature_256"


def test_the_clock_is_the_hosts() -> None:
    webhook = Webhook("stripe", SECRET)
    assert webhook.explain(BODY, webhook.sign(BODY)).accepted
    old = webhook.explain(BODY, webhook.sign(BODY, now=NOW))
    assert old.findings[0].code == "clock_skew"


@pytest.mark.parametrize("body", [{}, None, 7, "\ud800"])
def test_bodies_that_are_none(body: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        WEBHOOK.explain(body, HEADERS)
    assert raised.value.code == "unsupported_body"


@pytest.mark.parametrize("headers", [None, 7, "x", [("a",)], {7: "x"}])
def test_headers_that_are_none(headers: Any) -> None:
    with pytest.raises(TypeError):
        WEBHOOK.explain(BODY, headers)
    with pytest.raises(TypeError):
        detect(headers)


def test_a_secret_of_bytes() -> None:
    read_with_its_line_break = Secret.from_bytes(SECRET.encode() + b"\n")
    explanation = Webhook("github", read_with_its_line_break).explain(BODY, HEADERS)
    assert explanation.findings[0].evidence == {"secret": 0, "form": "without_whitespace"}


NAMES = st.sampled_from(["webhook-id", "webhook_timestamp", "x-webhook-signature", "host"])
SENT = Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@given(
    st.binary(max_size=100),
    st.binary(max_size=100),
    st.lists(st.tuples(NAMES | st.text(max_size=20), st.text(max_size=60)), max_size=5),
    st.integers(0, 10**12),
)
def test_a_report_changes_nothing_and_gives_nothing_away(
    signed: bytes, body: bytes, more: list[tuple[str, str]], now: int
) -> None:
    headers = [*SENT.sign(signed, id="msg_1", now=NOW).items(), *more]

    def verdict() -> Any:
        try:
            return SENT.verify(body, headers, now=now).key_index
        except VerificationError as error:
            return error.code

    before = verdict()
    explanation = SENT.explain(body, headers, now=now)
    assert before == (explanation.key_index if explanation.accepted else explanation.code)
    assert verdict() == before
    assert "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" not in explanation.text
    assert headers[2][1] not in explanation.text


@given(st.text(max_size=30), st.integers(0, 10**12))
def test_any_text_that_is_json_is_found_in_another_layout(text: str, number: int) -> None:
    value = {"text": text.encode("utf-8", "replace").decode(), "list": [number, {}], "a": {"b": []}}
    signed = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    webhook = Webhook("sha256", SECRET)
    headers = webhook.sign(signed)
    for received in (
        json.dumps(value), json.dumps(value, indent=2), json.dumps(value, ensure_ascii=False),
    ):  # fmt: skip
        [finding] = webhook.explain(received, headers).findings
        assert finding.code == "body_reserialised"
    with pytest.raises(CountersignError):
        webhook.verify(json.dumps(value), headers)
