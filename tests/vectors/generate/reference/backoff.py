"""Section 6: delays, in whole milliseconds."""

from __future__ import annotations

from typing import Any, List, Mapping, Union

Schedule = Union[str, Mapping[str, Any]]

_STANDARD_SECONDS = [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


def plain_delays(schedule: Schedule) -> List[int]:
    """The delay before each attempt, the first included."""
    if schedule == "standard":
        return [seconds * 1000 for seconds in _STANDARD_SECONDS]
    assert not isinstance(schedule, str)
    if "fixed_ms" in schedule:
        return list(schedule["fixed_ms"])
    rule = schedule["exponential"]
    growing = (
        rule["base_ms"] * rule["factor"] ** (attempt - 2)
        for attempt in range(2, rule["attempts"] + 1)
    )
    return [0, *(min(rule["cap_ms"], delay) for delay in growing)]


def jittered(delay: int, jitter: str, entropy: int) -> int:
    """`entropy` is an unsigned integer of 32 bits."""
    if jitter == "none":
        return delay
    kept = delay // 2 if jitter == "equal" else 0
    return kept + ((delay - kept) * (entropy + 1) >> 32)
