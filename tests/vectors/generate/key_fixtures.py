"""Keys, certificates and JSON Web Signatures of the corpus. Python has no public keys of its own, so that
these are signed by the arithmetic of the reference, which agrees with Google's Wycheproof vectors."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

from fixtures import b64
from reference.asymmetric import ed25519, p256, rsa
from reference.asymmetric.der import write, write_integer
from reference.asymmetric.pem import write_pem

Signer = Callable[[bytes], bytes]
_KEYS = json.loads((Path(__file__).parent / "data" / "test_keys.json").read_text("utf-8"))
_EXPONENT = 65537

# Ed25519.
ED_SEED, ED_OTHER_SEED = bytes(range(32)), bytes(range(32, 64))
ED_KEY, ED_OTHER = ed25519.public_of(ED_SEED), ed25519.public_of(ED_OTHER_SEED)
WHPK, WHPK_OTHER = f"whpk_{b64(ED_KEY)}", f"whpk_{b64(ED_OTHER)}"
WHSK, WHSK_OTHER = f"whsk_{b64(ED_SEED + ED_KEY)}", f"whsk_{b64(ED_OTHER_SEED + ED_OTHER)}"


def by_ed25519(message: bytes) -> bytes:
    return ed25519.sign(ED_SEED, message)


def by_other_ed25519(message: bytes) -> bytes:
    return ed25519.sign(ED_OTHER_SEED, message)


# P-256.
_EC, _EC_OTHER = int(_KEYS["p256"], 16), int(_KEYS["p256_other"], 16)
EC_POINT, EC_OTHER_POINT = p256.public_of(_EC), p256.public_of(_EC_OTHER)


def by_ecdsa(message: bytes) -> bytes:
    return p256.der_of(p256.sign(_EC, message))


def by_ecdsa_high(message: bytes) -> bytes:
    """With n - s in place of s, which verifies as well; of the two the greater."""
    r, s = p256.sign(_EC, message)
    return p256.der_of((r, max(s, p256.N - s)))


def by_ecdsa_fixed(message: bytes) -> bytes:
    return p256.fixed_of(p256.sign(_EC, message))


def by_other_ecdsa_fixed(message: bytes) -> bytes:
    return p256.fixed_of(p256.sign(_EC_OTHER, message))


# RSA.
RSA_MODULUS, RSA_OTHER_MODULUS, RSA_1024_MODULUS = (
    int(_KEYS[name]["n"], 16) for name in ("rsa", "rsa_other", "rsa_1024")
)


def _by_rsa(name: str, hashed: str = "sha256") -> Signer:
    modulus, private = (int(_KEYS[name][part], 16) for part in "nd")
    return lambda message: rsa.sign(modulus, private, message, hashed)


def rsa_power(number: int) -> bytes:
    """What the holder of the private key makes of a number without padding."""
    return pow(number, int(_KEYS["rsa"]["d"], 16), RSA_MODULUS).to_bytes(256, "big")


by_rsa, by_other_rsa = (_by_rsa(name) for name in ("rsa", "rsa_other"))
by_rsa_sha1 = _by_rsa("rsa", "sha1")

# As `SubjectPublicKeyInfo`.
_SEQUENCE, _BITS, _NULL = 0x30, 0x03, b"\x05\x00"


def _oid(encoded: str) -> bytes:
    return write(0x06, bytes.fromhex(encoded))


_RSA_OID, _ECDSA_SHA256 = _oid("2a864886f70d010101"), _oid("2a8648ce3d040302")


def _info(algorithm: bytes, key: bytes) -> bytes:
    return write(_SEQUENCE, write(_SEQUENCE, algorithm), write(_BITS, b"\0" + key))


def ed25519_info(key: bytes) -> bytes:
    return _info(_oid("2b6570"), key)


def p256_info(point: p256.Point, curve: str = "2a8648ce3d030107") -> bytes:
    return _info(_oid("2a8648ce3d0201") + _oid(curve), p256.write_point(point))


def rsa_info(modulus: int, exponent: int = _EXPONENT, parameters: bytes = _NULL) -> bytes:
    key = write(_SEQUENCE, write_integer(modulus), write_integer(exponent))
    return _info(_RSA_OID + parameters, key)


ED_INFO, EC_INFO, RSA_INFO = ed25519_info(ED_KEY), p256_info(EC_POINT), rsa_info(RSA_MODULUS)
EC_OTHER_INFO, RSA_OTHER_INFO = p256_info(EC_OTHER_POINT), rsa_info(RSA_OTHER_MODULUS)
RSA_1024_INFO = rsa_info(RSA_1024_MODULUS)


def pem(info: bytes) -> str:
    return write_pem(info, "PUBLIC KEY")


# As JSON Web Keys.
def b64url(data: bytes) -> str:
    return b64(data).translate(str.maketrans("+/", "-_", "="))


def digest_hex(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest_base64(body: bytes) -> str:
    return b64(hashlib.sha256(body).digest())


def number_text(number: int) -> str:
    return b64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def ed25519_jwk(key: bytes = ED_KEY, **more: Any) -> Dict[str, Any]:
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url(key), **more}


def p256_jwk(point: p256.Point = EC_POINT, **more: Any) -> Dict[str, Any]:
    assert point is not None
    x, y = (b64url(number.to_bytes(32, "big")) for number in point)
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, **more}


def rsa_jwk(modulus: int = RSA_MODULUS, **more: Any) -> Dict[str, Any]:
    return {"kty": "RSA", "n": number_text(modulus), "e": number_text(_EXPONENT), **more}


def text_of(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def jwks(*keys: Dict[str, Any]) -> str:
    return text_of({"keys": list(keys)})


# Certificates (RFC 5280), as short as they can be. Nobody checks who issued them.
def _time(text: str) -> bytes:
    """`text` as 2023-11-14T22:13:20; before 2050 in the short form, as section 4.1.2.5 wants."""
    time = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")
    short = time.year < 2050
    written = time.strftime("%y%m%d%H%M%SZ" if short else "%Y%m%d%H%M%SZ")
    return write(0x17 if short else 0x18, written.encode("ascii"))


def _name(common: Optional[str]) -> bytes:
    attributes = [("550406", 0x13, "US"), ("55040a", 0x0C, "Test of the corpus")]
    if common is not None:
        attributes.append(("550403", 0x0C, common))
    return write(
        _SEQUENCE,
        *(
            write(0x31, write(_SEQUENCE, _oid(oid), write(tag, text.encode("utf-8"))))
            for oid, tag, text in attributes
        ),
    )


def certificate(
    info: bytes,
    common: Optional[str],
    *,
    alternatives: Optional[Sequence[str]] = None,
    not_before: str = "2015-01-01T00:00:00",
    not_after: str = "2099-12-31T23:59:59",
) -> str:
    """The PEM of one of this key, with a common name and DNS names."""
    algorithm = write(_SEQUENCE, _ECDSA_SHA256)
    fields = [
        write(0xA0, write_integer(2)), write_integer(0x1234), algorithm, _name("Test issuer"),
        write(_SEQUENCE, _time(not_before), _time(not_after)), _name(common), info,
    ]  # fmt: skip
    if alternatives is not None:
        names = write(_SEQUENCE, *(write(0x82, name.encode("ascii")) for name in alternatives))
        extension = write(_SEQUENCE, _oid("551d11"), write(0x04, names))
        fields.append(write(0xA3, write(_SEQUENCE, extension)))
    signed = write(_SEQUENCE, *fields)
    signature = write(_BITS, b"\0" + by_ecdsa(signed))
    return write_pem(write(_SEQUENCE, signed, algorithm, signature), "CERTIFICATE")


# JSON Web Signatures.
def by_secret(secret: bytes, algorithm: str = "sha256") -> Signer:
    return lambda message: hmac.new(secret, message, getattr(hashlib, algorithm)).digest()


def no_signature(message: bytes) -> bytes:
    return b""


def token(head: Any, claims: Any, signer: Signer) -> str:
    """Of objects, or of texts as they are."""
    parts: List[str] = []
    for part in (head, claims):
        written = part if isinstance(part, str) else text_of(part)
        parts.append(b64url(written.encode("utf-8")))
    message = ".".join(parts)
    return f"{message}.{b64url(signer(message.encode('ascii')))}"
