"""RSASSA-PKCS1-v1_5 with SHA-256 or SHA-1 (RFC 8017 section 8.2)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Optional, Tuple

from reference.asymmetric.der import integer_of, read_sequence

#: Modulus and exponent.
Key = Tuple[int, int]
_FEWEST_BITS, _MOST_BITS = 2048, 4096
_DIGEST_INFOS = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
}


def check_key(modulus: int, exponent: int) -> Optional[Key]:
    """The key, if it is of a size that is taken and both numbers are odd."""
    if not _FEWEST_BITS <= modulus.bit_length() <= _MOST_BITS:
        return None
    if modulus % 2 == 0 or exponent % 2 == 0 or not 3 <= exponent < 2**33:
        return None
    return (modulus, exponent)


def read_key(encoded: bytes) -> Optional[Key]:
    """`RSAPublicKey` (RFC 8017 appendix A.1.1)."""
    parts = read_sequence(encoded)
    numbers = None if parts is None else [integer_of(part) for part in parts]
    if numbers is None or len(numbers) != 2 or None in numbers:
        return None
    modulus, exponent = numbers
    assert modulus is not None and exponent is not None
    return check_key(modulus, exponent)


def _length(modulus: int) -> int:
    return (modulus.bit_length() + 7) // 8


def _encode(message: bytes, length: int, hashed: str) -> bytes:
    """EMSA-PKCS1-v1_5 (section 9.2)."""
    info = _DIGEST_INFOS[hashed] + hashlib.new(hashed, message).digest()
    return b"\x00\x01" + b"\xff" * (length - len(info) - 3) + b"\x00" + info


def verify(key: Key, message: bytes, signature: bytes, hashed: str = "sha256") -> bool:
    modulus, exponent = key
    number = int.from_bytes(signature, "big")
    if len(signature) != _length(modulus) or number >= modulus:
        return False
    length = _length(modulus)
    padded = pow(number, exponent, modulus).to_bytes(length, "big")
    return padded == _encode(message, length, hashed)


@lru_cache(maxsize=None)
def sign(modulus: int, private: int, message: bytes, hashed: str = "sha256") -> bytes:
    length = _length(modulus)
    number = int.from_bytes(_encode(message, length, hashed), "big")
    return pow(number, private, modulus).to_bytes(length, "big")
