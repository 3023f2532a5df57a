"""Ed25519 (RFC 8032 section 5.1)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Optional, Tuple

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, P - 2, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
#: x, y, z and t with x = X/Z, y = Y/Z, x * y = T/Z.
Point = Tuple[int, int, int, int]
_NEUTRAL: Point = (0, 1, 1, 0)


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * _D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    product = _NEUTRAL
    while scalar:
        if scalar & 1:
            product = _add(product, point)
        point = _add(point, point)
        scalar >>= 1
    return product


def _compress(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decompress(encoded: bytes) -> Optional[Point]:
    number = int.from_bytes(encoded, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * _ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    point = _decompress(y.to_bytes(32, "little"))
    assert point is not None
    return point


_BASE = _base()


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _expand(seed: bytes) -> Tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ((1 << 254) - 8) | 1 << 254, digest[32:]


def is_key(public: bytes) -> bool:
    """Whether this is a point in its one encoding, and none of the eight of small order, under which
    one signature fits several messages."""
    point = _decompress(public) if len(public) == 32 else None
    return point is not None and _compress(_times(8, point)) != _compress(_NEUTRAL)


@lru_cache(maxsize=None)
def public_of(seed: bytes) -> bytes:
    return _compress(_times(_expand(seed)[0], _BASE))


@lru_cache(maxsize=None)
def sign(seed: bytes, message: bytes) -> bytes:
    scalar, prefix = _expand(seed)
    nonce = _hash(prefix, message) % L
    commitment = _compress(_times(nonce, _BASE))
    challenge = _hash(commitment, public_of(seed), message)
    return commitment + ((nonce + challenge * scalar) % L).to_bytes(32, "little")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Without the cofactor, on the bytes of R, and S below the order of the group."""
    point = _decompress(public)
    s = int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or s >= L:
        return False
    challenge = _hash(signature[:32], public, message) % L
    negated = (P - point[0], point[1], 1, P - point[3])
    return _compress(_add(_times(s, _BASE), _times(challenge, negated))) == signature[:32]
