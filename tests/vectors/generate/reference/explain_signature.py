"""Signatures that are of another form or version than the scheme's."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

from reference.encodings import decode_base64
from reference.explain_text import Facts
from reference.scheme import Scheme
from reference.signature import encode_tag, split_entries

_LABELS = ("sha1", "sha256", "sha512", "v0", "v1", "v1a", "v2", "v3", "v4", "md5")
_LENGTHS = {16: "md5", 20: "sha1", 32: "sha256", 64: "sha512"}


class Entry(NamedTuple):
    """What one entry looks like; `corrected` is the header's value with it in the right form."""

    corrected: Optional[str]
    encoding: Optional[Facts]
    version: Optional[Facts]


def signature_entries(scheme: Scheme, name: str, value: str) -> List[Entry]:
    if scheme.algorithm == "token":
        return []
    texts = [text for text in split_entries(scheme, value) if text]
    if scheme.timestamp_label is not None:
        texts = [text for text in texts if not text.startswith(f"{scheme.timestamp_label}=")]
    return [_entry(scheme, name, value, text) for text in texts[:8]]


def _entry(scheme: Scheme, name: str, value: str, text: str) -> Entry:
    own_label = scheme.prefix[:-1]
    if scheme.prefix and text.startswith(scheme.prefix):
        label: Optional[str] = own_label
        encoded = text[len(scheme.prefix) :]
    else:
        label, encoded = _labelled(text)
    found, tag = _decode(encoded)
    corrected = encoding = version = None
    fits = tag is not None and len(tag) == scheme.tag_bytes
    if tag is not None and fits:
        own = scheme.prefix + encode_tag(scheme, tag)
        corrected = own if scheme.separator is None else value + scheme.separator + own
        encoding = {"header": name, "expected": scheme.encoding, "found": found}
        if label is None and scheme.prefix:
            encoding["prefix"] = "missing"
        elif label is not None and label != own_label:
            encoding["prefix"] = "unexpected"
    if label is not None and label != own_label:
        version = {"header": name, "expected": own_label or scheme.algorithm, "found": label}
    elif tag is not None and not fits and len(tag) in _LENGTHS:
        version = {"header": name, "expected": scheme.algorithm, "found": _LENGTHS[len(tag)]}
    return Entry(corrected, encoding, version)


def _labelled(text: str) -> Tuple[Optional[str], str]:
    found = re.match("([^=,]*)[=,]", text)
    if found is None or found.group(1) not in _LABELS:
        return None, text
    return found.group(1), text[found.end() :]


def _decode(text: str) -> Tuple[str, Optional[bytes]]:
    if not text:
        return "", None
    if re.fullmatch("(?:[0-9A-Fa-f]{2})+", text):
        lower, upper = (bool(re.search(some, text)) for some in ("[a-f]", "[A-F]"))
        return "hex" + ("-mixed" if lower and upper else "-upper" if upper else ""), bytes.fromhex(
            text
        )
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    if padded != text and "=" in text:
        return "", None
    suffix = "" if "=" in text or len(text) % 4 == 0 else "-unpadded"
    tag = decode_base64(padded)
    if tag is not None:
        return "base64" + suffix, tag
    if set(text) & set("+/"):
        return "", None
    tag = decode_base64(padded.replace("-", "+").replace("_", "/"))
    return "base64url" + ("-padded" if "=" in text else ""), tag
