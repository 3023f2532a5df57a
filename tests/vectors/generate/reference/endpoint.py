"""Section 6: whether an endpoint may be sent to, after the outcomes of attempts."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Union

from reference.backoff import jittered
from reference.retry_after import retry_after_ms

_DAY_MS = 24 * 3600 * 1000
_CLOCK_DIFFERENCE_MS = 60_000
_LARGEST_COUNT = 2**32 - 1

Health = Mapping[str, Any]

DEFAULTS: Mapping[str, Any] = {
    "circuit_failures": 10,
    "circuit_pauses_ms": [30_000, 1_800_000],
    "throttle_pauses_ms": [1_000, 60_000],
    "retry_after_cap_ms": 3_600_000,
    "disable_after": {"ms": 5 * _DAY_MS, "failures": 10},
    "retry_statuses": [],
}

HEALTHY: Health = {
    "failures": 0,
    "failing_since_ms": None,
    "throttled_until_ms": None,
    "circuit_open_until_ms": None,
    "openings": 0,
    "disabled": None,
}


def availability(policy: Mapping[str, Any], health: Health, now: int) -> Union[str, Dict[str, Any]]:
    policy = {**DEFAULTS, **policy}
    if health["disabled"]:
        return {"disabled": health["disabled"]}
    throttle = _pause_end(health["throttled_until_ms"], now, _longest_throttle(policy))
    has_circuit = policy["circuit_failures"] is not None
    opened = has_circuit and health["circuit_open_until_ms"] is not None
    circuit = None
    if opened:
        circuit = _pause_end(health["circuit_open_until_ms"], now, policy["circuit_pauses_ms"][1])
    if circuit is not None and circuit >= (throttle or 0):
        return {"circuit_open_until_ms": circuit}
    if throttle is not None:
        return {"throttled_until_ms": throttle}
    return "probe" if opened else "ready"


def observe(
    policy: Mapping[str, Any], health: Health, outcome: Mapping[str, Any], now: int, entropy: int
) -> Dict[str, Any]:
    policy = {**DEFAULTS, **policy}
    if health["disabled"]:
        return dict(health)
    status: Optional[int] = outcome.get("status")
    throttle = _pause_end(health["throttled_until_ms"], now, _longest_throttle(policy))
    if status is not None and 200 <= status < 300:
        return {**HEALTHY, "throttled_until_ms": throttle}

    after = dict(health)
    after["failures"] = min(_LARGEST_COUNT, health["failures"] + 1)
    first = health["failing_since_ms"]
    after["failing_since_ms"] = now if first is None or first > now else first
    failing_for = now - after["failing_since_ms"]

    asked = _asked(policy, outcome, failing_for, now)
    if asked is not None:
        throttle = max(throttle or 0, now + asked)
    after["throttled_until_ms"] = throttle
    opened = health["circuit_open_until_ms"]
    if opened is not None and opened > now:
        running = _pause_end(opened, now, policy["circuit_pauses_ms"][1])
        after["circuit_open_until_ms"] = now if running is None else running

    if status == 410 and 410 not in policy["retry_statuses"]:
        after["disabled"] = "gone"
    elif policy["disable_after"] is not None:
        rule = policy["disable_after"]
        if failing_for >= rule["ms"] and after["failures"] >= rule["failures"]:
            after["disabled"] = "failing"

    is_down = bool(outcome.get("network_error"))
    if status is not None:
        is_down = status in (408, 425) or 500 <= status < 600
    if is_down and policy["circuit_failures"] is not None:
        first_pause, longest = policy["circuit_pauses_ms"]
        until = after["circuit_open_until_ms"]
        opens = after["failures"] >= policy["circuit_failures"] if until is None else until <= now
        if opens:
            after["openings"] = min(_LARGEST_COUNT, health["openings"] + 1)
            pause = min(longest, first_pause * 2 ** min(after["openings"] - 1, 64))
            after["circuit_open_until_ms"] = now + jittered(pause, "equal", entropy)
    return after


def _asked(
    policy: Mapping[str, Any], outcome: Mapping[str, Any], failing_for: int, now: int
) -> Optional[int]:
    """For how long an outcome throttles."""
    status = outcome.get("status")
    if status is None:
        return None
    shortest, longest = policy["throttle_pauses_ms"]
    shortest = min(shortest, longest)
    is_retried = status in (408, 425, 429, *policy["retry_statuses"]) or 500 <= status < 600
    if is_retried and outcome["retry_after"] is not None:
        asked = retry_after_ms(outcome["retry_after"], now)
        if asked is not None:
            return max(shortest, min(asked, policy["retry_after_cap_ms"]))
    if status in (429, 502, 504):
        return min(longest, max(shortest, failing_for))
    return None


def _longest_throttle(policy: Mapping[str, Any]) -> int:
    return max(policy["throttle_pauses_ms"][1], policy["retry_after_cap_ms"])


def _pause_end(until: Optional[int], now: int, longest: int) -> Optional[int]:
    """None for a pause that is over, or that a clock has written which was set back since."""
    if until is None or until <= now or until > now + longest + _CLOCK_DIFFERENCE_MS:
        return None
    return until
