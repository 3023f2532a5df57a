"""Headers that resemble one that is missing."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional

from reference.headers import lower_ascii

_PREFIXES = (
    "http-", "redirect-http-", "x-forwarded-", "x-original-", "x-amzn-remapped-", "x-http-",
)  # fmt: skip


class Match(NamedTuple):
    """A received header: its place, its name in lower case, and what changed it."""

    index: int
    name: str
    how: str


def renamed(wanted: str, names: List[str], known: List[str]) -> Optional[Match]:
    for how in ("underscores", "prefix", "x_prefix", "spelling"):
        for index, received in enumerate(names):
            name = lower_ascii(received)
            if not re.fullmatch("[a-z0-9_-]{0,80}", name) or name in known:
                continue
            if how in _ways(name, wanted):
                return Match(index, name, how)
    return None


def _ways(name: str, wanted: str) -> List[str]:
    dashed = name.replace("_", "-")
    ways = []
    if dashed == wanted:
        ways.append("underscores")
    if any(dashed == prefix + wanted for prefix in _PREFIXES):
        ways.append("prefix")
    if "x-" + wanted == dashed or wanted == "x-" + dashed:
        ways.append("x_prefix")
    if len(wanted) >= 8 and _distance(name, wanted) <= 2:
        ways.append("spelling")
    return ways


def _distance(one: str, other: str) -> int:
    """Levenshtein's."""
    previous = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        current = [row]
        for column, b in enumerate(other, 1):
            current.append(
                min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b))
            )
        previous = current
    return previous[-1]
