"""Section 5: the headers that a sender sends."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from reference.asymmetric import ed25519
from reference.asymmetric.jws import sign_jws
from reference.asymmetric.keys import PublicKey
from reference.content import fill_content
from reference.headers import check_value
from reference.refusal import Refusal
from reference.scheme import Scheme
from reference.secret import Key
from reference.signature import MOST_CANDIDATES, encode, encode_tag, mac, public_prefix
from reference.timestamps import format_time
from reference.verify import check_context, check_timestamp, digests_of, form_content


def written_timestamp(scheme: Scheme, now: int) -> str:
    timestamp = format_time(now, scheme.timestamp_format)
    check_timestamp(scheme, timestamp)
    return timestamp


def sign(
    scheme: Scheme,
    keys: Sequence[Sequence[Key]],
    body: bytes,
    message_id: Optional[str],
    now: int,
    method: Optional[str] = None,
    url: Optional[str] = None,
    every_secret_signs: bool = False,
) -> List[Tuple[str, str]]:
    """Lower-case names with their values, in the order id, timestamp, signature. Every key signs if
    that is said and the signature's header is a list, as many as a receiver compares; else the
    first."""
    check_context(scheme, method, url)
    if scheme.signature_field is not None:
        raise Refusal(
            "missing_signature",
            f"the scheme's signature is no header but the field {scheme.signature_field} of the"
            " body; sign the body",
        )
    chosen = scheme.header_sets[0]
    if scheme.jws is not None:
        return [(chosen.signature, _sign_jws(scheme, keys, body, now))]
    if chosen.id is not None and message_id is None:
        raise Refusal(
            "missing_context", "the scheme needs the message's id and none was given; pass it"
        )
    id_header = chosen.id or next(
        (source.name for source in scheme.event_id if source.kind == "header"), None
    )
    headers: List[Tuple[str, str]] = []
    if id_header is not None and message_id is not None:
        check_value(scheme, id_header, message_id, is_id=id_header == chosen.id)
        headers.append((id_header, message_id))

    timestamp = ""
    if chosen.timestamp is not None or scheme.timestamp_label is not None:
        timestamp = written_timestamp(scheme, now)
    if chosen.timestamp is not None:
        headers.append((chosen.timestamp, timestamp))

    values = {
        "body": body,
        "id": (message_id or "").encode("ascii"),
        "timestamp": timestamp.encode("ascii"),
        "method": (method or "").encode("utf-8"),
        "url": (url or "").encode("utf-8"),
        "form": form_content(scheme, body, url),
        **digests_of(body),
    }

    every_key = [key for of_secret in keys for key in of_secret]
    identity = b""
    if scheme.key == "identity":
        identity = next((key for key in every_key if isinstance(key, bytes)), b"")

    def entry(key: Key) -> Optional[str]:
        """None if the key only verifies, or is none."""
        if isinstance(key, PublicKey):
            if key.seed is None:
                return None
            signature = ed25519.sign(
                key.seed, fill_content(scheme.content, {**values, "secret": identity})
            )
            return public_prefix(scheme) + encode(scheme, signature)
        if scheme.is_asymmetric:
            return None
        content = fill_content(scheme.content, {**values, "secret": key})
        return scheme.prefix + encode_tag(scheme, mac(scheme, key, content))

    is_list = every_secret_signs and scheme.separator is not None
    every = [entry(of_secret[0]) for of_secret in keys]
    proofs = [one for one in every if one is not None]
    if not proofs:
        raise _no_private_key()
    entries = proofs[: MOST_CANDIDATES if is_list else 1]
    if scheme.timestamp_label is not None:
        entries.insert(0, f"{scheme.timestamp_label}={timestamp}")
    headers.append((chosen.signature, (scheme.separator or "").join(entries)))
    if every_secret_signs:
        headers += list(zip(scheme.further_signatures, proofs[1:]))
    return headers


def _no_private_key() -> Refusal:
    return Refusal(
        "missing_context",
        "the scheme signs with a private key and only public ones were given; pass one, of Ed25519 as"
        " whsk_",
    )


def _sign_jws(scheme: Scheme, keys: Sequence[Sequence[Key]], body: bytes, now: int) -> str:
    """By the first key that signs."""
    form = scheme.jws
    assert form is not None
    shared = [one for one in form["algorithms"] if one.startswith("HS")]
    for key in (of_secret[0] for of_secret in keys):
        if isinstance(key, bytes) and shared:
            return sign_jws(form, shared[0], key, body, now)
        if isinstance(key, PublicKey) and key.seed is not None:
            return sign_jws(form, "EdDSA", key.seed, body, now)
    raise _no_private_key()
