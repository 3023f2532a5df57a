"""Schedules and decisions of senders."""

from __future__ import annotations

import datetime
import itertools
import json
import time
from typing import Any

import pytest
from conftest import NOW, SECRET
from countersign import (
    Backoff,
    Decision,
    RetryPolicy,
    Webhook,
    parse_retry_after,
    write_payload,
)

DAY = 86_400
TOP = 2**32 - 1


def test_fixed_delays() -> None:
    backoff = Backoff.fixed([0, 0.25, 60])
    assert backoff.attempts == 3
    assert backoff.delays([0, 0, 0]) == [0, 0.25, 60]
    assert backoff.delays(itertools.repeat(0)) == [0, 0.25, 60]
    assert backoff.delays([]) == []
    assert backoff.delay(0, 0) is None
    assert backoff.delay(3, 0) == 60
    assert backoff.delay(4, 0) is None
    assert backoff.delay(10**30, 0) is None
    assert Backoff.fixed([]).attempts == 0


def test_exponential_delays() -> None:
    assert Backoff.exponential(1, attempts=6, cap=5).delays([0] * 6) == [0, 1, 2, 4, 5, 5]
    assert Backoff.exponential(0.5, 3, attempts=4).delays([0] * 4) == [0, 0.5, 1.5, 4.5]
    assert Backoff.exponential(1, attempts=40).delay(40, 0) == DAY
    assert Backoff.exponential(10**30, 10**30, 10**30, attempts=3).delay(3, 0) is not None


def test_jitter_spreads_delays() -> None:
    full = Backoff.fixed([8], jitter="full")
    assert (full.delay(1, 0), full.delay(1, TOP)) == (0, 8)
    equal = Backoff.fixed([8], jitter="equal")
    assert (equal.delay(1, 0), equal.delay(1, TOP)) == (4, 8)
    assert Backoff.standard().delay(10, 0) == DAY / 2
    assert Backoff.standard(jitter="none").delay(10, 0) == DAY


def test_schedules_and_policies_are_values() -> None:
    assert Backoff.fixed([1]) == Backoff.fixed([1.0])
    assert Backoff.fixed([1]) != Backoff.fixed([1], jitter="full")
    assert RetryPolicy.standard() == RetryPolicy(Backoff.standard())
    assert RetryPolicy.exponential(1, 3).backoff == Backoff.exponential(1, attempts=3)
    assert repr(RetryPolicy.standard()) == "RetryPolicy(attempts=10)"
    assert repr(Backoff.standard()) == "Backoff(attempts=10)"


@pytest.mark.parametrize(
    ("status", "action", "reason"),
    [
        (200, "delivered", None),
        (299, "delivered", None),
        (301, "dead_letter", "redirected"),
        (400, "dead_letter", "rejected"),
        (410, "disable", None),
        (408, "retry_at", None),
        (425, "retry_at", None),
        (429, "retry_at", None),
        (500, "retry_at", None),
        (599, "retry_at", None),
        (None, "retry_at", None),
        (0, "dead_letter", "rejected"),
    ],
)
def test_decisions(status: int | None, action: str, reason: str | None) -> None:
    decision = RetryPolicy.exponential(1, attempts=3).decide(1, status, now=NOW)
    assert (decision.action, decision.reason) == (action, reason)
    assert decision.at == (NOW + 1 if action == "retry_at" else None)


def test_a_forbidden_destination_is_final() -> None:
    decision = RetryPolicy.standard().decide(1, None, forbidden=True)
    assert (decision.action, decision.at, decision.reason) == ("dead_letter", None, "forbidden")
    with pytest.raises(TypeError, match="status"):
        RetryPolicy.standard().decide(1, 200, forbidden=True)


def test_a_policy_has_its_own_statuses_and_cap() -> None:
    policy = RetryPolicy(Backoff.fixed([0, 1]), retry_after_cap=60, retry_statuses=[409, 410])
    assert policy.decide(1, 409, now=NOW).at == NOW + 1
    assert policy.decide(1, 410, now=NOW).at == NOW + 1
    assert policy.decide(1, 503, "3600", now=NOW).at == NOW + 60
    assert policy.decide(1, 503, b"30", NOW).at == NOW + 30
    assert policy.decide(1, 503, "nonsense", NOW).at == NOW + 1
    assert policy.decide(2, 503, now=NOW).reason == "exhausted"
    assert policy.decide(0, 503, now=NOW).action == "retry_at"


def test_decisions_are_values() -> None:
    policy = RetryPolicy.exponential(1, attempts=3)
    assert policy.decide(1, 200) == policy.decide(2, 204)
    decision = policy.decide(1, None, now=NOW + 0.25, entropy=0)
    assert repr(decision) == "Decision(action='retry_at', at=1700000001.25, reason=None)"
    assert isinstance(decision, Decision)
    assert policy.decide(1, None, now=10**30).at is not None


def test_entropy_comes_from_the_system_unless_given() -> None:
    policy = RetryPolicy.standard()
    times = {policy.decide(9, 503, now=NOW).at for _ in range(50)}
    assert len(times) > 1
    assert policy.decide(9, 503, now=NOW, entropy=7) == policy.decide(9, 503, now=NOW, entropy=7)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (b"120", 120),
        (" 0 ", 0),
        ("soon", None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\ud800", None),
        (b"\xff", None),
        ("9" * 19, 9999999999999999999),
        ("9" * 20, None),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0),
    ],
)
def test_retry_after(value: str | bytes, seconds: int | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds
    assert parse_retry_after("Tue, 14 Nov 2023 22:14:20 GMT", now=NOW + 0.5) == 60


def test_jitter_is_one_of_three() -> None:
    wrong: Any
    for wrong in ("", "Full", "half", "\ud800", 5, True, b"full"):
        with pytest.raises(TypeError, match="jitter must be"):
            Backoff.standard(jitter=wrong)


def test_a_payload_is_what_receivers_read() -> None:
    webhook = Webhook("standard", SECRET)
    event_type = 'in"voice\\\u2028.\x01'
    payload = write_payload("msg_1", event_type, '{"n": 7}', now=NOW + 0.25)
    event = webhook.unwrap(payload, webhook.sign(payload, id="msg_1", now=NOW), now=NOW)
    assert (event.type, event.data, event.timestamp) == (event_type, {"n": 7}, NOW + 0.25)
    assert json.loads(payload)["id"] == "msg_1"
    now = json.loads(write_payload("msg_1", "ping", "null"))["timestamp"]
    read = datetime.datetime.fromisoformat(now.replace("Z", "+00:00"))
    assert abs(read.timestamp() - time.time()) < 5
