"""The signed content: a template of parts, filled with bytes and never interpreted again."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

PART_NAMES = (
    "body", "id", "timestamp", "method", "url", "form", "secret", "before_signature",
    "after_signature", "crc32", "sha256",
)  # fmt: skip
OF_FIELDS = ("field:", "line:")


class Part(NamedTuple):
    """A named part of the request, or (name None) literal text."""

    name: Optional[str]
    literal: str = ""


def parse_content(template: str) -> Optional[List[Part]]:
    """The parts in order, neighbouring literal text as one part; None where a brace is wrong."""
    parts: List[Part] = []
    literal = ""
    at = 0
    while at < len(template):
        pair = template[at : at + 2]
        if pair in ("{{", "}}"):
            literal += pair[0]
            at += 2
        elif template[at] == "{":
            end = template.find("}", at)
            name = template[at + 1 : end]
            if end < 0 or not (name in PART_NAMES or name.startswith(OF_FIELDS)):
                return None
            if literal:
                parts.append(Part(None, literal))
                literal = ""
            parts.append(Part(name))
            at = end + 1
        elif template[at] == "}":
            return None
        else:
            literal += template[at]
            at += 1
    if literal:
        parts.append(Part(None, literal))
    return parts


def field_of(part: Part) -> Optional[str]:
    """The path of the field that the part is of."""
    if part.name is None or not part.name.startswith(OF_FIELDS):
        return None
    return part.name.partition(":")[2]


def id_terminators(parts: List[Part]) -> List[str]:
    """The first characters of the literals that directly follow an {id}."""
    return [
        after.literal[0]
        for part, after in zip(parts, parts[1:])
        if part.name == "id" and after.name is None
    ]


def fill_content(parts: List[Part], values: Dict[str, bytes]) -> bytes:
    return b"".join(
        part.literal.encode("utf-8") if part.name is None else values[part.name] for part in parts
    )
