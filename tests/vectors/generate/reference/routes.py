"""Patterns of event types."""

from __future__ import annotations

from typing import List, Optional, Sequence

from reference.refusal import Refusal


def check_patterns(patterns: Sequence[str]) -> None:
    for at, pattern in enumerate(patterns):
        if not 1 <= len(pattern.encode("utf-8")) <= 256:
            raise Refusal("malformed_pattern", "a pattern of event types is 1 to 256 bytes long")
        stem = pattern[:-1] if pattern.endswith("*") else pattern
        is_whole = stem == pattern
        if "*" in stem or not (is_whole or stem == "" or stem[-1] in "./:"):
            raise Refusal(
                "malformed_pattern",
                "a pattern of event types has * alone, or at its end after a dot, slash or colon,"
                " such as payment.*",
            )
        if pattern in patterns[:at]:
            raise Refusal(
                "duplicate_handler", "this pattern of event types has a handler already"
            )


def find(patterns: Sequence[str], event_type: Optional[str]) -> Optional[int]:
    """The index of the most specific pattern that fits."""
    fitting: List[int] = []
    for at, pattern in enumerate(patterns):
        stem = pattern[:-1]
        fits = pattern == "*"
        if event_type is not None and not fits:
            fits = pattern == event_type or (
                pattern.endswith("*") and event_type.startswith(stem) and event_type != stem
            )
        if fits:
            fitting.append(at)
    if not fitting:
        return None
    # A whole name before a beginning, a long beginning before a short one.
    return max(fitting, key=lambda at: (not patterns[at].endswith("*"), len(patterns[at])))
