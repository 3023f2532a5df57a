"""The headers of an answer as it is sent."""

from __future__ import annotations

from countersign._countersign import Answer


def header_list(answer: Answer) -> list[tuple[str, str]]:
    """With the length of the body, which RFC 9110 section 8.6 forbids where there cannot be one."""
    length = [] if answer.status == 204 else [("content-length", str(len(answer.body)))]
    return [*answer.headers, *length]
