"""The text of a corpus file: stable, ASCII, one line where a value fits on it."""

from __future__ import annotations

import json
from typing import Any

from casebook import Topic

_WIDTH = 100


def render_topic(topic: Topic) -> str:
    head = {"kind": topic.kind, "about": topic.about}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    cases = ",\n".join("    " + _render(case.as_json(), 4, True) for case in topic.cases)
    return "{\n" + "\n".join(lines) + '\n  "cases": [\n' + cases + "\n  ]\n}\n"


def _render(value: Any, indent: int, spread: bool = False) -> str:
    """`indent` is the column of the line that the value begins on."""
    compact = json.dumps(value)
    fits = indent + len(compact) <= _WIDTH
    if not isinstance(value, (dict, list)) or not value or (fits and not spread):
        return compact
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {_render(one, indent + 2)}" for key, one in value.items()]
        opening, closing = "{", "}"
    else:
        items = [_render(one, indent + 2) for one in value]
        opening, closing = "[", "]"
    joined = f",\n{inner}".join(items)
    return f"{opening}\n{inner}{joined}\n{' ' * indent}{closing}"
