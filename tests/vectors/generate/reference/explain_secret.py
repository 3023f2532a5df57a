"""Other forms of a secret that is given as text, each as the bytes of a key."""

from __future__ import annotations

import base64
from typing import Iterator, Optional, Tuple

from reference.encodings import decode_base64, decode_hex
from reference.refusal import Refusal
from reference.scheme import Scheme
from reference.secret import parse_secret

_PREFIXES = ("v1,whsec_", "whsec_", "sha256=")


def secret_forms(scheme: Scheme, secret: str) -> Iterator[Tuple[str, bytes]]:
    forms = _all_forms(scheme, secret, secret.encode("utf-8"))
    return ((form, key) for form, key in forms if key)


def _all_forms(
    scheme: Scheme, secret: str, given: bytes
) -> Iterator[Tuple[str, Optional[bytes]]]:
    yield "text", given
    prefixes = ([scheme.secret_prefix] if scheme.secret_prefix else []) + list(_PREFIXES)
    prefix = next((one for one in prefixes if secret.startswith(one)), "")
    bare = secret[len(prefix) :]
    yield "text_without_prefix", bare.encode("utf-8") if prefix else None
    unpadded = bare.rstrip("=")
    padded = unpadded + "=" * (-len(unpadded) % 4)
    yield "base64", decode_base64(padded)
    is_url_safe = not set(padded) & set("+/")
    yield "base64url", (
        decode_base64(padded.replace("-", "+").replace("_", "/")) if is_url_safe else None
    )
    yield "hex", decode_hex(bare, "hex-any-case")
    yield "text_with_whsec_prefix", b"whsec_" + given
    yield "text_with_line_break", given + b"\n"
    # No text that is a secret begins or ends with whitespace, so that it is left alone here.
    quoted = len(secret) > 1 and secret[0] == secret[-1] and secret[0] in "\"'`"
    yield "without_quotes", _as_scheme_reads(scheme, secret[1:-1]) if quoted else None
    text = base64.b64encode(given)
    yield "base64_text", text
    yield "base64_text_with_whsec_prefix", b"whsec_" + text
    yield "hex_text", given.hex().encode("ascii")
    yield "hex_upper_text", given.hex().upper().encode("ascii")


def _as_scheme_reads(scheme: Scheme, secret: str) -> Optional[bytes]:
    try:
        return parse_secret(scheme, secret)
    except Refusal:
        return None
