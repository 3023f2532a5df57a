"""Which registered schemes a request's headers fit."""

from __future__ import annotations

from typing import List, Tuple

from reference.headers import Headers, RequestHeaders, check_headers, choose_set
from reference.refusal import Refusal
from reference.scheme import REGISTERED, Scheme, find_scheme
from reference.signature import Kinds, candidates, labelled_timestamp
from reference.verify import check_timestamp

_SHARED = Kinds(tags=True, public=False)
# Which of several that have the same headers is meant most often.
_COMMON = ("standard", "svix", "github", "sha256")


def detect(given: Headers) -> List[str]:
    """The one of which more headers are there comes first."""
    headers = RequestHeaders(given)
    fitting = [scheme for scheme in map(find_scheme, REGISTERED) if _fits(scheme, headers)]

    def rank(scheme: Scheme) -> Tuple[int, int, str]:
        present = sum(name in headers for name in header_names(scheme))
        common = _COMMON.index(scheme.name) if scheme.name in _COMMON else len(_COMMON)
        return -present, common, scheme.name

    return [scheme.name for scheme in sorted(fitting, key=rank)]


def header_names(scheme: Scheme) -> List[str]:
    """All that the scheme reads, each once."""
    names = [name for one in scheme.header_sets for name in one.names()]
    names += scheme.further_signatures
    for sources in (scheme.event_id, scheme.event_type, scheme.event_time, scheme.dedupe):
        names += [source.name for source in sources if source.kind == "header"]
    return list(dict.fromkeys(names))


def _fits(scheme: Scheme, headers: RequestHeaders) -> bool:
    if scheme.signature_field is not None:
        return False
    try:
        chosen = choose_set(scheme, headers)
        if chosen.signature == "authorization":
            return False
        check_headers(scheme, chosen, headers)
        signature = headers.value(chosen.signature) or ""
        further = [headers.value(name) or "" for name in scheme.further_signatures]
        if scheme.jws is not None and signature.count(".") != 2:
            return False
        if not scheme.is_asymmetric:
            candidates(scheme, _SHARED, chosen.signature, [signature, *further])
        if chosen.timestamp is not None:
            check_timestamp(scheme, headers.value(chosen.timestamp) or "")
        elif scheme.timestamp_label is not None:
            check_timestamp(scheme, labelled_timestamp(scheme, chosen.signature, signature))
    except Refusal:
        return False
    return True
