"""Section 3: the order of checks."""

from __future__ import annotations

import binascii
import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Dict, List, Optional, Tuple

from reference.asymmetric.deciding import Received, mismatch, prove_content, prove_jws
from reference.asymmetric.keys import PublicKey
from reference.body_time import text_at
from reference.content import fill_content
from reference.headers import Headers, RequestHeaders, check_headers, choose_set
from reference.refusal import Refusal
from reference.scheme import HeaderSet, Scheme, Tolerance
from reference.secret import Key
from reference.signature import Candidates, Kinds, candidates, labelled_timestamp, mac
from reference.signature_in_body import fitting_in_body
from reference.timestamps import TIME_FORM_NAMES, parse_time
from reference.url import query_parameter, sorted_form, url_forms


@dataclass(frozen=True)
class Request:
    """What the receiver knows about one delivery."""

    body: bytes
    headers: Headers
    method: Optional[str] = None
    url: Optional[str] = None
    #: The key that was fetched, as it was answered.
    key: Optional[str] = None


@dataclass(frozen=True)
class Verified:
    """A request whose signature fits and which is fresh."""

    key_index: int
    timestamp: Optional[Fraction]
    id: Optional[str]
    dedupe_key: Optional[str]
    chosen: HeaderSet
    headers: RequestHeaders
    body: bytes
    key: bytes
    """That of the secret which fitted."""


def check_context(scheme: Scheme, method: Optional[str], url: Optional[str]) -> None:
    """Rule 0."""
    for part, called, value in (("method", "method", method), ("url", "URL", url)):
        if scheme.signs(part) and value is None:
            raise Refusal(
                "missing_context",
                f"the scheme signs the request's {called} and none was given; pass it",
            )


def check_timestamp(scheme: Scheme, text: str) -> Fraction:
    """The last part of rule 3."""
    instant = parse_time(text, scheme.timestamp_format)
    if instant is None:
        form = TIME_FORM_NAMES[scheme.timestamp_format]
        raise Refusal("malformed_timestamp", f"the timestamp is not {form}")
    return instant


def verify(
    scheme: Scheme, keys: List[List[Key]], request: Request, now: int, tolerance: Tolerance
) -> Verified:
    check_context(scheme, request.method, request.url)
    headers = RequestHeaders(request.headers)
    chosen = choose_set(scheme, headers)
    check_headers(scheme, chosen, headers)
    received = Received(headers, request.body, request.key, now)
    instant: Optional[Fraction] = None
    if scheme.signature_field is not None:
        key_index = fitting_in_body(scheme, keys, received)
    elif scheme.jws is not None:
        signature_text = headers.value(chosen.signature) or ""
        key_index, instant = prove_jws(scheme, keys, received, chosen.signature, signature_text)
    else:
        key_index, instant = _prove_headers(scheme, keys, request, received, chosen)
    if scheme.timestamp_field is not None:
        instant = _timestamp_in_body(scheme, scheme.timestamp_field, request.body)
    if instant is not None:
        check_freshness(now - instant, tolerance)
    id_text = None if chosen.id is None else headers.value(chosen.id)
    of_secret = keys[key_index] if key_index < len(keys) else []
    shared = [key for key in of_secret if isinstance(key, bytes)]
    return Verified(
        key_index=key_index,
        timestamp=instant,
        id=_identity(scheme, id_text, headers),
        dedupe_key=_early_dedupe_key(scheme, id_text, headers),
        chosen=chosen,
        headers=headers,
        body=request.body,
        key=shared[0] if shared else b"",
    )


def _prove_headers(
    scheme: Scheme,
    keys: List[List[Key]],
    request: Request,
    received: Received,
    chosen: HeaderSet,
) -> Tuple[int, Optional[Fraction]]:
    """The first secret that fits the signatures in headers, and the timestamp in one."""
    headers = received.headers
    signature_text = headers.value(chosen.signature) or ""

    timestamp_text: Optional[str] = None
    if chosen.timestamp is not None:
        timestamp_text = headers.value(chosen.timestamp)
    elif scheme.timestamp_label is not None:
        timestamp_text = labelled_timestamp(scheme, chosen.signature, signature_text)
    instant = None if timestamp_text is None else check_timestamp(scheme, timestamp_text)

    id_text = None if chosen.id is None else headers.value(chosen.id)
    further = [headers.value(name) for name in scheme.further_signatures if name in headers]
    found = candidates(
        scheme, kinds_of(scheme, keys), chosen.signature,
        [signature_text, *(text for text in further if text is not None)],
    )  # fmt: skip
    values = {
        "body": request.body,
        "id": (id_text or "").encode("ascii"),
        "timestamp": (timestamp_text or "").encode("ascii"),
        "method": (request.method or "").encode("utf-8"),
        "form": form_content(scheme, request.body, request.url),
        **digests_of(request.body),
    }
    return _prove(scheme, keys, request, received, found, values), instant


def kinds_of(scheme: Scheme, keys: List[List[Key]]) -> Kinds:
    """A scheme of public keys has no tags; others have what their secrets are."""
    if scheme.is_asymmetric:
        return Kinds(tags=False, public=True)
    every = [isinstance(key, PublicKey) for of_secret in keys for key in of_secret]
    return Kinds(tags=not all(every), public=any(every))


def digests_of(body: bytes) -> Dict[str, bytes]:
    return {
        "crc32": str(binascii.crc32(body)).encode("ascii"),
        "sha256": hashlib.sha256(body).hexdigest().encode("ascii"),
    }


def _prove(
    scheme: Scheme,
    keys: List[List[Key]],
    request: Request,
    received: Received,
    found: Candidates,
    values: Dict[str, bytes],
) -> int:
    """The first secret that fits."""
    urls = [b""] if request.url is None else [
        url.encode("utf-8") for url in url_forms(scheme.url_form, request.url)
    ]  # fmt: skip

    def content(url: bytes, secret: bytes) -> bytes:
        return fill_content(scheme.content, {**values, "url": url, "secret": secret})

    def fits(key: Key, url: bytes) -> bool:
        if isinstance(key, PublicKey):
            message = content(urls[0], b"")
            return any(key.verifies("ed25519", message, one) for one in found.public)
        return mac(scheme, key, content(url, key)) in found.tags

    if scheme.is_asymmetric:
        fitting = [
            prove_content(scheme, keys, received, found.public, lambda secret: content(urls[0], secret))
        ]
    else:
        fitting = [
            index
            for index, of_secret in enumerate(keys)
            if any(fits(key, url) for key in of_secret for url in urls)
        ]
    digest = body_digest(scheme, request.url)
    if digest is not None and digest != hashlib.sha256(request.body).hexdigest():
        fitting = []
    if not fitting:
        raise mismatch()
    return fitting[0]


def body_digest(scheme: Scheme, url: Optional[str]) -> Optional[str]:
    """The digest of the body that the URL has, if the scheme says so."""
    if url is None or scheme.body_digest_parameter is None:
        return None
    return query_parameter(url, scheme.body_digest_parameter)


def form_content(scheme: Scheme, body: bytes, url: Optional[str]) -> bytes:
    return b"" if body_digest(scheme, url) is not None else sorted_form(body)


def _timestamp_in_body(scheme: Scheme, path: str, body: bytes) -> Fraction:
    """A field of a body whose signature is right."""
    text = text_at(path, body)
    instant = None if text is None else parse_time(text, scheme.timestamp_format)
    if instant is None:
        form = TIME_FORM_NAMES[scheme.timestamp_format]
        raise Refusal("malformed_timestamp", f"the body has no timestamp at {path} that is {form}")
    return instant


def check_freshness(age: Fraction, tolerance: Tolerance) -> None:
    """Rule 6."""
    past, future = tolerance
    if past is not None and age > past:
        raise Refusal(
            "timestamp_too_old",
            f"the timestamp is {math.ceil(age)} s old and the tolerance is {past} s; was the"
            " request delayed or replayed, or is this clock ahead?",
        )
    if future is not None and -age > future:
        raise Refusal(
            "timestamp_too_new",
            f"the timestamp is {math.ceil(-age)} s ahead and the tolerance is {future} s; is this"
            " clock behind, or is the timestamp in another unit?",
        )


def _identity(scheme: Scheme, id_text: Optional[str], headers: RequestHeaders) -> Optional[str]:
    if id_text is not None:
        return id_text
    for source in scheme.event_id:
        if source.kind == "header" and source.name in headers:
            return headers.value(source.name)
    return None


def _early_dedupe_key(
    scheme: Scheme, id_text: Optional[str], headers: RequestHeaders
) -> Optional[str]:
    """The delivery's identity where no payload is needed to know it."""
    for source in scheme.dedupe:
        if source.kind in ("body", "joined"):
            return None
        value = id_text if source.kind == "id" else headers.value(source.name)
        if value is not None:
            return f"{scheme.name}:{value}"
    return None
