"""Lengths: what a request says of its body, and the headers of an answer as it is sent."""

from __future__ import annotations

from countersign._countersign import Answer


def declared_length(text: str | None) -> int | None:
    """The length that a request declares. What is no length tells nothing: bodies are counted anyway."""
    if text is None or len(text) >= 16 or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def header_list(answer: Answer) -> list[tuple[str, str]]:
    """With the length of the body, which RFC 9110 section 8.6 forbids where there cannot be one."""
    length = [] if answer.status == 204 else [("content-length", str(len(answer.body)))]
    return [*answer.headers, *length]
