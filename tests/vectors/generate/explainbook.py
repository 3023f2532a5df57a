"""Cases of reports on refused requests; see casebook.py for the principle."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

from casebook import Case, Disagreement, Headers, Json, _check_inputs, _encode
from reference.detect import detect
from reference.explain import explain
from reference.scheme import Description, Tolerance, find_scheme
from reference.verify import Request


def explain_case(
    case_id: str,
    about: str,
    want: Sequence[Tuple[str, str]],
    *,
    scheme: Union[str, Description],
    secrets: Sequence[str],
    headers: Headers,
    body: bytes,
    now: int,
    tolerance: Optional[Tuple[Optional[int], Optional[int]]] = None,
    method: Optional[str] = None,
    url: Optional[str] = None,
    key: Optional[str] = None,
    gives: Optional[Json] = None,
) -> Case:
    """`want` is code and certainty of each finding; `gives` the evidence of the first."""
    _check_inputs(case_id, now, *(tolerance or ()))
    fields: Json = {"scheme": scheme, "secrets": list(secrets)}
    if tolerance is not None:
        fields["tolerance"] = {"past": tolerance[0], "future": tolerance[1]}
    if method is not None:
        fields["method"] = method
    if url is not None:
        fields["url"] = url
    if key is not None:
        fields["key"] = key
    fields["headers"] = [[name, value] for name, value in headers]
    fields["body_b64"] = _encode(body)
    fields["now"] = now
    described = find_scheme(scheme)
    window = described.tolerance if tolerance is None else Tolerance(*tolerance)
    expect = explain(described, secrets, Request(body, headers, method, url, key), now, window)
    found = [(finding["code"], finding["certainty"]) for finding in expect["findings"]]
    if found != list(want):
        raise Disagreement(f"{case_id}: stated {want!r}, computed {found!r}")
    if gives is not None and expect["findings"][0]["evidence"] != gives:
        evidence = expect["findings"][0]["evidence"]
        raise Disagreement(f"{case_id}: stated {gives!r}, computed {evidence!r}")
    return Case(case_id, about, {**fields, "expect": expect})


def detect_case(case_id: str, about: str, want: List[str], *, headers: Headers) -> Case:
    """`want` is the names, the likeliest first."""
    found = detect(headers)
    if found != want:
        raise Disagreement(f"{case_id}: stated {want!r}, computed {found!r}")
    given = [[name, value] for name, value in headers]
    return Case(case_id, about, {"headers": given, "expect": {"schemes": found}})
