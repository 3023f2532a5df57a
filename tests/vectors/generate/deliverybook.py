"""Cases of what a sender writes and decides; see casebook.py for the principle."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from casebook import LARGEST_EXACT, Case, Disagreement, Json
from reference import endpoint
from reference.json_text import JSON_WHITESPACE, parse_json
from reference.payload import write_payload


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


def write_payload_case(
    case_id: str,
    about: str,
    want: str,
    *,
    message_id: str,
    event_type: str,
    now_ms: int,
    data: str,
) -> Case:
    """`want` is the whole payload, in which a receiver finds again what went into it."""
    payload = write_payload(message_id, event_type, now_ms, data)
    read = dict(parse_json(payload).members)
    found = (payload, read["id"].text, read["type"].text, read["data"].source)
    stated = (want, message_id, event_type, data.strip(JSON_WHITESPACE))
    if stated != found or not 0 <= now_ms <= LARGEST_EXACT:
        raise Disagreement(f"{case_id}: stated {stated!r}, computed {found!r}")
    fields: Json = {"message_id": message_id, "event_type": event_type}
    fields.update(now_ms=now_ms, data=data, expect={"payload": payload})
    return Case(case_id, about, fields)
