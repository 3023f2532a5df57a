"""JSON Web Signatures in compact form (RFC 7515 section 3.1) whose claims have a digest of the body."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from reference.asymmetric import ed25519
from reference.asymmetric.keys import PublicKey, decode_base64url, string_of
from reference.encodings import encode_base64
from reference.json_text import Value, parse_json
from reference.refusal import Refusal

#: By `alg`: the method of a public key, or the hash of a shared secret.
METHODS = {"RS256": "rsa-sha256", "ES256": "ecdsa-fixed", "EdDSA": "ed25519"}
_HASHES = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}
_MOST_CHARACTERS = 8192


class Malformed(Exception):
    """The text is no JWS."""


class Unsupported(Exception):
    """It is by another algorithm, or has an extension that must be understood."""


@dataclass(frozen=True)
class Jws:
    """One that is well-formed; nothing of it is trusted."""

    signed: bytes
    signature: bytes
    algorithm: str
    key_id: Optional[str]
    claims: Value

    def verified_by_secret(self, secret: bytes) -> bool:
        tag = hmac.new(secret, self.signed, _HASHES[self.algorithm]).digest()
        return tag == self.signature

    def verified_by(self, key: PublicKey) -> bool:
        return key.verifies(METHODS[self.algorithm], self.signed, self.signature)

    def claim(self, name: str) -> Optional[Value]:
        """The claim, if there is one and one alone."""
        named = _named(self.claims, name)
        return named[0] if len(named) == 1 else None

    def text(self, name: str) -> Optional[str]:
        return string_of(self.claim(name))


def _named(value: Value, name: str) -> List[Value]:
    return [member for key, member in value.members if key == name]


def _at_most_one(value: Value, name: str) -> Optional[Value]:
    named = _named(value, name)
    if len(named) > 1:
        raise Malformed
    return named[0] if named else None


def _object(data: bytes) -> Value:
    try:
        value = parse_json(data.decode("utf-8"))
    except (UnicodeDecodeError, Refusal):
        raise Malformed from None
    if value.kind != "object":
        raise Malformed
    return value


def parse_jws(text: str, form: Dict[str, Any]) -> Jws:
    """Raises `Malformed` or `Unsupported`."""
    parts = text.split(".")
    if len(text) > _MOST_CHARACTERS or len(parts) != 3:
        raise Malformed
    decoded = [decode_base64url(part) for part in parts]
    header, payload, signature = decoded
    if header is None or payload is None or signature is None:
        raise Malformed
    head = _object(header)
    algorithm = string_of(_at_most_one(head, "alg"))
    if algorithm is None:
        raise Malformed
    if algorithm not in form["algorithms"] or _at_most_one(head, "crit") is not None:
        raise Unsupported
    named = _at_most_one(head, "kid")
    key_id = string_of(named)
    if named is not None and key_id is None:
        raise Malformed
    claims = _object(payload)
    _at_most_one(claims, form["digest_claim"])
    return Jws(".".join(parts[:2]).encode("ascii"), signature, algorithm, key_id, claims)


def digest_of(body: bytes, form: Dict[str, Any]) -> str:
    digest = hashlib.sha256(body).digest()
    return digest.hex() if form["digest_encoding"] == "hex" else encode_base64(digest)


def _encode(data: bytes) -> str:
    return encode_base64(data).translate(str.maketrans("+/", "-_", "="))


def sign_jws(form: Dict[str, Any], algorithm: str, key: bytes, body: bytes, now: int) -> str:
    """By a shared secret, or the seed of an Ed25519 key."""
    claims = f'{{"{form["digest_claim"]}":"{digest_of(body, form)}"'
    if form["issuer"] is not None:
        claims += f',"iss":"{form["issuer"]}"'
    if form["timestamp_claim"] is not None:
        claims += f',"{form["timestamp_claim"]}":{now}'
    head = f'{{"alg":"{algorithm}","typ":"JWT"}}'
    message = f"{_encode(head.encode())}.{_encode((claims + '}').encode())}"
    if algorithm == "EdDSA":
        signature = ed25519.sign(key, message.encode())
    else:
        signature = hmac.new(key, message.encode(), _HASHES[algorithm]).digest()
    return f"{message}.{_encode(signature)}"
