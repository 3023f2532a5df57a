"""Public keys: the texts in which they are passed, and what they verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

from reference.asymmetric import ed25519, p256, rsa
from reference.asymmetric.der import (
    BIT_STRING,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    Element,
    read_all,
    read_sequence,
)
from reference.asymmetric.pem import read_pem
from reference.encodings import decode_base64_padded_or_not, decode_hex
from reference.json_text import JSON_WHITESPACE, Value, parse_json
from reference.refusal import Refusal

#: Which signatures a key of this kind verifies.
METHODS = {
    "ed25519": ("ed25519",),
    "p256": ("ecdsa-der", "ecdsa-fixed"),
    "rsa": ("rsa-sha256", "rsa-sha1"),
}
_ED25519 = bytes.fromhex("2b6570")
_ELLIPTIC_CURVE = bytes.fromhex("2a8648ce3d0201")
_P256 = bytes.fromhex("2a8648ce3d030107")
_RSA = bytes.fromhex("2a864886f70d010101")
_MOST_KEYS = 32
_MOST_LEVELS = 8


@dataclass(frozen=True)
class PublicKey:
    """`value` is 32 bytes, a point, or modulus and exponent."""

    kind: str
    value: Union[bytes, p256.Point, rsa.Key]
    id: Optional[str] = None
    #: Of a private key of Ed25519.
    seed: Optional[bytes] = None

    def fits(self, method: str) -> bool:
        return method in METHODS[self.kind]

    def verifies(self, method: str, message: bytes, signature: bytes) -> bool:
        if not self.fits(method):
            return False
        if method == "ed25519":
            return ed25519.verify(self.value, message, signature)  # type: ignore[arg-type]
        if method in ("rsa-sha256", "rsa-sha1"):
            hashed = method[len("rsa-") :]
            return rsa.verify(self.value, message, signature, hashed)  # type: ignore[arg-type]
        read = p256.numbers_of_der if method == "ecdsa-der" else p256.numbers_of_fixed
        return p256.verify(self.value, message, read(signature))  # type: ignore[arg-type]


def _ed25519_key(data: Optional[bytes], **more: object) -> Optional[PublicKey]:
    if data is None or not ed25519.is_key(data):
        return None
    return PublicKey("ed25519", data, **more)  # type: ignore[arg-type]


def _p256_key(encoded: bytes, key_id: Optional[str] = None) -> Optional[PublicKey]:
    point = p256.read_point(encoded)
    return None if point is None else PublicKey("p256", point, key_id)


def _key_info(data: bytes) -> Optional[Tuple[List[Element], bytes]]:
    """The algorithm, and the key as its bits."""
    parts = read_sequence(data)
    if parts is None or [part.tag for part in parts] != [SEQUENCE, BIT_STRING]:
        return None
    algorithm = read_all(parts[0].content)
    if not algorithm or algorithm[0].tag != OBJECT_IDENTIFIER:
        return None
    bits = parts[1].content
    # The first byte says how many bits of the last are none of the string's.
    return (algorithm, bits) if bits and bits[0] < 8 else None


def read_key_info(data: bytes) -> Optional[PublicKey]:
    """`SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7; RFC 5480, RFC 8410, RFC 3279)."""
    found = _key_info(data)
    if found is None or found[1][:1] != b"\0":
        return None
    algorithm, bits = found
    name, parameters = algorithm[0].content, algorithm[1:]
    if name == _ED25519 and not parameters:
        return _ed25519_key(bits[1:])
    named = [(one.tag, one.content) for one in parameters]
    if name == _ELLIPTIC_CURVE and named == [(OBJECT_IDENTIFIER, _P256)]:
        return _p256_key(bits[1:])
    if name == _RSA and named == [(NULL, b"")]:
        key = rsa.read_key(bits[1:])
        return None if key is None else PublicKey("rsa", key)
    return None


def read_keys(text: str) -> Optional[List[PublicKey]]:
    """The keys that a text gives; None if it is none that is read."""
    if text.startswith("whsk_"):
        pair = decode_base64_padded_or_not(text[len("whsk_") :])
        if pair is None or len(pair) != 64 or ed25519.public_of(pair[:32]) != pair[32:]:
            return None
        return _one(_ed25519_key(pair[32:], seed=pair[:32]))
    if text.startswith("{"):
        return _read_jwks(text)
    if text.startswith("whpk_"):
        return _one(_ed25519_key(decode_base64_padded_or_not(text[len("whpk_") :])))
    if text.startswith("-----BEGIN"):
        data = read_pem(text, "PUBLIC KEY")
        return None if data is None else _one(read_key_info(data))
    if len(text) == 64:
        return _one(_ed25519_key(decode_hex(text, "hex-any-case")))
    data = decode_base64_padded_or_not(text)
    if data is None:
        return None
    return _one(_ed25519_key(data) if len(data) == 32 else read_key_info(data))


def _one(key: Optional[PublicKey]) -> Optional[List[PublicKey]]:
    return None if key is None else [key]


def is_public_text(text: str) -> bool:
    """Whether this cannot be meant as a shared secret."""
    if text.startswith(("whpk_", "whsk_", "-----BEGIN", "{")):
        return True
    data = decode_base64_padded_or_not(text)
    return data is not None and _key_info(data) is not None


def decode_base64url(text: str) -> Optional[bytes]:
    """Unpadded and canonical (RFC 7515 section 2)."""
    if any(character in "+/=" for character in text):
        return None
    return decode_base64_padded_or_not(text.replace("-", "+").replace("_", "/"))


def _levels(text: str) -> int:
    """How deep arrays and objects nest."""
    deepest = open_now = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_now += 1
            deepest = max(deepest, open_now)
        elif character in "}]":
            open_now -= 1
    return deepest


def _read_jwks(text: str) -> Optional[List[PublicKey]]:
    """A JWK, a set of them (RFC 7517), what Plaid answers, or what Circle does."""
    try:
        document = parse_json(text)
    except Refusal:
        return None
    if _levels(text) > _MOST_LEVELS:
        return None
    keys, one, data = (member(document, name) for name in ("keys", "key", "data"))
    if keys is not None:
        if keys.kind != "array":
            return None
        found = [_read_jwk(each) for each in _items(keys)[:_MOST_KEYS]]
        return [key for key in found if key is not None]
    if one is None and data is not None:
        encoded = string_of(member(data, "publicKey"))
        raw = None if encoded is None else decode_base64_padded_or_not(encoded)
        return None if raw is None else _one(read_key_info(raw))
    if one is None and member(document, "kty") is None:
        return None
    key = _read_jwk(document if one is None else one)
    return [] if key is None else [key]


def _items(array: Value) -> List[Value]:
    """The values of an array, which the reader of payloads does not keep."""
    rest = array.source[1:-1].strip(JSON_WHITESPACE)
    if not rest:
        return []
    # As the members of an object they are kept.
    items: List[Value] = []
    depth = start = 0
    in_string = escaped = False
    for at, character in enumerate(rest):
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        elif character == "," and depth == 0:
            items.append(parse_json(rest[start:at]))
            start = at + 1
    return [*items, parse_json(rest[start:])]


def member(value: Value, name: str) -> Optional[Value]:
    """The one member of this name."""
    named = [each for key, each in value.members if key == name]
    return named[0] if value.kind == "object" and len(named) == 1 else None


def string_of(value: Optional[Value]) -> Optional[str]:
    if value is None or value.kind != "string" or value.holds_lone_surrogate():
        return None
    return value.text


def _read_jwk(jwk: Value) -> Optional[PublicKey]:
    def text(name: str) -> Optional[str]:
        return string_of(member(jwk, name))

    def data(name: str) -> bytes:
        written = text(name)
        return (None if written is None else decode_base64url(written)) or b""

    expired = member(jwk, "expired_at")
    if expired is not None and expired.kind in ("number", "string"):
        return None
    if text("use") not in (None, "sig"):
        return None
    kind, curve, key_id = text("kty"), text("crv"), text("kid")
    if (kind, curve) == ("OKP", "Ed25519"):
        return _ed25519_key(data("x"), id=key_id)
    if (kind, curve) == ("EC", "P-256"):
        x, y = data("x"), data("y")
        return _p256_key(b"\x04" + x + y, key_id) if (len(x), len(y)) == (32, 32) else None
    if (kind, curve) == ("RSA", None):
        numbers = [int.from_bytes(data(name), "big") for name in ("n", "e")]
        key = rsa.check_key(*numbers)
        return None if key is None else PublicKey("rsa", key, key_id)
    return None
