"""Which URLs of certificates are the provider's: one form alone is taken, so that every client of HTTP
reads the same host in it."""

from __future__ import annotations

import re
from typing import List, Tuple

_MOST_CHARACTERS = 2048


def is_trusted(url: str, hosts: List[str], path: Tuple[str, str]) -> bool:
    """HTTPS, a host of the list without user, port or dot at its end, and a plain path that begins and
    ends so: no query, fragment, escape, `..` or empty segment."""
    found = re.fullmatch("https://([A-Za-z0-9.-]+)(/[A-Za-z0-9/._-]*)", url)
    if found is None or len(url) > _MOST_CHARACTERS:
        return False
    host, rest = found.groups()
    begins, ends = path
    return (
        any(fits_pattern(pattern, host) for pattern in hosts)
        and ".." not in rest
        and "//" not in rest
        and re.fullmatch(f"{re.escape(begins)}.*{re.escape(ends)}", rest) is not None
    )


def fits_pattern(pattern: str, name: str) -> bool:
    """`*` in the pattern is one label."""
    labels = ["[a-z0-9-]+" if one == "*" else re.escape(one) for one in pattern.split(".")]
    return re.fullmatch(r"\.".join(labels), name, re.IGNORECASE | re.ASCII) is not None
