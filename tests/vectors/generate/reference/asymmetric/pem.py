"""PEM (RFC 7468), in its strict form: lines of 64 characters, of which the last may be shorter."""

from __future__ import annotations

import re
from typing import Optional

from reference.encodings import decode_base64, encode_base64

_LINES = r"((?:[A-Za-z0-9+/]{64}\r?\n)*[A-Za-z0-9+/=]{1,64}\r?\n)"


def read_pem(text: str, label: str) -> Optional[bytes]:
    """What the one text with this label holds."""
    found = re.fullmatch(f"-----BEGIN {label}-----\r?\n{_LINES}-----END {label}-----(?:\r?\n)*", text)
    return None if found is None else _decoded(found.group(1))


def read_first_pem(text: str, label: str) -> Optional[bytes]:
    """What the first of several holds; text may stand before it."""
    at = text.find("-----BEGIN ")
    found = re.match(f"-----BEGIN {label}-----\r?\n{_LINES}-----END {label}-----", text[at:])
    return None if at < 0 or found is None else _decoded(found.group(1))


def _decoded(lines: str) -> Optional[bytes]:
    return decode_base64("".join(lines.split()))


def write_pem(data: bytes, label: str) -> str:
    text = encode_base64(data)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
