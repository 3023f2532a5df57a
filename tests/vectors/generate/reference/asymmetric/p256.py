"""ECDSA on P-256 with SHA-256 (FIPS 186-5 section 6; SEC 1 version 2; RFC 6979)."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Optional, Tuple

from reference.asymmetric.der import integer_of, read_sequence, write, write_integer

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
#: None is the point at infinity.
Point = Optional[Tuple[int, int]]
_G: Point = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


#: x = X / Z^2, y = Y / Z^3; Z is 0 at infinity.
_Jacobian = Tuple[int, int, int]


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    square = y * y % P
    slope = 3 * (x - z * z) * (x + z * z) % P
    middle = 4 * x * square % P
    doubled = (slope * slope - 2 * middle) % P
    return (doubled, (slope * (middle - doubled) - 8 * square * square) % P, 2 * y * z % P)


def _sum(one: _Jacobian, two: _Jacobian) -> _Jacobian:
    if one[2] == 0 or two[2] == 0:
        return two if one[2] == 0 else one
    z1, z2 = one[2] * one[2] % P, two[2] * two[2] % P
    x1, x2 = one[0] * z2 % P, two[0] * z1 % P
    y1, y2 = one[1] * two[2] * z2 % P, two[1] * one[2] * z1 % P
    if x1 == x2:
        return _double(one) if y1 == y2 else (1, 1, 0)
    width, slope = (x2 - x1) % P, (y2 - y1) % P
    square = width * width % P
    x = (slope * slope - square * width - 2 * x1 * square) % P
    return (x, (slope * (x1 * square - x) - y1 * square * width) % P, one[2] * two[2] * width % P)


def _jacobian(point: Point) -> _Jacobian:
    return (1, 1, 0) if point is None else (*point, 1)


def _affine(point: _Jacobian) -> Point:
    if point[2] == 0:
        return None
    inverse = pow(point[2], P - 2, P)
    return (point[0] * inverse**2 % P, point[1] * inverse**3 % P)


def _times(scalar: int, point: _Jacobian) -> _Jacobian:
    product: _Jacobian = (1, 1, 0)
    while scalar:
        if scalar & 1:
            product = _sum(product, point)
        point = _double(point)
        scalar >>= 1
    return product


def read_point(encoded: bytes) -> Point:
    """SEC 1 section 2.3.4, uncompressed or compressed; None if it is no point of the curve, or that
    at infinity."""
    if len(encoded) == 65 and encoded[0] == 4:
        x, y = int.from_bytes(encoded[1:33], "big"), int.from_bytes(encoded[33:], "big")
    elif len(encoded) == 33 and encoded[0] in (2, 3):
        x = int.from_bytes(encoded[1:], "big")
        y = pow(x**3 - 3 * x + _B, (P + 1) // 4, P)
        if y & 1 != encoded[0] & 1:
            y = P - y
    else:
        return None
    if x >= P or y >= P or (y * y - x**3 + 3 * x - _B) % P:
        return None
    return (x, y)


def write_point(point: Point) -> bytes:
    assert point is not None
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def public_of(private: int) -> Point:
    return _affine(_times(private, _jacobian(_G)))


def numbers_of_der(signature: bytes) -> Optional[Tuple[int, int]]:
    """`Ecdsa-Sig-Value` (RFC 3279 section 2.2.3), in DER alone."""
    parts = read_sequence(signature)
    numbers = None if parts is None else [integer_of(part) for part in parts]
    if numbers is None or len(numbers) != 2:
        return None
    first, second = numbers
    return None if first is None or second is None else (first, second)


def numbers_of_fixed(signature: bytes) -> Optional[Tuple[int, int]]:
    """The two numbers of 32 bytes (RFC 7518 section 3.4)."""
    if len(signature) != 64:
        return None
    return (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def verify(public: Point, message: bytes, numbers: Optional[Tuple[int, int]]) -> bool:
    """Whether these are r and s of the message. High values of s are right, too."""
    if numbers is None or not all(0 < number < N for number in numbers):
        return False
    r, s = numbers
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, N - 2, N)
    point = _affine(
        _sum(
            _times(digest * inverse % N, _jacobian(_G)),
            _times(r * inverse % N, _jacobian(public)),
        )
    )
    return point is not None and point[0] % N == r


@lru_cache(maxsize=None)
def sign(private: int, message: bytes) -> Tuple[int, int]:
    """With the nonce of RFC 6979 section 3.2."""
    digest = hashlib.sha256(message).digest()
    number = int.from_bytes(digest, "big")
    seed = private.to_bytes(32, "big") + (number % N).to_bytes(32, "big")
    key, value = bytes(32), b"\x01" * 32
    for separator in (b"\x00", b"\x01"):
        key = hmac.new(key, value + separator + seed, hashlib.sha256).digest()
        value = hmac.new(key, value, hashlib.sha256).digest()
    while True:
        value = hmac.new(key, value, hashlib.sha256).digest()
        nonce = int.from_bytes(value, "big")
        if 0 < nonce < N:
            point = public_of(nonce)
            assert point is not None
            r = point[0] % N
            s = pow(nonce, N - 2, N) * (number + r * private) % N
            if r and s:
                return (r, s)
        key = hmac.new(key, value + b"\x00", hashlib.sha256).digest()
        value = hmac.new(key, value, hashlib.sha256).digest()


def der_of(numbers: Tuple[int, int]) -> bytes:
    return write(0x30, b"".join(write_integer(number) for number in numbers))


def fixed_of(numbers: Tuple[int, int]) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)
