"""Verifying and signing as users call it."""

from __future__ import annotations

import copy
import pickle
import time
from typing import Any

import countersign
import pytest
from conftest import NOW, SECRET
from countersign import (
    ConfigurationError,
    Scheme,
    Secret,
    Tolerance,
    VerificationError,
    Webhook,
)

BODY = b'{"id":"evt_1","type":"ping","data":{"n":1}}'


def test_every_export_is_there() -> None:
    for name in countersign.__all__:
        assert getattr(countersign, name) is not None
    assert countersign.__version__.count(".") == 2


def test_every_scheme_verifies_what_it_signed(scheme_name: str) -> None:
    webhook = Webhook(scheme_name, SECRET)
    headers = webhook.sign(BODY, id="msg_1", now=NOW)
    assert set(headers) <= set(webhook.header_names)
    verified = webhook.verify(BODY, headers, now=NOW)
    assert verified.key_index == 0
    assert webhook.unwrap(BODY, headers, now=NOW).raw is BODY


def test_the_verdict_has_what_the_headers_prove(webhook: Webhook) -> None:
    headers = webhook.sign(BODY, id="msg_1", now=NOW)
    verified = webhook.verify(BODY, headers, now=NOW)
    assert (verified.id, verified.timestamp) == ("msg_1", NOW)
    assert isinstance(verified.timestamp, int)
    assert verified.dedupe_key == "standard:msg_1"
    assert repr(verified) == (
        "Verified(key_index=0, id='msg_1', timestamp=1700000000, dedupe_key='standard:msg_1')"
    )


def test_the_verdict_outlives_what_it_was_made_from() -> None:
    def verified() -> countersign.Verified:
        webhook = Webhook("github", "hush")
        body = bytes(bytearray(BODY))
        headers = dict(webhook.sign(body, id="".join(["delivery", "-1"])))
        headers["X-GitHub-Event".lower()] = "".join(["pi", "ng"])
        return webhook.verify(body, headers)

    verdicts = [verified() for _ in range(1000)]
    for verdict in verdicts:
        assert verdict.id == "delivery-1"
        event = verdict.event()
        assert (event.id, event.type, event.raw) == ("delivery-1", "ping", BODY)


def test_any_secret_verifies_and_the_first_signs() -> None:
    new, old = Webhook("github", "new"), Webhook("github", "old")
    both = Webhook("github", ["new", "old"])
    assert both.verify(BODY, new.sign(BODY)).key_index == 0
    assert both.verify(BODY, old.sign(BODY)).key_index == 1
    assert both.unwrap(BODY, old.sign(BODY)).key_index == 1
    assert both.sign(BODY) == new.sign(BODY)


def test_every_secret_signs_where_there_is_room() -> None:
    secrets = [SECRET, "whsec_8PHy8/T19vf4+fr7/P3+/w=="]
    both = Webhook("standard", secrets, every_secret_signs=True)
    headers = both.sign(BODY, id="msg_1", now=NOW)
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in secrets:
        assert Webhook("standard", secret).verify(BODY, headers, now=NOW).id == "msg_1"
    first = Webhook("standard", secrets).sign(BODY, id="msg_1", now=NOW)
    assert headers["webhook-signature"].split(" ")[0] == first["webhook-signature"]
    alone = Webhook("github", ["new", "old"], every_secret_signs=True)
    assert alone.sign(BODY) == Webhook("github", "new").sign(BODY)
    wanted: Any = 1
    with pytest.raises(TypeError):
        Webhook("github", "new", every_secret_signs=wanted)


@pytest.mark.parametrize(
    "secrets",
    ["hush", Secret("hush"), ["hush"], ("hush",), [Secret("hush")], Secret.from_bytes(b"hush")],
)
def test_secrets_are_given_in_several_ways(secrets: object) -> None:
    webhook = Webhook("github", secrets)  # type: ignore[arg-type]
    assert webhook.sign(BODY) == Webhook("github", "hush").sign(BODY)


def test_the_clock_is_the_hosts_unless_given(webhook: Webhook) -> None:
    headers = webhook.sign(BODY, id="msg_1")
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    webhook.verify(BODY, headers)
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, headers, now=time.time() + 1000)
    assert refused.value.code == "timestamp_too_old"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (NOW + 300, None),
        (NOW + 300.0009, None),
        (NOW + 300.001, "timestamp_too_old"),
        (NOW - 300, None),
        (NOW - 300.5, "timestamp_too_new"),
        (0, "timestamp_too_new"),
        (10**30, "timestamp_too_old"),
        (1e300, "timestamp_too_old"),
    ],
)
def test_tolerance_is_exact(webhook: Webhook, now: float, code: str | None) -> None:
    headers = webhook.sign(BODY, id="msg_1", now=NOW)
    if code is None:
        webhook.verify(BODY, headers, now=now)
        return
    with pytest.raises(VerificationError) as refused:
        webhook.verify(BODY, headers, now=now)
    assert refused.value.code == code


def test_tolerance_zero_means_zero_and_none_means_unchecked() -> None:
    exact = Webhook("standard", SECRET, tolerance=Tolerance(0))
    headers = exact.sign(BODY, id="msg_1", now=NOW)
    exact.verify(BODY, headers, now=NOW)
    with pytest.raises(VerificationError):
        exact.verify(BODY, headers, now=NOW + 1)
    Webhook("standard", SECRET, tolerance=Tolerance.unchecked()).verify(BODY, headers, now=0)
    Webhook("standard", SECRET, tolerance=Tolerance(past=0, future=None)).verify(
        BODY, headers, now=0
    )


def test_tolerance_is_a_value() -> None:
    assert Tolerance(5) == Tolerance(past=5, future=5) == Tolerance(5.0)
    assert Tolerance(5) != Tolerance(past=5, future=None)
    assert len({Tolerance(5), Tolerance(past=5, future=5), Tolerance.unchecked()}) == 2
    assert repr(Tolerance(past=None, future=7)) == "Tolerance(past=None, future=7)"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        tolerance = Tolerance(past=None, future=7)
        assert pickle.loads(pickle.dumps(tolerance, protocol)) == tolerance
    assert copy.copy(Tolerance(5)) == Tolerance(5)


def test_a_webhook_says_what_it_is() -> None:
    webhook = Webhook("stripe", ["a", "b"])
    assert webhook.scheme_name == "stripe"
    assert webhook.tolerance == Tolerance(past=300, future=None)
    assert webhook.dedupe_lifetime == 86_400
    assert webhook.header_names == ("stripe-signature",)
    assert repr(webhook) == "Webhook(scheme='stripe', secrets=2)"
    week = Webhook("stripe", "a", tolerance=Tolerance(7 * 86_400))
    assert week.dedupe_lifetime == 2 * 7 * 86_400


def test_method_and_url_are_signed_where_the_scheme_says_so() -> None:
    scheme = Scheme(
        "full", headers={"signature": "x-signature"}, content="{method} {url}\n{body}"
    )
    webhook = Webhook(scheme, "hush")
    headers = webhook.sign(BODY, method="POST", url="https://example.com/hook")
    webhook.verify(BODY, headers, method="POST", url="https://example.com/hook")
    for context in (
        {"method": "PUT", "url": "https://example.com/hook"},
        {"method": "POST", "url": "https://example.com/other"},
        {"method": "POST", "url": "\ud800"},
    ):
        with pytest.raises(VerificationError) as refused:
            webhook.verify(BODY, headers, **context)
        assert refused.value.code == "signature_mismatch"
    for call in (lambda: webhook.verify(BODY, headers), lambda: webhook.sign(BODY, url="/")):
        with pytest.raises(VerificationError) as missing:
            call()
        assert missing.value.code == "missing_context"


def test_schemes_are_described_in_every_part() -> None:
    scheme = Scheme(
        "acme",
        headers=[
            {"signature": "x-acme-signature", "id": "x-acme-id", "timestamp": "x-acme-time"},
            {"signature": "x-old-signature", "id": "x-old-id", "timestamp": "x-old-time"},
        ],
        prefix="v2=",
        separator=";",
        algorithm="hmac-sha512",
        encoding="hex-upper",
        key="hex",
        secret_prefix="key_",
        content="{{{id}}}:{timestamp}:{body}",
        timestamp_format="milliseconds",
        tolerance=Tolerance(10),
        payload="json",
        event_id=["body:meta.id", "id"],
        event_type="body:kind",
        event_time=("body:at",),
        event_time_format="rfc3339",
        dedupe="id",
        required=["id", "type"],
        data="payload",
    )
    assert (scheme.name, repr(scheme)) == ("acme", "Scheme('acme')")
    webhook = Webhook(scheme, "key_00ff")
    body = b'{"meta":{"id":7},"kind":"k","at":"2023-11-14T22:13:20.25Z","payload":[1]}'
    headers = webhook.sign(body, id="m1", now=NOW + 0.5)
    assert headers["x-acme-time"] == "1700000000500"
    event = webhook.unwrap(body, headers, now=NOW + 0.5)
    assert (event.id, event.type, event.data) == ("7", "k", [1])
    assert event.timestamp == 1700000000.25
    assert event.dedupe_key == "acme:m1"
    assert webhook.verify(body, headers, now=NOW).timestamp == 1700000000.5
    old = {name.replace("acme", "old"): value for name, value in headers.items()}
    assert webhook.verify(body, old, now=NOW).id == "m1"


def test_other_names_and_provenance() -> None:
    assert Scheme.named("whatsapp").name == "meta"
    assert "whatsapp" in Scheme.named("meta").aliases
    assert "whatsapp" not in Scheme.names()
    assert Scheme.named("stripe").is_confirmed
    assert not Scheme.named("vercel").is_confirmed
    own = Scheme("own", headers={"signature": "x-own"})
    assert (own.aliases, own.is_confirmed) == ((), True)


def test_registered_schemes_are_found_by_name(scheme_name: str) -> None:
    assert Scheme.named(scheme_name).name == scheme_name
    by_scheme = Webhook(Scheme.named(scheme_name), SECRET)
    assert by_scheme.sign(b"", id="m", now=NOW) == Webhook(scheme_name, SECRET).sign(
        b"", id="m", now=NOW
    )
    with pytest.raises(ConfigurationError) as unknown:
        Scheme.named(scheme_name.upper())
    assert unknown.value.code == "unknown_scheme"


def test_generated_secrets_fit_and_differ() -> None:
    secrets = {countersign.generate_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        Webhook("standard", secret)
