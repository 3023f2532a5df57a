"""Strict base64 and hexadecimal: one text for each value of bytes, everything else is None."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Optional

_HEX_FORMS = {
    "hex": re.compile(r"(?:[0-9a-f]{2})*"),
    "hex-upper": re.compile(r"(?:[0-9A-F]{2})*"),
    "hex-any-case": re.compile(r"(?:[0-9A-Fa-f]{2})*"),
}


def decode_base64(text: str) -> Optional[bytes]:
    """Standard alphabet, padded, zero trailing bits: encoding it again gives the same text."""
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return decoded if encode_base64(decoded) == text else None


def decode_base64_padded_or_not(text: str) -> Optional[bytes]:
    """As `decode_base64`; the padding may also be left out altogether."""
    if "=" not in text:
        text += "=" * (-len(text) % 4)
    return decode_base64(text)


def decode_hex(text: str, form: str) -> Optional[bytes]:
    """Whole bytes in the case that `form` names."""
    return bytes.fromhex(text) if _HEX_FORMS[form].fullmatch(text) else None


def encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def encode_hex(data: bytes, form: str) -> str:
    return data.hex().upper() if form == "hex-upper" else data.hex()
