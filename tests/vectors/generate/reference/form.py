"""Forms, as the WHATWG URL standard parses application/x-www-form-urlencoded."""

from __future__ import annotations

import re
from typing import List, Tuple

from reference.refusal import Refusal

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def parse_form(text: str) -> List[Tuple[str, str]]:
    """The fields in order, every repeated name kept."""
    if not text:
        raise Refusal("payload_not_json", "the payload is empty")
    if any(not "!" <= character <= "~" for character in text):
        raise Refusal("payload_not_json", "the payload is neither JSON nor a form")
    fields: List[Tuple[str, str]] = []
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            fields.append((_decode(name), _decode(value)))
    return fields


def _decode(text: str) -> str:
    spaced = text.replace("+", " ").encode("ascii")
    decoded = _PERCENT.sub(lambda found: bytes([int(found.group(1), 16)]), spaced)
    return decoded.decode("utf-8", "replace")
