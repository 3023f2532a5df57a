"""Pairs of keys, for schemes whose secret is a public key; the providers' libraries sign with none."""

from __future__ import annotations

import base64
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.signing import SigningKey

#: The private keys, by the public keys as the providers write them.
ED25519: dict[str, SigningKey] = {}
P256: dict[str, ec.EllipticCurvePrivateKey] = {}
#: How many points the curve P-256 has.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def ed25519_public(random: Random) -> str:
    private = SigningKey(random.randbytes(32))
    public = private.verify_key.encode().hex()
    ED25519[public] = private
    return public


def ed25519_pair(public: str) -> str:
    """The pair as Countersign signs with it."""
    pair = ED25519[public].encode() + bytes.fromhex(public)
    return "whsk_" + base64.b64encode(pair).decode()


def ed25519_signature(public: str, content: bytes) -> str:
    return ED25519[public].sign(content).signature.hex()


def ed25519_rewritten(signature: str) -> dict[str, str]:
    """What only a lax library takes for the same signature."""
    point, scalar = signature[:64], int.from_bytes(bytes.fromhex(signature[64:]), "little")
    added = scalar + ED25519_ORDER
    return {"a number that is too large": point + added.to_bytes(32, "little").hex()}


def p256_public(random: Random) -> str:
    private = ec.derive_private_key(random.randrange(1, P256_ORDER), ec.SECP256R1())
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public = base64.b64encode(der).decode()
    P256[public] = private
    return public


def p256_signature(public: str, content: bytes) -> str:
    # How long the two numbers are is chance, and what comes of a change depends on it: it follows
    # from the content, so that a seed repeats a run.
    wanted = [(32, 32), (32, 33), (33, 32), (33, 33)][len(content) % 4]
    while True:
        der = P256[public].sign(content, ec.ECDSA(SHA256()))
        if (der[3], len(der) - der[3] - 6) == wanted:
            return base64.b64encode(der).decode()


def p256_rewritten(signature: str) -> dict[str, str]:
    """What only a lax library takes for the same signature, but for the other root, which is as good."""
    der = base64.b64decode(signature)
    first, second = decode_dss_signature(der)
    numbers = der[2:]
    texts = {
        "the other root": encode_dss_signature(first, P256_ORDER - second),
        "a length that is too large": bytes([0x30, len(numbers) + 8]) + numbers,
        "a length in two bytes": bytes([0x30, 0x81, len(numbers)]) + numbers,
        "a zero more": bytes([0x30, len(numbers) + 1, 2, numbers[1] + 1, 0]) + numbers[2:],
        "a byte after it": der + b"\0",
    }
    return {kind: base64.b64encode(text).decode() for kind, text in texts.items()}
