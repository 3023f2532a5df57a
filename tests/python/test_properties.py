"""Properties that hold for all input: of verifying, and of a sender's decisions."""

from __future__ import annotations

import base64
import json
import string
from typing import Any

from conftest import NOW, SECRET
from countersign import (
    Backoff,
    CountersignError,
    RetryPolicy,
    Scheme,
    Tolerance,
    VerificationError,
    Webhook,
    parse_retry_after,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st

from schemes import OF_ANY_BODY

VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))
IDS = st.text(VISIBLE.replace(".", ""), min_size=1, max_size=40)
BODIES = st.binary(max_size=300)
TIMES = st.integers(0, 10**12)
SCHEMES = st.sampled_from(OF_ANY_BODY)


@st.composite
def described_schemes(draw: st.DrawFn) -> Scheme:
    """Schemes that nobody registered."""
    timed, identified = draw(st.booleans()), draw(st.booleans())
    headers = {"signature": "x-signature"}
    content = "{body}"
    if timed:
        headers["timestamp"] = "x-time"
        content = "{timestamp}." + content
    if identified:
        headers["id"] = "x-id"
        content = "{id}." + content
    prefix = draw(st.sampled_from(["", "v1=", "sha256="]))
    return Scheme(
        "described",
        headers=headers,
        prefix=prefix,
        separator=draw(st.sampled_from([None, " ", ",", ";"])),
        algorithm=draw(st.sampled_from(["hmac-sha256", "hmac-sha1", "hmac-sha512"])),
        encoding=draw(st.sampled_from(["hex", "hex-upper", "hex-any-case", "base64"])),
        content=content,
        timestamp_format=draw(st.sampled_from(["seconds", "milliseconds", "rfc3339"])),
    )


ALL_SCHEMES = st.one_of(SCHEMES, described_schemes())


@given(ALL_SCHEMES, IDS, BODIES, st.integers(0, 10**11))
def test_what_is_signed_is_verified(
    scheme: str | Scheme, id: str, body: bytes, now: int
) -> None:
    webhook = Webhook(scheme, SECRET)
    headers = webhook.sign(body, id=id, now=now)
    verified = webhook.verify(body, headers, now=now)
    assert verified.timestamp in (None, now)
    assert verified.id in (None, id)
    assert Webhook(scheme, ["whsec_AAAA", SECRET]).verify(body, headers, now=now).key_index == 1


@given(SCHEMES, IDS, st.binary(min_size=1, max_size=100), st.data())
def test_any_flipped_bit_of_the_body_is_refused(
    scheme: str, id: str, body: bytes, data: st.DataObject
) -> None:
    webhook = Webhook(scheme, SECRET)
    headers = webhook.sign(body, id=id, now=NOW)
    refuse(webhook, flip(body, data), headers)


@given(SCHEMES, IDS, BODIES, st.data())
def test_any_flipped_bit_of_a_signed_header_is_refused(
    scheme: str, id: str, body: bytes, data: st.DataObject
) -> None:
    webhook = Webhook(scheme, SECRET)
    headers: dict[str, Any] = with_what_is_signed(webhook, body, id)
    name = data.draw(st.sampled_from(sorted(headers)))
    flipped = flip(headers[name].encode(), data)
    # Space around an entry of a list means nothing.
    assume(flipped.strip() == flipped)
    refuse(webhook, body, {**headers, name: flipped})


def with_what_is_signed(webhook: Webhook, body: bytes, id: str) -> dict[str, str]:
    """Without an id where its header is not signed."""
    try:
        return webhook.sign(body, now=NOW)
    except VerificationError:
        return webhook.sign(body, id=id, now=NOW)


def flip(text: bytes, data: st.DataObject) -> bytes:
    index = data.draw(st.integers(0, len(text) * 8 - 1))
    changed = bytearray(text)
    changed[index // 8] ^= 1 << index % 8
    return bytes(changed)


def refuse(webhook: Webhook, body: bytes, headers: Any) -> None:
    try:
        webhook.verify(body, headers, now=NOW)
    except VerificationError:
        return
    raise AssertionError(f"accepted: {body!r} {headers!r}")


@given(SCHEMES, BODIES, st.text(max_size=40), st.text(max_size=40))
def test_another_secret_is_refused(scheme: str, body: bytes, one: str, other: str) -> None:
    encoded = [base64.b64encode(text.encode("utf-8", "surrogatepass")) for text in (one, other)]
    first, second = (text.decode() for text in encoded)
    assume(first != second and first and second)
    # HMAC pads short keys with zeros.
    assume(first.rstrip("A=") != second.rstrip("A="))
    headers = Webhook(scheme, first).sign(body, id="m", now=NOW)
    refuse(Webhook(scheme, second), body, headers)


TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
VALUES = st.one_of(
    TEXTS, st.binary(max_size=30), st.none(), st.lists(TEXTS, max_size=3), st.integers()
)
NAMES = st.one_of(
    st.sampled_from(
        ["webhook-id", "Webhook-Timestamp", "WEBHOOK-SIGNATURE", "HTTP_WEBHOOK_ID"]
        + ["REQUEST_METHOD", "wsgi.version", "stripe-signature", "x-hub-signature-256"]
    ),
    TEXTS,
    st.binary(max_size=20),
    st.integers(),
)
HEADERS = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=6),
    st.lists(st.tuples(NAMES, VALUES), max_size=6),
    st.lists(VALUES),
    VALUES,
)
ANYTHING = st.one_of(
    TEXTS,
    st.binary(),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(TEXTS),
    st.dictionaries(TEXTS, TEXTS),
    st.binary().map(bytearray),
    st.binary().map(memoryview),
)


@given(SCHEMES, ANYTHING, HEADERS, ANYTHING, ANYTHING, ANYTHING)
def test_verifying_raises_nothing_foreign(
    scheme: str, body: Any, headers: Any, now: Any, url: Any, method: Any
) -> None:
    webhook = Webhook(scheme, SECRET)
    for call in (webhook.verify, webhook.unwrap):
        try:
            call(body, headers, now=now, url=url, method=method)
        except (CountersignError, TypeError):
            continue
        raise AssertionError("arbitrary input is accepted")


@given(ANYTHING, ANYTHING, ANYTHING)
@example("github", ["a", "b"], None)
def test_making_and_signing_raise_nothing_foreign(scheme: Any, secrets: Any, body: Any) -> None:
    for name in (scheme, "github", "standard"):
        try:
            Webhook(name, secrets).sign(body)
        except (CountersignError, TypeError):
            pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, JSON, max_size=4), st.booleans())
def test_data_is_what_the_standard_library_reads(payload: Any, ascii_only: bool) -> None:
    scheme = Scheme("plain", headers={"signature": "x-s"})
    webhook = Webhook(scheme, "hush")
    text = json.dumps(payload, ensure_ascii=ascii_only)
    try:
        body = text.encode()
    except UnicodeEncodeError:
        body = json.dumps(payload).encode()
    try:
        event = webhook.unwrap(body, webhook.sign(body))
    except CountersignError as error:
        # The words NaN and Infinity are no JSON.
        assert error.code == "payload_not_json"
        assert b"NaN" in body or b"Infinity" in body
        return
    assert json.dumps(event.data) == json.dumps(payload)


@given(st.one_of(BODIES, TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))), SCHEMES)
def test_parsing_raises_nothing_foreign(body: bytes, scheme: str) -> None:
    webhook = Webhook(scheme, SECRET)
    try:
        event = webhook.unwrap(body, webhook.sign(body, id="m"))
    except CountersignError:
        return
    assert event.data is None or isinstance(event.payload, dict)


SECONDS = st.one_of(st.integers(0, 10**9), st.floats(0, 1e9))
ENTROPY = st.integers(0, 2**32 - 1)
JITTER: Any = st.sampled_from(["none", "full", "equal"])


@given(SECONDS, st.integers(0, 10), SECONDS, st.integers(0, 40), JITTER, ENTROPY)
def test_schedules_stay_within_their_bounds(
    base: float, factor: int, cap: float, attempts: int, jitter: Any, entropy: int
) -> None:
    backoff = Backoff.exponential(base, factor, cap, attempts=attempts, jitter=jitter)
    delays = backoff.delays([entropy] * (attempts + 5))
    assert len(delays) == attempts == backoff.attempts
    # Delays are whole milliseconds.
    assert all(0 <= delay <= cap + 0.001 for delay in delays)
    assert delays == [backoff.delay(attempt + 1, entropy) for attempt in range(attempts)]
    plain = Backoff.exponential(base, factor, cap, attempts=attempts).delays([0] * attempts)
    assert all(delay <= most for delay, most in zip(delays, plain))
    if factor:
        assert plain == sorted(plain)


@given(
    st.lists(SECONDS, max_size=5),
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(0, 65_535)),
    st.one_of(st.none(), TEXTS, st.integers(0, 10**20).map(str)),
    st.integers(0, 10**10),
    st.integers(0, 10**6),
    ENTROPY,
)
def test_decisions_are_monotone_in_time(
    delays: list[float],
    attempt: int,
    status: int | None,
    retry_after: str | None,
    now: int,
    later: int,
    entropy: int,
) -> None:
    policy = RetryPolicy(Backoff.fixed(delays, jitter="full"), retry_after_cap=100)
    first = policy.decide(attempt, status, retry_after, now, entropy)
    second = policy.decide(attempt, status, retry_after, now + later, entropy)
    assert (first.action, first.reason) == (second.action, second.reason)
    assert (first.at is None) == (first.action != "retry_at")
    if first.at is not None and second.at is not None:
        assert now <= first.at <= second.at
        assert first.at <= now + max([100, *delays]) + 0.001


@given(st.one_of(TEXTS, st.binary(max_size=40), st.text(string.digits, max_size=22)), TIMES)
def test_retry_after_raises_nothing(value: str | bytes, now: int) -> None:
    seconds = parse_retry_after(value, now=now)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-(10**7), 10**7))
def test_freshness_is_exactly_the_tolerance(past: int, future: int, age: int) -> None:
    webhook = Webhook("standard", SECRET, tolerance=Tolerance(past=past, future=future))
    headers = webhook.sign(b"", id="m", now=NOW)
    try:
        webhook.verify(b"", headers, now=NOW + age)
    except VerificationError as error:
        assert error.code == ("timestamp_too_old" if age > past else "timestamp_too_new")
        assert age > past or -age > future
    else:
        assert -future <= age <= past
