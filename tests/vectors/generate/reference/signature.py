"""Section 3, rules 3 to 5: entries of the signature header, candidates and the MAC."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import List, Optional

from reference.encodings import decode_base64, decode_hex, encode_base64, encode_hex
from reference.refusal import Refusal
from reference.scheme import Scheme

MOST_CANDIDATES = 64
_HASHES = {
    "hmac-sha256": hashlib.sha256,
    "hmac-sha1": hashlib.sha1,
    "hmac-sha512": hashlib.sha512,
}
_ENCODING_NAMES = {
    "hex": "lower-case hexadecimal",
    "hex-upper": "upper-case hexadecimal",
    "hex-any-case": "hexadecimal",
    "base64": "base64",
    "base64url": "unpadded base64url",
}


def mac(scheme: Scheme, key: bytes, content: bytes) -> bytes:
    if scheme.algorithm == "token":
        return key
    if scheme.algorithm == "plain-sha256":
        return hashlib.sha256(content).digest()
    return hmac.new(key, content, _HASHES[scheme.algorithm]).digest()


def encode_tag(scheme: Scheme, tag: bytes) -> str:
    if scheme.algorithm == "token":
        return tag.decode("ascii")
    if scheme.encoding == "base64":
        return encode_base64(tag)
    if scheme.encoding == "base64url":
        return encode_base64(tag).translate(_URL_SAFE)
    return encode_hex(tag, scheme.encoding)


def split_entries(scheme: Scheme, value: str) -> List[str]:
    entries = [value] if scheme.separator is None else value.split(scheme.separator[0])
    return [entry.strip(" ") for entry in entries]


def labelled_timestamp(scheme: Scheme, name: str, value: str) -> str:
    """The text of the one `label=` entry."""
    start = f"{scheme.timestamp_label}="
    texts = [
        entry[len(start) :] for entry in split_entries(scheme, value) if entry.startswith(start)
    ]
    if not texts:
        raise Refusal("malformed_timestamp", f"the header {name} has no {start} entry")
    if len(texts) > 1:
        raise Refusal("malformed_timestamp", f"the header {name} has more than one {start} entry")
    return texts[0]


def candidates(scheme: Scheme, name: str, values: List[str]) -> List[bytes]:
    """The tags that take part in the comparison, of the header of this name and of further ones;
    never empty."""
    found: List[bytes] = []
    any_ours = any_other_version = False
    other_version = re.compile(r"[A-Za-z0-9_-]{1,16}" + re.escape(scheme.prefix[-1:]))
    for entry in (entry for value in values for entry in split_entries(scheme, value)):
        if not entry:
            continue
        if scheme.timestamp_label is not None and entry.startswith(f"{scheme.timestamp_label}="):
            continue
        if entry.startswith(scheme.prefix):
            any_ours = True
            tag = _decode_tag(scheme, entry[len(scheme.prefix) :])
            if tag is not None:
                found.append(tag)
        elif other_version.match(entry):
            any_other_version = True
    if found:
        return found[:MOST_CANDIDATES]
    if any_other_version and not any_ours:
        raise Refusal(
            "unsupported_signature",
            f"the header {name} holds no {scheme.prefix[:-1]} signature, only other versions",
        )
    if scheme.algorithm == "token":
        raise Refusal("malformed_signature", f"the header {name} holds no token")
    after = f" after {scheme.prefix}" if scheme.prefix else ""
    raise Refusal(
        "malformed_signature",
        f"the header {name} holds no {scheme.tag_bytes}-byte signature in canonical"
        f" {_ENCODING_NAMES[scheme.encoding]}{after}",
    )


def _decode_tag(scheme: Scheme, text: str) -> Optional[bytes]:
    if scheme.algorithm == "token":
        return text.encode("ascii") or None
    if scheme.encoding == "base64":
        tag = decode_base64(text)
    elif scheme.encoding == "base64url":
        tag = _decode_base64url(text)
    else:
        tag = decode_hex(text, scheme.encoding)
    return tag if tag is not None and len(tag) == scheme.tag_bytes else None


_URL_SAFE = str.maketrans("+/", "-_", "=")


def _decode_base64url(text: str) -> Optional[bytes]:
    """Unpadded: a text with characters of the standard alphabet, or with padding, is none."""
    if any(character in "+/=" for character in text):
        return None
    return decode_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
