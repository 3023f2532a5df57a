"""The health of endpoints that are sent to."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import NOW
from countersign import Availability, EndpointHealth, HealthPolicy

TOP = 2**32 - 1
NEW = EndpointHealth()


def test_a_new_endpoint_is_healthy() -> None:
    assert (NEW.failures, NEW.openings, NEW.disabled) == (0, 0, None)
    assert (NEW.failing_since, NEW.throttled_until, NEW.circuit_open_until) == (None, None, None)
    assert HealthPolicy().availability(NEW).state == "ready"


def test_a_throttle_is_kept_and_ends() -> None:
    policy = HealthPolicy()
    health = policy.observe(NEW, 429, "30", now=NOW)
    health = policy.observe(health, 200, now=NOW + 1)
    assert health.throttled_until == NOW + 30
    held = policy.availability(health, now=NOW + 1)
    assert (held.state, held.until, held.reason) == ("throttled", NOW + 30, None)
    assert policy.availability(health, now=NOW + 30).state == "ready"


def test_a_circuit_opens_is_probed_and_closes() -> None:
    policy = HealthPolicy(circuit_failures=1, circuit_pauses=(0.5, 60))
    health = policy.observe(NEW, None, now=NOW, entropy=TOP)
    held = policy.availability(health, now=NOW)
    assert (held.state, held.until) == ("circuit_open", NOW + 0.5)
    assert policy.availability(health, now=NOW + 1).state == "probe"
    health = policy.observe(health, 503, now=NOW + 1, entropy=TOP)
    assert (health.openings, health.circuit_open_until) == (2, NOW + 2)
    assert policy.observe(health, 200, now=NOW + 2) == NEW


def test_an_endpoint_is_disabled() -> None:
    policy = HealthPolicy(disable_after=60, disable_failures=2)
    gone = policy.observe(NEW, 410, now=NOW)
    assert gone.disabled == "gone"
    assert policy.observe(gone, 200, now=NOW) == gone
    failing = policy.observe(NEW, None, now=NOW, forbidden=True)
    failing = policy.observe(failing, 404, now=NOW + 60)
    held = policy.availability(failing, now=NOW + 60)
    assert (held.state, held.until, held.reason) == ("disabled", None, "failing")


def test_rules_can_be_switched_off() -> None:
    policy = HealthPolicy(circuit_failures=False, disable_after=False, retry_statuses=[410])
    health = EndpointHealth(failures=10**30, failing_since=0)
    assert health.failures == TOP
    for status in (None, 503, 410):
        health = policy.observe(health, status, now=NOW)
        assert policy.availability(health, now=NOW).state == "ready"


def test_an_endpoint_is_rebuilt_from_its_parts() -> None:
    parts: dict[str, Any] = {
        "failures": 3,
        "failing_since": NOW + 0.25,
        "throttled_until": NOW,
        "circuit_open_until": NOW + 1,
        "openings": 2,
        "disabled": "manual",
    }
    health = EndpointHealth(**parts)
    assert {name: getattr(health, name) for name in parts} == parts
    assert health == EndpointHealth(**parts) != NEW
    shown = ", ".join(f"{name}={value!r}" for name, value in parts.items())
    assert repr(health) == f"EndpointHealth({shown})"


def test_policies_and_availabilities_are_values() -> None:
    assert HealthPolicy() == HealthPolicy(
        circuit_failures=10,
        circuit_pauses=(30, 1800),
        throttle_pauses=(1, 60),
        retry_after_cap=3600,
        disable_after=432000,
        disable_failures=10,
        retry_statuses=(),
    )
    assert HealthPolicy() != HealthPolicy(retry_after_cap=1)
    ready: Availability = HealthPolicy().availability(NEW)
    assert ready == HealthPolicy().availability(NEW, now=0)
    assert repr(ready) == "Availability(state='ready', until=None, reason=None)"


@pytest.mark.parametrize(
    "parts",
    [
        {"failures": "3"},
        {"failures": -1},
        {"openings": True},
        {"failing_since": "now"},
        {"disabled": "broken"},
        {"disabled": 1},
    ],
)
def test_wrong_parts(parts: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        EndpointHealth(**parts)


@pytest.mark.parametrize(
    "options",
    [
        {"circuit_failures": True},
        {"circuit_pauses": 30},
        {"circuit_pauses": (1, 2, 3)},
        {"throttle_pauses": (1, -1)},
        {"retry_after_cap": float("nan")},
        {"disable_after": "5 days"},
        {"disable_failures": -1},
        {"retry_statuses": 404},
    ],
)
def test_wrong_options(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        HealthPolicy(**options)


def test_a_forbidden_destination_has_no_status() -> None:
    with pytest.raises(TypeError, match="status"):
        HealthPolicy().observe(NEW, 200, forbidden=True)
