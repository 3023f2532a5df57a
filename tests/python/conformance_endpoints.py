"""What a sender decides about endpoints, by kind of case."""

from __future__ import annotations

from typing import Any

from conformance_guards import seconds
from countersign import Availability, EndpointHealth, HealthPolicy
from countersign._countersign import chosen

Case = dict[str, Any]
TIMES = ("failing_since", "throttled_until", "circuit_open_until")


def endpoint_health(case: Case) -> Any:
    policy = build(case["policy"])
    health = restore(case["health"])
    results = []
    for step in case["steps"]:
        now = seconds(step["at_ms"])
        result: Case = {}
        if "outcome" in step:
            outcome = step["outcome"]
            health = policy.observe(
                health,
                outcome.get("status"),
                outcome.get("retry_after"),
                now=now,
                entropy=step["entropy"],
                forbidden=outcome.get("forbidden", False),
            )
            result["health"] = shown(health)
        result["availability"] = word(policy.availability(health, now))
        results.append(result)
    return {"results": results}


def build(described: Case) -> HealthPolicy:
    options: Any = {"retry_statuses": described.get("retry_statuses", [])}
    if "circuit_failures" in described:
        failures = described["circuit_failures"]
        options["circuit_failures"] = False if failures is None else failures
    if "circuit_pauses_ms" in described:
        options["circuit_pauses"] = tuple(map(seconds, described["circuit_pauses_ms"]))
    if "throttle_pauses_ms" in described:
        options["throttle_pauses"] = tuple(map(seconds, described["throttle_pauses_ms"]))
    if "retry_after_cap_ms" in described:
        options["retry_after_cap"] = seconds(described["retry_after_cap_ms"])
    if "disable_after" in described:
        rule = described["disable_after"]
        options["disable_after"] = False if rule is None else seconds(rule["ms"])
        options["disable_failures"] = None if rule is None else rule["failures"]
    return HealthPolicy(**options)


def restore(fields: Case) -> EndpointHealth:
    rest: Any = {name: value for name, value in fields.items() if not name.endswith("_ms")}
    for name in TIMES:
        at = fields[f"{name}_ms"]
        rest[name] = None if at is None else seconds(at)
    return EndpointHealth(**rest)


def shown(health: EndpointHealth) -> Any:
    times = {f"{name}_ms": milliseconds(getattr(health, name)) for name in TIMES}
    counts = {"failures": health.failures, "openings": health.openings}
    return {**counts, "disabled": health.disabled, **times}


def word(availability: Availability) -> Any:
    if availability.until is not None:
        return {f"{availability.state}_until_ms": milliseconds(availability.until)}
    if availability.reason is not None:
        return {availability.state: availability.reason}
    return availability.state


def milliseconds(at: float | None) -> int | None:
    return None if at is None else round(at * 1000)


def choice(case: Case) -> Any:
    standing = case["standing"]
    state, until = standing["availability"], None
    if isinstance(state, dict):
        ((key, value),) = state.items()
        state, until = (value, None) if key == "disabled" else (key[: -len("_until_ms")], value)
    taken, buries, next_ms, paced_until_us, unblocks = chosen(
        state,
        until,
        standing["running"],
        standing["blocked_until_ms"],
        standing["paced_until_us"],
        [(one["due_ms"], one["is_replay"]) for one in case["waiting"]],
        case["room"],
        case["fifo"],
        case["per_second"],
        case["now_ms"],
    )
    return {
        "taken": taken,
        "buries": buries,
        "next_ms": next_ms,
        "paced_until_us": paced_until_us,
        "unblocks": unblocks,
    }
