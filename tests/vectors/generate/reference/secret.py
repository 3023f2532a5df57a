"""Section 2: how the text of a secret gives key bytes."""

from __future__ import annotations

from typing import List, Sequence, Union

from reference.asymmetric.jws import METHODS
from reference.asymmetric.keys import PublicKey, is_public_text, read_keys
from reference.encodings import decode_base64_padded_or_not, decode_hex
from reference.refusal import Refusal
from reference.scheme import METHOD_OF, Scheme

#: The bytes of a shared secret, of whose requests are taken, or a public key.
Key = Union[bytes, PublicKey]

# Unicode's White_Space property, and the byte order mark. str.isspace is a different set.
_WHITESPACE = frozenset(
    "\u0009\u000a\u000b\u000c\u000d\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def parse_secrets(scheme: Scheme, secrets: Sequence[str]) -> List[List[Key]]:
    """The keys of each secret, in the order of the secrets; the first of each signs. There may be none
    if the key is found by its id."""
    if not secrets and "by_id" not in (scheme.key_source or {}):
        raise Refusal("no_secrets", "no secret was given; at least one is needed")
    return [_keys(scheme, secret) for secret in secrets]


def _keys(scheme: Scheme, secret: str) -> List[Key]:
    # A file in PEM ends with a line break.
    if secret.startswith("-----BEGIN "):
        secret = secret.rstrip("\r\n")
    _check(scheme, secret)
    if _is_public(scheme, secret):
        return list(_public_keys(scheme, secret))
    return [*_other_keys(scheme, secret), parse_secret(scheme, secret)]


def _is_public(scheme: Scheme, secret: str) -> bool:
    if scheme.key == "public-key-or-text":
        return is_public_text(secret)
    beside_identity = scheme.key == "identity" and scheme.algorithm == "ed25519"
    may_be_standard = scheme.ed25519_prefix is not None or beside_identity
    of_standard = may_be_standard and secret.startswith(("whpk_", "whsk_"))
    return scheme.key == "public-key" or of_standard


def _public_keys(scheme: Scheme, secret: str) -> List[PublicKey]:
    keys = read_keys(secret)
    if keys is None:
        raise Refusal(
            "malformed_secret",
            "the secret is not a public key as PEM, as a JWK, as base64 of its DER, or of Ed25519 as"
            " its 32 bytes; was it cut short?",
        )
    keys = [key for key in keys if takes(scheme, key)]
    if not keys:
        raise Refusal(
            "malformed_secret",
            "the public key is of another type than the scheme's; is it another provider's key, or"
            " shorter than 2048 bits?",
        )
    return keys


def takes(scheme: Scheme, key: PublicKey) -> bool:
    """Whether signatures of the scheme can be by such a key."""
    if scheme.jws is not None:
        methods = [METHODS[one] for one in scheme.jws["algorithms"] if one in METHODS]
        return any(key.fits(method) for method in methods)
    return key.fits(METHOD_OF.get(scheme.algorithm, "ed25519"))


def _other_keys(scheme: Scheme, secret: str) -> List[Key]:
    prefix = scheme.secret_prefix
    if scheme.key != "base64-and-text" or not secret.startswith(prefix):
        return []
    key = decode_base64_padded_or_not(secret[len(prefix) :])
    return [key] if key else []


def _check(scheme: Scheme, secret: str) -> None:
    """What every secret is."""
    if not secret:
        raise _empty()
    if len(secret.encode("utf-8")) > 4096:
        raise Refusal(
            "malformed_secret",
            "the secret is longer than 4096 bytes; was a whole file passed in its place?",
        )
    if secret[0] in _WHITESPACE or secret[-1] in _WHITESPACE:
        raise Refusal(
            "malformed_secret",
            "the secret begins or ends with whitespace; was it copied or read with its line break?",
        )


def parse_secret(scheme: Scheme, secret: str) -> bytes:
    in_header = scheme.signature_field is None
    if scheme.algorithm == "token" and in_header and any(not " " <= character <= "~" for character in secret):
        raise Refusal(
            "malformed_secret",
            "the secret is a token and holds a character that no header carries",
        )
    if scheme.key in ("text", "base64-and-text", "identity", "public-key-or-text"):
        return secret.encode("utf-8")
    if scheme.key == "base64-or-text" and not secret.startswith(scheme.secret_prefix):
        return secret.encode("utf-8")
    if scheme.secret_prefix and secret.startswith(scheme.secret_prefix):
        secret = secret[len(scheme.secret_prefix) :]
    if not secret:
        raise _empty()
    if scheme.key in ("base64", "base64-or-text"):
        key = decode_base64_padded_or_not(secret)
        form = "canonical standard base64"
    else:
        key = decode_hex(secret, "hex-any-case")
        form = "an even number of hexadecimal digits"
    if key is None:
        raise Refusal(
            "malformed_secret",
            f"the secret is not {form}; was it cut short, or is it another scheme's secret?",
        )
    return key


def _empty() -> Refusal:
    return Refusal("empty_secret", "the secret is empty; is the setting that holds it set?")
