"""Cases of what a sender decides about endpoints; see casebook.py for the principle."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from casebook import LARGEST_EXACT, Case, Disagreement, Json
from reference import endpoint


def endpoint_case(
    case_id: str,
    about: str,
    want: List[Tuple[str, Optional[int]]],
    *,
    policy: Json,
    health: Json,
    steps: Sequence[Json],
    gives: Json,
) -> Case:
    """`want` has for each step a word, and the milliseconds of a pause; `gives` parts of the last
    health."""
    known: Mapping[str, Any] = {**endpoint.HEALTHY, **health}
    fields: Json = {"policy": policy, "health": dict(known), "steps": list(steps)}
    results: List[Json] = []
    shown: List[Tuple[str, Optional[int]]] = []
    for step in steps:
        now = step["at_ms"]
        result: Json = {}
        if "outcome" in step:
            known = endpoint.observe(policy, known, step["outcome"], now, step["entropy"])
            result["health"] = dict(known)
        result["availability"] = endpoint.availability(policy, known, now)
        shown.append(_word(result["availability"], now))
        results.append(result)
    if shown != want:
        raise Disagreement(f"{case_id}: stated {want!r}, computed {shown!r}")
    for key, value in gives.items():
        if known[key] != value:
            raise Disagreement(f"{case_id}: {key}: stated {value!r}, computed {known[key]!r}")
    times = [step["at_ms"] for step in steps] + [
        value or 0 for value in known.values() if not isinstance(value, str)
    ]
    if not all(0 <= time <= LARGEST_EXACT for time in times):
        raise Disagreement(f"{case_id}: a time is no number that every runner can read")
    return Case(case_id, about, {**fields, "expect": {"results": results}})


def _word(availability: Union[str, Json], now: int) -> Tuple[str, Optional[int]]:
    if isinstance(availability, str):
        return (availability, None)
    ((key, value),) = availability.items()
    if key == "disabled":
        return (value, None)
    return (key[: -len("_until_ms")], value - now)
