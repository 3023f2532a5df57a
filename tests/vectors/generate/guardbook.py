"""Cases of what a receiver decides besides the verdict; see casebook.py for the principle."""

from __future__ import annotations

import base64
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from casebook import Case, Disagreement, Json
from reference import address, answer, handshake, intake, rate_limit, replay, routes
from reference.headers import RequestHeaders
from reference.refusal import Refusal
from reference.scheme import Description, find_scheme
from reference.secret import parse_secrets


def _case(case_id: str, about: str, want: Any, fields: Json, expect: Json, shown: Any) -> Case:
    """`shown` is what is compared with what is stated."""
    if shown != want or isinstance(shown, bool) != isinstance(want, bool):
        raise Disagreement(f"{case_id}: stated {want!r}, computed {shown!r}")
    return Case(case_id, about, {**fields, "expect": expect})


def _refused(case_id: str, about: str, want: Any, fields: Json, refusal: Refusal) -> Case:
    expect = {"verdict": "reject", "code": refusal.code, "message": refusal.message}
    return _case(case_id, about, want, fields, expect, refusal.code)


def head_case(
    case_id: str,
    about: str,
    want: str,
    *,
    scheme: Union[str, Description] = "sha256",
    secret: str = "hush",
    verify_token: Optional[str] = None,
    method: str = "POST",
    content_type: Optional[str] = "application/json",
    content_encoding: Optional[str] = None,
    content_length: Optional[int] = 64,
    body_limit: int = 1024,
) -> Case:
    """`want` is "delivery", "handshake" or a code."""
    head: Dict[str, Any] = {
        "verify_token": verify_token, "method": method, "content_type": content_type,
        "content_encoding": content_encoding, "content_length": content_length,
        "body_limit": body_limit,
    }  # fmt: skip
    fields = {"scheme": scheme, "secrets": [secret], **head}
    described = find_scheme(scheme)
    try:
        given = intake.check_head(described, **head)
    except Refusal as refusal:
        return _refused(case_id, about, want, fields, refusal)
    allow = intake.allowed_methods(described, verify_token)
    return _case(case_id, about, want, fields, {"intake": given, "allow": allow}, given)


def network_case(
    case_id: str, about: str, want: Union[str, List[bool]], *, network: str, addresses: Sequence[str] = ()
) -> Case:
    """`want` is a code, or whether each address lies in the network."""
    fields: Json = {"network": network, "addresses": list(addresses)}
    try:
        parsed = address.parse_network(network)
    except Refusal as refusal:
        return _refused(case_id, about, want, fields, refusal)
    contains = []
    for text in addresses:
        one = address.parse_address(text)
        assert one is not None, text
        contains.append(address.lies_in(one, [parsed]))
    return _case(case_id, about, want, fields, {"contains": contains}, contains)


def client_case(
    case_id: str,
    about: str,
    want: Optional[str],
    *,
    peer: str,
    forwarded: Sequence[str] = (),
    proxies: Sequence[str] = (),
    allow: Optional[Sequence[str]] = None,
    header: str = "x-forwarded-for",
    key: Optional[str] = None,
    limit: Tuple[int, int] = (5, 60_000),
    allowed: bool = True,
) -> Case:
    """`want` is the client's address, `key` what its requests are counted under if not that, before
    the `limit` of requests and milliseconds."""
    fields: Json = {
        "allow": None if allow is None else list(allow), "proxies": list(proxies),
        "header": header, "peer": peer, "forwarded": list(forwarded),
        "requests": limit[0], "window_ms": limit[1],
    }  # fmt: skip
    trusted = [address.parse_network(text) for text in proxies]
    found = address.client(peer, forwarded, trusted, header)
    may = allow is None
    if allow is not None and found is not None:
        may = address.lies_in(found, [address.parse_network(text) for text in allow])
    expect = {
        "client": None if found is None else str(found),
        "key": address.rate_limit_key(found, *limit),
        "allowed": may,
    }
    stated = {"client": want, "key": f"{key or want or 'unknown'} {limit[0]}/{limit[1]}", "allowed": allowed}
    return _case(case_id, about, stated, fields, expect, expect)


def rate_limit_case(
    case_id: str,
    about: str,
    want: Union[str, List[int]],
    *,
    requests: int,
    window_ms: int,
    at_ms: Sequence[int] = (),
) -> Case:
    """`want` is a code, or for each request 0 or the milliseconds until there is room."""
    fields: Json = {"requests": requests, "window_ms": window_ms, "at_ms": list(at_ms)}
    try:
        given = rate_limit.verdicts(requests, window_ms, list(at_ms))
    except Refusal as refusal:
        return _refused(case_id, about, want, fields, refusal)
    return _case(case_id, about, want, fields, {"verdicts": given}, given)


def replay_case(
    case_id: str, about: str, want: List[Any], *, steps: List[Mapping[str, Any]], capacity: int = 100
) -> Case:
    """`want` has for each step "claimed", "done", a code, or the milliseconds of event_in_progress."""
    given = replay.run(capacity, steps)
    shown = [
        one.get("retry_after_ms", one["code"]) if isinstance(one, dict) else one for one in given
    ]
    fields: Json = {"capacity": capacity, "steps": steps}
    return _case(case_id, about, want, fields, {"results": given}, shown)


def routes_case(
    case_id: str,
    about: str,
    want: Union[str, List[Optional[int]]],
    *,
    patterns: Sequence[str],
    types: Sequence[Optional[str]] = (),
) -> Case:
    """`want` is a code, or the index of the pattern for each type."""
    fields: Json = {"patterns": list(patterns), "types": list(types)}
    try:
        routes.check_patterns(patterns)
    except Refusal as refusal:
        return _refused(case_id, about, want, fields, refusal)
    found = [routes.find(patterns, one) for one in types]
    return _case(case_id, about, want, fields, {"found": found}, found)


def handshake_case(
    case_id: str,
    about: str,
    want: Optional[str],
    *,
    scheme: Union[str, Description] = "meta",
    secret: str = "app secret",
    verify_token: Optional[str] = None,
    method: Optional[str] = "GET",
    query: Optional[str] = None,
    headers: Sequence[Tuple[str, str]] = (),
    body: bytes = b"",
) -> Case:
    """`want` is the body of the answer, "secret: " with the secret that is handed over, None if it is
    no handshake, or a code."""
    url = "https://example.com/hook" + ("" if query is None else f"?{query}")
    fields: Json = {
        "scheme": scheme, "secrets": [secret], "verify_token": verify_token, "method": method,
        "url": url, "headers": [list(header) for header in headers],
        "body_b64": base64.b64encode(body).decode("ascii"),
    }  # fmt: skip
    described = find_scheme(scheme)
    keys = parse_secrets(described, [secret])
    try:
        reply = handshake.unsigned_reply(
            described, keys, verify_token, method, url, RequestHeaders(headers), body
        )
    except Refusal as refusal:
        return _refused(case_id, about, want, fields, refusal)
    if reply is None:
        return _case(case_id, about, want, fields, {"handshake": None}, None)
    shown = reply.answer["body"] if reply.secret is None else f"secret: {reply.secret}"
    return _case(case_id, about, want, fields, {"handshake": reply.expected()}, shown)


def event_answer_case(
    case_id: str,
    about: str,
    want: str,
    *,
    handling: str,
    event_id: Optional[str],
    event_type: Optional[str],
    answers: str = "described",
) -> Case:
    """`want` is the body."""
    fields: Json = {
        "answers": answers, "event": {"handling": handling, "id": event_id, "type": event_type},
    }  # fmt: skip
    expect = answer.event_answer(handling, event_id, event_type, answers)
    return _case(case_id, about, want, fields, expect, expect["body"])


def refusal_answer_case(
    case_id: str,
    about: str,
    want: int,
    *,
    code: str,
    error_class: str,
    message: str = "why",
    retry_after_ms: Optional[int] = None,
    allowed_methods: str = "POST",
    answers: str = "described",
) -> Case:
    """`want` is the status."""
    fields: Json = {
        "answers": answers,
        "error": {
            "code": code, "message": message, "retry_after_ms": retry_after_ms,
            "allowed_methods": allowed_methods,
        },
    }  # fmt: skip
    status = answer.status_of(code, error_class)
    expect = answer.refusal_answer(
        status, code, message, retry_after_ms, allowed_methods, answers
    )
    return _case(case_id, about, want, fields, expect, expect["status"])
