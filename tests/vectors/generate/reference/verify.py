"""Section 3: the order of checks."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import List, Optional, Tuple

from reference.body_time import text_at
from reference.content import fill_content
from reference.headers import Headers, RequestHeaders, check_headers, choose_set
from reference.refusal import Refusal
from reference.scheme import HeaderSet, Scheme, Tolerance
from reference.signature import candidates, labelled_timestamp, mac
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
    scheme: Scheme, keys: List[List[bytes]], request: Request, now: int, tolerance: Tolerance
) -> Verified:
    check_context(scheme, request.method, request.url)
    headers = RequestHeaders(request.headers)
    chosen = choose_set(scheme, headers)
    check_headers(scheme, chosen, headers)
    if scheme.signature_field is not None:
        fitting = fitting_in_body(scheme, keys, request.body)
        instant = None
    else:
        fitting, instant = _fitting_headers(scheme, keys, request, chosen, headers)
    if not fitting:
        raise Refusal(
            "signature_mismatch",
            "no secret fits the signature; is it this endpoint's secret, and is the body passed as"
            " the bytes received?",
        )
    if scheme.timestamp_field is not None:
        instant = _timestamp_in_body(scheme, scheme.timestamp_field, request.body)
    if instant is not None:
        check_freshness(now - instant, tolerance)
    id_text = None if chosen.id is None else headers.value(chosen.id)
    return Verified(
        key_index=fitting[0],
        timestamp=instant,
        id=_identity(scheme, id_text, headers),
        dedupe_key=_early_dedupe_key(scheme, id_text, headers),
        chosen=chosen,
        headers=headers,
        body=request.body,
    )


def _fitting_headers(
    scheme: Scheme,
    keys: List[List[bytes]],
    request: Request,
    chosen: HeaderSet,
    headers: RequestHeaders,
) -> Tuple[List[int], Optional[Fraction]]:
    """Which secrets fit the signatures in headers, and the timestamp in one."""
    signature_text = headers.value(chosen.signature) or ""

    timestamp_text: Optional[str] = None
    if chosen.timestamp is not None:
        timestamp_text = headers.value(chosen.timestamp)
    elif scheme.timestamp_label is not None:
        timestamp_text = labelled_timestamp(scheme, chosen.signature, signature_text)
    instant = None if timestamp_text is None else check_timestamp(scheme, timestamp_text)

    further = [headers.value(name) for name in scheme.further_signatures if name in headers]
    tags = candidates(
        scheme, chosen.signature, [signature_text, *(text for text in further if text is not None)]
    )
    id_text = None if chosen.id is None else headers.value(chosen.id)
    values = {
        "body": request.body,
        "id": (id_text or "").encode("ascii"),
        "timestamp": (timestamp_text or "").encode("ascii"),
        "method": (request.method or "").encode("utf-8"),
        "form": form_content(scheme, request.body, request.url),
    }
    urls = [b""] if request.url is None else [
        url.encode("utf-8") for url in url_forms(scheme.url_form, request.url)
    ]  # fmt: skip

    def fits(key: bytes, url: bytes) -> bool:
        content = fill_content(scheme.content, {**values, "url": url, "secret": key})
        return mac(scheme, key, content) in tags

    fitting = [
        index
        for index, of_secret in enumerate(keys)
        if any(fits(key, url) for key in of_secret for url in urls)
    ]
    digest = body_digest(scheme, request.url)
    if digest is not None and digest != hashlib.sha256(request.body).hexdigest():
        fitting = []
    return fitting, instant


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
    if not scheme.dedupe or scheme.dedupe[0].kind == "body":
        return None
    first = scheme.dedupe[0]
    value = id_text if first.kind == "id" else headers.value(first.name)
    return None if value is None else f"{scheme.name}:{value}"
