"""Claims on dedupe keys, with a bounded memory."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

_MAX_PROGRESS_WAIT_MS = 10_000


class Claim(NamedTuple):
    state: str
    until_ms: int
    #: The step that made it.
    step: int


def run(capacity: int, steps: Sequence[Mapping[str, Any]]) -> List[Any]:
    """What comes of each step."""
    held: Dict[str, Claim] = {}
    results: List[Any] = []
    for number, step in enumerate(steps):
        key, now = step["key"], step.get("at_ms", 0)
        if step["do"] == "claim":
            held = {name: one for name, one in held.items() if now < one.until_ms}
            results.append(_claim(held, capacity, key, now, step["lease_ms"], number))
            continue
        if step["do"] == "complete":
            if key in held or _make_room(held, capacity):
                held[key] = Claim("handled", now + step["lifetime_ms"], number)
        elif key in held and held[key].step == step["of"]:
            del held[key]
        results.append("done")
    return results


def _claim(
    held: Dict[str, Claim], capacity: int, key: str, now: int, lease_ms: int, number: int
) -> Any:
    known = held.get(key)
    if known is not None and known.state == "handled":
        return {"code": "duplicate_event"}
    if known is not None:
        wait = min(known.until_ms - now, _MAX_PROGRESS_WAIT_MS)
        return {"code": "event_in_progress", "retry_after_ms": wait}
    if not _make_room(held, capacity):
        return {"code": "store_unavailable"}
    held[key] = Claim("in progress", now + lease_ms, number)
    return "claimed"


def _make_room(held: Dict[str, Claim], capacity: int) -> bool:
    """Forgets the handled key that ends next, if there must be room for one more."""
    handled = [(one.until_ms, name) for name, one in held.items() if one.state == "handled"]
    if len(held) >= capacity and handled:
        del held[min(handled)[1]]
    return len(held) < capacity
