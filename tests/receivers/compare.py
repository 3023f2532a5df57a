"""What is right about an answer, and what is not."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from wire import Answer, NoAnswer

Json = Dict[str, Any]


def match(
    exchanges: Sequence[Json], got: Sequence[Any], repeated: Set[str]
) -> List[Tuple[int, str]]:
    """The differences of exchanges that took place together, with the number of each. Which of
    several equal requests gets which of their answers is not determined."""
    differences = []
    left = list(exchanges)
    for number, (exchange, answer) in enumerate(zip(exchanges, got)):
        candidates = [one for one in left if one["request"] == exchange["request"]]
        fitting = [one for one in candidates if difference(one["expect"], answer, repeated) is None]
        if fitting:
            left.remove(fitting[0])
        else:
            text = f"expected {_shown(candidates)}\n    got      {shown(answer)}"
            differences.append((number, text))
    return differences


def _shown(candidates: Sequence[Json]) -> str:
    texts = [shown_expected(one["expect"]) for one in candidates]
    return "\n    or       ".join(dict.fromkeys(texts))


def difference(expect: Json, got: Any, repeated: Set[str]) -> Optional[str]:
    """Which part differs; None if the answer is right.

    `repeated` says what the server may make of repeated headers: joined, first, last.
    """
    if expect.get("or_refused_by_server") and (isinstance(got, NoAnswer) or got.status == 400):
        return None
    if isinstance(got, NoAnswer):
        return "answer"
    others = expect.get("repeated", {})
    accepted = [expect, *(others[mode] for mode in sorted(repeated) if mode in others)]
    found = [_part(one, got) for one in accepted]
    return None if None in found else found[0]


NAMES = (
    "content-type", "cache-control", "x-content-type-options", "allow", "retry-after",
    "x-hook-secret",
)  # fmt: skip
"""The headers of receivers; all others are the server's own."""


def _part(expect: Json, got: Answer) -> Optional[str]:
    if got.status != expect["status"]:
        return "status"
    for name in NAMES:
        if got.status == 204 and name == "content-type":
            # There is nothing that it could be of: some servers drop it.
            continue
        wanted = [value for known, value in expect["headers"] if known == name]
        values = [value for known, value in got.headers if known == name]
        if len(wanted) != len(values) or not all(map(_fits, wanted, values)):
            return name
    return None if got.body == expect["body"] else "body"


def _fits(wanted: Any, value: str) -> bool:
    if isinstance(wanted, str):
        return value == wanted
    return value.isdecimal() and value.isascii() and 0 < int(value) <= wanted["at_most"]


def shown_expected(expect: Json) -> str:
    return f"{expect['status']} {expect['headers']} {expect['body']!r}"


def shown(got: Any) -> str:
    if isinstance(got, NoAnswer):
        return got.reason
    headers = [[name, value] for name, value in got.headers if name in NAMES]
    return f"{got.status} {headers} {got.body!r}"
