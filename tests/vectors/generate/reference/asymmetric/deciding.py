"""The verdict of schemes that verify with public keys, after the signature was decoded: the key first,
then the signature."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from reference.asymmetric.certificate import read_certificate
from reference.asymmetric.jws import METHODS, Malformed, Unsupported, digest_of, parse_jws
from reference.asymmetric.key_url import fits_pattern, is_trusted
from reference.asymmetric.keys import PublicKey, read_keys
from reference.body_time import text_at
from reference.headers import RequestHeaders
from reference.refusal import Refusal
from reference.scheme import METHOD_OF, Scheme
from reference.secret import Key, takes
from reference.timestamps import TIME_FORM_NAMES, parse_time


class Received(NamedTuple):
    """A request, as far as keys and signatures need it."""

    headers: RequestHeaders
    body: bytes
    fetched: Optional[str]
    now: int


def mismatch() -> Refusal:
    return Refusal(
        "signature_mismatch",
        "no secret fits the signature; is it this endpoint's secret, and is the body passed as"
        " the bytes received?",
    )


def prove_content(
    scheme: Scheme,
    keys: List[List[Key]],
    received: Received,
    signatures: List[bytes],
    content: Callable[[bytes], bytes],
) -> int:
    """Which secret it is of: that whose key it is, or that which is signed with the content. One
    beyond them if the key was fetched and no secret is signed."""
    method = METHOD_OF[scheme.algorithm]
    usable = usable_keys(scheme, keys, received, None)
    identities = [
        (index, key) for index, of_secret in enumerate(keys) for key in of_secret
        if isinstance(key, bytes)
    ]  # fmt: skip
    for index, key in usable:
        candidates = identities or [(index, b"")]
        for candidate, identity in candidates:
            message = content(identity)
            if any(key.verifies(method, message, signature) for signature in signatures):
                return candidate
    raise mismatch()


def prove_jws(
    scheme: Scheme, keys: List[List[Key]], received: Received, name: str, text: str
) -> Tuple[int, Optional[Fraction]]:
    """Which secret it is of, and when it was made if its claims say so."""
    form = scheme.jws
    assert form is not None
    try:
        jws = parse_jws(text, form)
    except Malformed:
        raise Refusal(
            "malformed_signature",
            f"the header {name} holds no signature in canonical unpadded base64url",
        ) from None
    except Unsupported:
        raise Refusal(
            "unsupported_signature",
            f"the header {name} holds no JWS signature, only other versions",
        ) from None
    if jws.algorithm in METHODS:
        fitting = [
            index for index, key in usable_keys(scheme, keys, received, jws.key_id)
            if jws.verified_by(key)
        ]  # fmt: skip
    else:
        # A public key is never a secret, whatever the algorithm in the header says.
        fitting = [
            index for index, of_secret in enumerate(keys) for key in of_secret
            if isinstance(key, bytes) and jws.verified_by_secret(key)
        ]  # fmt: skip
    is_issued = form["issuer"] is None or jws.text("iss") == form["issuer"]
    if not fitting or not is_issued or jws.text(form["digest_claim"]) != digest_of(received.body, form):
        raise mismatch()
    if form["timestamp_claim"] is None:
        return fitting[0], None
    claim = jws.claim(form["timestamp_claim"])
    instant = None if claim is None else parse_time(claim.source, scheme.timestamp_format)
    if instant is None:
        called = TIME_FORM_NAMES[scheme.timestamp_format]
        raise Refusal("malformed_timestamp", f"the timestamp is not {called}")
    return fitting[0], instant


def usable_keys(
    scheme: Scheme, keys: List[List[Key]], received: Received, key_id: Optional[str]
) -> List[Tuple[int, PublicKey]]:
    """Those that may have made the signature, each with the index of its secret: of the secrets', or
    if there is none, those that were fetched."""
    source = scheme.key_source or {}
    located = None
    if source.get("named_by") is not None:
        located = _text(source["named_by"], received)
    if "by_id" in source and source["named_by"] is not None:
        key_id = located

    def has_id(key: PublicKey) -> bool:
        return key.id is None or key_id is None or key.id == key_id

    held = [
        (index, key) for index, of_secret in enumerate(keys) for key in of_secret
        if isinstance(key, PublicKey) and has_id(key)
    ]  # fmt: skip
    if held or not source:
        return held
    fetched = _fetched(source, located or "", key_id, received)
    usable = [key for key in fetched if has_id(key) and takes(scheme, key)]
    if not usable:
        raise Refusal(
            "malformed_key",
            "the key that was fetched is not that which the request names, or of another type than"
            " the scheme's",
        )
    return [(len(keys), key) for key in usable]


def _text(named_by: str, received: Received) -> Optional[str]:
    kind, _, name = named_by.partition(":")
    return received.headers.value(name) if kind == "header" else text_at(name, received.body)


def _needed(url: Optional[str], key_id: Optional[str]) -> Refusal:
    if url is not None:
        called = "the key at the provider's URL"
    else:
        called = "a key" if key_id is None else "the key of the id that the request names"
    return Refusal(
        "key_needed",
        f"the signature is by {called}; fetch it and pass it as the key",
        needs={"url": url, "key_id": key_id},
    )


def _fetched(
    source: Dict[str, Any], located: str, key_id: Optional[str], received: Received
) -> List[PublicKey]:
    url = source.get("published")
    kind, _, name = (source.get("named_by") or "").partition(":")
    if kind == "header" and name not in received.headers:
        raise Refusal(
            "missing_header",
            f"the header {name} is missing; did a proxy drop it, or is this another scheme's request?",
        )
    if "certificate" in source:
        url = located
        if not is_trusted(url, source["hosts"], source["path"]):
            raise Refusal(
                "untrusted_key_url",
                "the request names a key at a URL that is not the provider's; it is not fetched",
            )
    if received.fetched is None:
        raise _needed(url, key_id)
    if "certificate" in source:
        return [_certified(source["certificate"], received.fetched, received.now)]
    keys = read_keys(received.fetched.strip(" \t\n\f\r"))
    if keys is None:
        raise _unreadable()
    return keys


def _unreadable() -> Refusal:
    return Refusal(
        "malformed_key",
        "the key that was fetched cannot be read; was the answer an error page, or cut short?",
    )


def _certified(names: List[str], text: str, now: int) -> PublicKey:
    """The key of a certificate that is the provider's, and valid now."""
    certificate = read_certificate(text)
    if certificate is None:
        raise _unreadable()
    if not any(fits_pattern(pattern, name) for pattern in names for name in certificate.names):
        raise Refusal(
            "untrusted_certificate",
            "the certificate that was fetched has none of the provider's names",
        )
    if not certificate.not_before <= now <= certificate.not_after:
        raise Refusal(
            "expired_certificate",
            "the certificate that was fetched is not valid now; is this clock right?",
        )
    if certificate.key is None:
        raise _unreadable()
    return certificate.key
