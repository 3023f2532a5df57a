"""Every public function answers wrong arguments with a typed error."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import SECRET
from countersign import (
    Backoff,
    ConfigurationError,
    CountersignError,
    RetryPolicy,
    Scheme,
    Secret,
    Tolerance,
    Webhook,
    parse_retry_after,
    write_payload,
)
from countersign.testing import signed_request

WEBHOOK = Webhook("github", SECRET)
POLICY = RetryPolicy.standard()
HEADERS = {"signature": "x-signature"}

NOT_TIMES: list[Any] = [-1, -0.5, math.nan, math.inf, -math.inf, True, "1", b"1", [], {}, object()]
NOT_TIMES += [decimal.Decimal(1), 1j, -(10**400)]
NOT_TEXT: list[Any] = [5, 1.5, True, b"x", bytearray(b"x"), [], ["x"], {}, object(), str]
NOT_COUNTS: list[Any] = [-1, 1.0, 1.5, math.nan, True, "1", None, [], object(), -(10**400)]
LONE = "\ud800"


@pytest.mark.parametrize("now", NOT_TIMES, ids=repr)
def test_times(now: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: WEBHOOK.verify(b"", {}, now=now),
        lambda: WEBHOOK.unwrap(b"", {}, now=now),
        lambda: WEBHOOK.sign(b"", now=now),
        lambda: POLICY.decide(1, 503, now=now),
        lambda: parse_retry_after("1", now=now),
        lambda: write_payload("a", "b", "{}", now=now),
        lambda: signed_request("github", SECRET, b"", now=now),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="now must be a finite number that is not negative"):
            call()


@pytest.mark.parametrize("seconds", [None, *NOT_TIMES], ids=repr)
def test_durations(seconds: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Backoff.fixed([seconds]),
        lambda: Backoff.exponential(seconds, attempts=1),
        lambda: RetryPolicy.exponential(seconds, 1),
        lambda: Tolerance(seconds),
    ]
    if seconds is not None:
        calls += [
            lambda: Backoff.exponential(1, cap=seconds, attempts=1),
            lambda: RetryPolicy(Backoff.standard(), retry_after_cap=seconds),
            lambda: Tolerance(past=seconds, future=0),
            lambda: Tolerance(past=0, future=seconds),
        ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("count", NOT_COUNTS, ids=repr)
def test_counts(count: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Backoff.standard().delay(count, 0),
        lambda: Backoff.standard().delay(1, count),
        lambda: Backoff.standard().delays([count]),
        lambda: Backoff.exponential(1, attempts=count),
        lambda: RetryPolicy.exponential(1, count),
        lambda: POLICY.decide(count, 503),
        lambda: RetryPolicy(Backoff.standard(), retry_statuses=[count]),
    ]
    if count is not None:
        calls += [
            lambda: Backoff.exponential(1, count, attempts=1),
            lambda: POLICY.decide(1, count),
            lambda: POLICY.decide(1, 503, entropy=count),
        ]
    for call in calls:
        with pytest.raises(TypeError, match="must be an int"):
            call()


def test_numbers_of_limited_size() -> None:
    for call in (
        lambda: POLICY.decide(1, 65_536),
        lambda: POLICY.decide(1, 503, entropy=2**32),
        lambda: Backoff.standard().delay(1, 2**64),
        lambda: RetryPolicy(Backoff.standard(), retry_statuses=[10**30]),
    ):
        with pytest.raises(TypeError, match="must be an int from 0 to"):
            call()


def test_tolerances() -> None:
    wrong: Any
    for wrong in ((), (None,), (1, 2)):
        with pytest.raises(TypeError):
            Tolerance(*wrong)
    for wrong in ({"past": 1}, {"future": 1}, {"seconds": 1}, {"past": 1.5, "future": 0}):
        with pytest.raises(TypeError):
            Tolerance(**wrong)
    for wrong in (300, "300", (300, 300), {"past": 1, "future": 1}):
        with pytest.raises(TypeError, match="the tolerance must be a Tolerance"):
            Webhook("github", SECRET, tolerance=wrong)
    assert Tolerance(10**30).past == 2**64 - 1


@pytest.mark.parametrize("text", NOT_TEXT, ids=repr)
def test_texts(text: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Webhook(text, SECRET),
        lambda: Webhook("github", [text]),
        lambda: Secret(text),
        lambda: Scheme(text, headers=HEADERS),
        lambda: Scheme.named(text),
        lambda: WEBHOOK.verify(b"", {}, url=text),
        lambda: WEBHOOK.verify(b"", {}, method=text),
        lambda: WEBHOOK.sign(b"", id=text),
        lambda: WEBHOOK.sign(b"", url=text),
        lambda: WEBHOOK.sign(b"", method=text),
        lambda: Backoff.standard(jitter=text),
    ]
    if text not in (b"x",):
        calls += [lambda: parse_retry_after(text), lambda: POLICY.decide(1, 503, text)]
    calls += [
        lambda: write_payload(text, "b", "{}"),
        lambda: write_payload("a", text, "{}"),
        lambda: write_payload("a", "b", text),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="must be"):
            call()


def test_none_where_something_is_wanted() -> None:
    nothing: Any = None
    for call in (
        lambda: Webhook(nothing, SECRET),
        lambda: Webhook("github", nothing),
        lambda: Webhook("github", [nothing]),
        lambda: Secret(nothing),
        lambda: Secret.from_bytes(nothing),
        lambda: Scheme(nothing, headers=HEADERS),
        lambda: Scheme.named(nothing),
        lambda: RetryPolicy(nothing),
        lambda: Backoff.fixed(nothing),
        lambda: Backoff.standard().delays(nothing),
        lambda: parse_retry_after(nothing),
        lambda: write_payload("a", "b", nothing),
        lambda: WEBHOOK.verify(b"", nothing),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("secrets", [b"x", bytearray(b"x"), {"a"}, {"a": "b"}, iter("ab"), 5, None])
def test_secrets_that_are_no_sequence(secrets: Any) -> None:
    with pytest.raises(TypeError, match="the secrets must be"):
        Webhook("github", secrets)


@pytest.mark.parametrize(
    ("secrets", "code"),
    [
        ([], "no_secrets"),
        ((), "no_secrets"),
        ("", "empty_secret"),
        (["ok", ""], "empty_secret"),
        (" x", "malformed_secret"),
        ("x\u3000", "malformed_secret"),
        ("\ufeffx", "malformed_secret"),
    ],
)
def test_secrets_that_are_none(secrets: Any, code: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Webhook("github", secrets)
    assert refused.value.code == code


def test_the_first_bad_secret_is_reported_and_the_scheme_before_it() -> None:
    for secrets, code in (
        (["%", ""], "malformed_secret"),
        (["", "%"], "empty_secret"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            Webhook("standard", secrets)
        assert refused.value.code == code
        with pytest.raises(ConfigurationError) as unknown:
            Webhook("unknown", secrets)
        assert unknown.value.code == "unknown_scheme"
    with pytest.raises(ConfigurationError) as empty:
        Secret.from_bytes(b"")
    assert empty.value.code == "empty_secret"
    Webhook("github", "x" * 4096)
    for too_long in ("x" * 4097, "x" * 10_000_000):
        with pytest.raises(ConfigurationError) as refused:
            Webhook("github", too_long)
        assert refused.value.code == "malformed_secret"


def test_keys_that_are_no_bytes() -> None:
    for key in ("x", 5, [1], None, object()):
        with pytest.raises(TypeError, match="a key must be bytes"):
            Secret.from_bytes(key)  # type: ignore[arg-type]
    for good in (bytearray(b"k"), memoryview(b"k")):
        Webhook("github", Secret.from_bytes(good))


SCHEME_TEXTS = ["prefix", "separator", "timestamp_label", "algorithm", "encoding", "key"]
SCHEME_TEXTS += ["secret_prefix", "content", "timestamp_format", "payload", "event_time_format"]
SCHEME_LISTS = ["event_id", "event_type", "event_time", "dedupe", "required"]


@pytest.mark.parametrize("part", [*SCHEME_TEXTS, *SCHEME_LISTS, "data", "tolerance"])
def test_parts_of_schemes_of_other_types(part: str) -> None:
    wrong: list[Any] = [5, 1.5, True, b"x", object(), [5], [None], {"a": "b"}, [["x"]], LONE]
    for value in wrong:
        with pytest.raises(TypeError, match="must be"):
            Scheme("x", headers=HEADERS, **{part: value})
    if part not in ("separator", "timestamp_label", "dedupe", "data", "tolerance"):
        nothing: Any = None
        with pytest.raises(TypeError):
            Scheme("x", headers=HEADERS, **{part: nothing})


@pytest.mark.parametrize(
    "headers",
    [5, "x-signature", b"x", [5], ["x"], {"signature": 5}, {"signature": None}, {"other": "x"}]
    + [{5: "x"}, {LONE: "x"}, {"signature": LONE}, [{"signature": "x"}, None], object()],
    ids=repr,
)
def test_header_sets_of_other_types(headers: Any) -> None:
    with pytest.raises(TypeError):
        Scheme("x", headers=headers)


def test_schemes_that_contradict_themselves() -> None:
    calls: list[Callable[[], object]] = [
        lambda: Scheme("X", headers=HEADERS),
        lambda: Scheme("", headers=HEADERS),
        lambda: Scheme("x" * 10_000_000, headers=HEADERS),
        lambda: Scheme("x", headers=[]),
        lambda: Scheme("x", headers={}),
        lambda: Scheme("x", headers=[HEADERS] * 5),
        lambda: Scheme("x", headers=HEADERS, content="x" * 1_000_000),
        lambda: Scheme("x", headers=HEADERS, content="{body}" * 17),
        lambda: Scheme("x", headers=HEADERS, algorithm="md5"),  # type: ignore[arg-type]
        lambda: Scheme("x", headers=HEADERS, required=["data"]),  # type: ignore[list-item]
        lambda: Scheme("x", headers=HEADERS, event_id=["id"] * 100_000),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError) as refused:
            call()
        assert refused.value.code == "malformed_scheme"
    with pytest.raises(TypeError, match="unexpected keyword argument 'unknown'"):
        Scheme("x", headers=HEADERS, unknown=1)  # type: ignore[call-arg]


def test_heads_of_other_types() -> None:
    head: list[Any] = ["POST", "application/json", None, 2, 1024]
    assert WEBHOOK.check_head(*head) == "delivery"
    for at, wrong in [(0, NOT_TEXT), (1, NOT_TEXT), (2, NOT_TEXT), (3, NOT_COUNTS), (4, NOT_COUNTS)]:
        for value in wrong:
            if value is None and at in (1, 2, 3):
                continue
            with pytest.raises((TypeError, ValueError)):
                WEBHOOK.check_head(*head[:at], value, *head[at + 1 :])
    # What is too large counts as the largest, and what is no text is another text.
    assert WEBHOOK.check_head(*head[:4], 2**70) == "delivery"
    for at, length in ((0, LONE), (1, LONE), (3, 2**70)):
        with pytest.raises(CountersignError):
            WEBHOOK.check_head(*head[:at], length, *head[at + 1 :])


def test_lone_surrogates() -> None:
    for refuse in (
        lambda: Webhook("github", LONE),
        lambda: Secret("x" + LONE),
        lambda: Scheme(LONE, headers=HEADERS),
        lambda: WEBHOOK.sign(b"", url=LONE),
        lambda: WEBHOOK.sign(b"", method=LONE),
        lambda: signed_request("github", SECRET, LONE),
    ):
        with pytest.raises(TypeError, match="without lone surrogates"):
            refuse()
    for call, code in (
        (lambda: Webhook(LONE, SECRET), "unknown_scheme"),
        (lambda: Scheme.named(LONE), "unknown_scheme"),
        (lambda: WEBHOOK.sign(b"", id=LONE), "malformed_header"),
    ):
        with pytest.raises(CountersignError) as refused:
            call()
        assert refused.value.code == code


def test_ids_are_header_values() -> None:
    for wrong in ("", "\n", "é", "x\0"):
        with pytest.raises(CountersignError) as refused:
            WEBHOOK.sign(b"", id=wrong)
        assert refused.value.code == "malformed_header"
    assert WEBHOOK.sign(b"", id="x" * 1_000_000)["x-github-delivery"] == "x" * 1_000_000
    with pytest.raises(CountersignError) as missing:
        Webhook("standard", SECRET).sign(b"")
    assert missing.value.code == "missing_context"
    with pytest.raises(CountersignError) as late:
        Webhook("standard", SECRET).sign(b"", id="m", now=10**30)
    assert late.value.code == "malformed_timestamp"


def test_calls_of_another_shape() -> None:
    wrong: Any = Webhook
    for call in (
        lambda: wrong(),
        lambda: wrong("github"),
        lambda: wrong("github", SECRET, Tolerance(1)),
        lambda: wrong("github", SECRET, other=1),
        lambda: wrong.verify(object(), b"", {}),
        lambda: wrong.verify(WEBHOOK),
        lambda: WEBHOOK.verify(b"", {}, 5),  # type: ignore[misc]
        lambda: WEBHOOK.verify(b"", {}, nwo=5),  # type: ignore[call-arg]
        lambda: WEBHOOK.sign(),  # type: ignore[call-arg]
        lambda: type(WEBHOOK.tolerance)(),
    ):
        with pytest.raises(TypeError):
            call()
    for name in ("Verified", "Event", "Decision"):
        import countersign

        with pytest.raises(TypeError):
            getattr(countersign, name)()


class Failing:
    """A sequence that fails when it is read."""

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("this is the caller's own")

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Any:
        raise RuntimeError("this is the caller's own")


def test_objects_that_are_no_sequences_are_not_asked_for_items() -> None:
    failing: Any = Failing()
    for call in (
        lambda: Webhook("github", failing),
        lambda: Scheme("x", headers=failing),
        lambda: Backoff.fixed(failing),
    ):
        with pytest.raises(TypeError, match="must be"):
            call()
