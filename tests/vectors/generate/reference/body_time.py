"""A timestamp that is a field of a body whose signature is right."""

from __future__ import annotations

from typing import Optional

from reference.json_text import parse_json
from reference.refusal import Refusal


def text_at(path: str, body: bytes) -> Optional[str]:
    """What is written there: of a string its characters. None if the body is no JSON object, or if
    an object on the way names it twice or not at all."""
    try:
        value = parse_json(body.decode("utf-8"))
    except (UnicodeDecodeError, Refusal):
        return None
    for name in path.split("."):
        named = [member for key, member in value.members if key == name]
        if value.kind != "object" or len(named) != 1:
            return None
        value = named[0]
    if value.kind != "string":
        return value.source
    return None if value.holds_lone_surrogate() else value.text
