"""What is sent next of what waits for an endpoint."""

from __future__ import annotations

from math import floor
from typing import Any, Dict, List, Mapping, Optional, Sequence

_SECOND_US = 1_000_000


def choose(
    standing: Mapping[str, Any],
    waiting: Sequence[Mapping[str, Any]],
    *,
    room: int,
    fifo: bool,
    per_second: Optional[float],
    now: int,
) -> Dict[str, Any]:
    choice: Dict[str, Any] = {
        "taken": [], "buries": False, "next_ms": None, "paced_until_us": None, "unblocks": False,
    }  # fmt: skip
    if not waiting:
        return choice
    availability = standing["availability"]
    state, until = availability, None
    if isinstance(availability, dict):
        ((state, until),) = availability.items()
    if state == "disabled":
        return {**choice, "buries": True, "next_ms": now}
    if state == "throttled_until_ms":
        return {**choice, "next_ms": until}
    if fifo and standing["running"]:
        return choice
    if fifo and standing["blocked_until_ms"] > now:
        return {**choice, "next_ms": standing["blocked_until_ms"]}

    probes = 1 if state == "probe" and standing["running"] == 0 else 0
    most = min(room, 1) if fifo else room
    taken: List[int] = []
    times: List[int] = []
    for index, one in enumerate(waiting):
        if one["due_ms"] > now:
            times.append(one["due_ms"])
            break
        if len(taken) == most:
            times.append(now)
            break
        if one["is_replay"] or state == "ready":
            taken.append(index)
        elif probes:
            probes -= 1
            taken.append(index)
        elif state == "circuit_open_until_ms":
            times.append(until)
    choice["next_ms"] = min(times) if times else None

    if per_second is not None and taken:
        # A quotient of 64-bit floats, as every language divides.
        interval = floor(1e6 / per_second)
        second = max(interval, _SECOND_US)
        now_us = now * 1_000
        before = standing["paced_until_us"]
        used = min(max(before, now_us), now_us + second)
        free = (now_us + second - used) // interval
        after = used + interval * min(free, len(taken))
        if free < len(taken):
            taken = taken[:free]
            choice["next_ms"] = max(max(after + interval - second, 0) // 1_000 + 1, now + 1)
        if taken or after < before:
            choice["paced_until_us"] = after
    choice["taken"] = taken
    choice["unblocks"] = bool(taken) and standing["blocked_until_ms"] != 0
    return choice
