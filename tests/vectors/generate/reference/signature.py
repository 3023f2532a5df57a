"""Section 3, rules 3 to 5: entries of the signature header, candidates and the MAC."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import List, NamedTuple, Optional

from reference.encodings import decode_base64, decode_hex, encode_base64, encode_hex
from reference.refusal import Refusal
from reference.scheme import METHOD_OF, Scheme

MOST_CANDIDATES = 64
MOST_PUBLIC = 4
"""Of signatures that public keys verify."""
PUBLIC_BYTES = {"ed25519": (64, 64), "ecdsa-der": (8, 72), "rsa-sha256": (256, 512)}
_HASHES = {
    "hmac-sha256": hashlib.sha256,
    "hmac-sha1": hashlib.sha1,
    "hmac-sha512": hashlib.sha512,
}
ENCODING_NAMES = {
    "hex": "lower-case hexadecimal",
    "hex-upper": "upper-case hexadecimal",
    "hex-any-case": "hexadecimal",
    "base64": "base64",
    "base64url": "unpadded base64url",
}


class Kinds(NamedTuple):
    """Which kinds of signatures are looked for; those of the other kind are of another version."""

    tags: bool
    public: bool


class Candidates(NamedTuple):
    """The signatures that take part in the decision, in their order."""

    tags: List[bytes]
    public: List[bytes]


def mac(scheme: Scheme, key: bytes, content: bytes) -> bytes:
    if scheme.algorithm == "token":
        return key
    if scheme.algorithm == "plain-sha256":
        return hashlib.sha256(content).digest()
    if scheme.algorithm == "plain-md5":
        return hashlib.md5(content).digest()
    return hmac.new(key, content, _HASHES[scheme.algorithm]).digest()


def encode_tag(scheme: Scheme, tag: bytes) -> str:
    return tag.decode("utf-8") if scheme.algorithm == "token" else encode(scheme, tag)


def encode(scheme: Scheme, tag: bytes) -> str:
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


def public_prefix(scheme: Scheme) -> str:
    """What stands before signatures by public keys."""
    return scheme.prefix if scheme.ed25519_prefix is None else scheme.ed25519_prefix


def candidates(scheme: Scheme, kinds: Kinds, name: str, values: List[str]) -> Candidates:
    """Those of the header of this name and of further ones; never none at all."""
    found = Candidates([], [])
    any_ours = any_other_version = False
    other_version = re.compile(r"[A-Za-z0-9_-]{1,16}" + re.escape(scheme.prefix[-1:]))
    for entry in (entry for value in values for entry in split_entries(scheme, value)):
        if not entry:
            continue
        if scheme.timestamp_label is not None and entry.startswith(f"{scheme.timestamp_label}="):
            continue
        if kinds.public and entry.startswith(public_prefix(scheme)):
            any_ours = True
            signature = decode(scheme, entry[len(public_prefix(scheme)) :])
            least, most = PUBLIC_BYTES[METHOD_OF.get(scheme.algorithm, "ed25519")]
            fits = signature is not None and least <= len(signature) <= most
            if signature is not None and fits and len(found.public) < MOST_PUBLIC:
                found.public.append(signature)
        elif kinds.tags and entry.startswith(scheme.prefix):
            any_ours = True
            tag = decode_tag(scheme, entry[len(scheme.prefix) :])
            if tag is not None:
                found.tags.append(tag)
            if len(found.tags) == MOST_CANDIDATES:
                break
        elif other_version.match(entry):
            any_other_version = True
    if found.tags or found.public:
        return found
    prefix = scheme.prefix if kinds.tags else public_prefix(scheme)
    if any_other_version and not any_ours:
        raise Refusal(
            "unsupported_signature",
            f"the header {name} holds no {prefix[:-1]} signature, only other versions",
        )
    if scheme.algorithm == "token":
        raise Refusal("malformed_signature", f"the header {name} holds no token")
    after = f" after {prefix}" if prefix else ""
    if scheme.algorithm in ("ecdsa-p256-sha256", "rsa-pkcs1-sha256"):
        length = ""
    else:
        length = f"{scheme.tag_bytes if kinds.tags else 64}-byte "
    raise Refusal(
        "malformed_signature",
        f"the header {name} holds no {length}signature in canonical"
        f" {ENCODING_NAMES[scheme.encoding]}{after}",
    )


def decode_tag(scheme: Scheme, text: str) -> Optional[bytes]:
    if scheme.algorithm == "token":
        return text.encode("utf-8") or None
    tag = decode(scheme, text)
    return tag if tag is not None and len(tag) == scheme.tag_bytes else None


def decode(scheme: Scheme, text: str) -> Optional[bytes]:
    if scheme.encoding == "base64":
        return decode_base64(text)
    if scheme.encoding == "base64url":
        return _decode_base64url(text)
    return decode_hex(text, scheme.encoding)


_URL_SAFE = str.maketrans("+/", "-_", "=")


def _decode_base64url(text: str) -> Optional[bytes]:
    """Unpadded: a text with characters of the standard alphabet, or with padding, is none."""
    if any(character in "+/=" for character in text):
        return None
    return decode_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
