"""The sliding window, from the list of admitted requests alone."""

from __future__ import annotations

from typing import List

from reference.refusal import Refusal

_SLOTS = 32
_MAX_WINDOW_MS = 31 * 24 * 3600 * 1000


def verdicts(requests: int, window_ms: int, at_ms: List[int]) -> List[int]:
    """0 for an admitted request, else the milliseconds until there is room."""
    if requests < 1 or not 1 <= window_ms <= _MAX_WINDOW_MS:
        raise Refusal(
            "malformed_limit",
            "a rate limit is at least 1 request in a window of 1 ms to 31 days",
        )
    width = -(-window_ms // _SLOTS)
    #: The slot of each admitted request.
    admitted: List[int] = []
    given = []
    for now in at_ms:
        # A request counts until its whole slot is older than the window; what lies more than a
        # window ahead was counted by a clock that has been set back.
        admitted = [
            slot
            for slot in admitted
            if (slot + 1) * width + window_ms > now and slot * width <= now + window_ms
        ]
        if len(admitted) < requests:
            admitted.append(now // width)
            given.append(0)
        else:
            # So many have to leave that one place is free.
            leaving = sorted(admitted)[len(admitted) - requests]
            given.append((leaving + 1) * width + window_ms - now)
    return given
