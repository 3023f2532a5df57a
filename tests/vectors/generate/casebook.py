"""Cases: what a topic states by hand, and how the reference turns it into an expectation."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from reference.answer import status_of
from reference.backoff import jittered, plain_delays
from reference.event import Event, parse_event
from reference.refusal import Refusal
from reference.retry import decide
from reference.retry_after import retry_after_ms
from reference.scheme import Description, Scheme, Tolerance, find_scheme
from reference.secret import Key, parse_secrets
from reference.sign import sign
from reference.sign_body import sign_body
from reference.timestamps import as_number
from reference.verify import Request, Verified, verify

Json = Dict[str, Any]
Headers = List[Tuple[str, str]]
LARGEST_EXACT = 2**53 - 1


class Disagreement(Exception):
    """The reference computed something else than the case states by hand."""


@dataclass(frozen=True)
class Case:
    """One finished case: the inputs and the expectation."""

    id: str
    about: str
    fields: Json

    def as_json(self) -> Json:
        head = {"id": self.id, "about": self.about}
        if head.keys() & self.fields.keys():
            raise Disagreement(f"{self.id}: a field of the case hides its id or sentence")
        return {**head, **self.fields}


@dataclass(frozen=True)
class Topic:
    """One file of the corpus."""

    file: str
    kind: str
    about: str
    cases: List[Case]


def _reject(refusal: Refusal) -> Json:
    rejected: Json = {"verdict": "reject", "code": refusal.code, "message": refusal.message}
    return rejected if refusal.needs is None else {**rejected, "needs": refusal.needs}


def _agree(case_id: str, what: str, stated: Any, computed: Any) -> None:
    if stated != computed or isinstance(stated, bool) != isinstance(computed, bool):
        raise Disagreement(f"{case_id}: {what}: stated {stated!r}, computed {computed!r}")


def _agree_on_verdict(case_id: str, want: str, says: Optional[str], expect: Json) -> None:
    """`want` is the good word or a code; `says` a piece of the message, stated by hand."""
    computed = expect.get("code", expect.get("verdict", "accept"))
    _agree(case_id, "verdict", want, computed)
    if says is not None and says not in expect.get("message", ""):
        raise Disagreement(f"{case_id}: message: {says!r} is not in {expect.get('message')!r}")


def _agree_on_parts(case_id: str, stated: Mapping[str, Any], computed: Mapping[str, Any]) -> None:
    for key, value in stated.items():
        _agree(case_id, key, value, computed.get(key, "(absent)"))


def _check_inputs(case_id: str, *numbers: Optional[int]) -> None:
    for number in numbers:
        if number is not None and not 0 <= number <= LARGEST_EXACT:
            raise Disagreement(f"{case_id}: {number} is no number that every runner can read")


def _encode(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def verify_case(
    case_id: str,
    about: str,
    want: str,
    *,
    scheme: Union[str, Description],
    secrets: Sequence[str],
    headers: Headers,
    body: bytes,
    now: int,
    says: Optional[str] = None,
    gives: Optional[Mapping[str, Any]] = None,
    event: Union[None, str, Mapping[str, Any]] = None,
    event_says: Optional[str] = None,
    tolerance: Optional[Tuple[Optional[int], Optional[int]]] = None,
    method: Optional[str] = None,
    url: Optional[str] = None,
    key: Optional[str] = None,
    needs: Optional[Mapping[str, Optional[str]]] = None,
    source: Optional[str] = None,
) -> Case:
    """`want` is "accept" or a code. For an accepted case, `gives` states parts of the result and
    `event` parts of the event, or the code that parsing ends with. `key` is what was fetched; of a
    case that is refused because nothing was, `needs` states what is to be."""
    _check_inputs(case_id, now, *(tolerance or ()))
    fields: Json = {"scheme": scheme, "secrets": list(secrets)}
    if source is not None:
        fields = {"source": source, **fields}
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
    keys = parse_secrets(described, secrets)
    window = described.tolerance if tolerance is None else Tolerance(*tolerance)
    try:
        verified = verify(described, keys, Request(body, headers, method, url, key), now, window)
    except Refusal as refusal:
        expect = _reject(refusal)
        _agree(case_id, "needs", needs, refusal.needs)
        if gives is not None or event is not None:
            raise Disagreement(f"{case_id}: refused with {refusal}") from refusal
    else:
        expect = _accepted(verified)
        try:
            expect["event"] = _event(parse_event(described, verified))
        except Refusal as refusal:
            expect["event"] = {"code": refusal.code, "message": refusal.message}
        _agree_on_event(case_id, event, event_says, expect["event"])
        _agree_on_parts(case_id, {"key_index": 0, **(gives or {})}, expect)
    _agree_on_verdict(case_id, want, says, expect)
    return Case(case_id, about, {**fields, "expect": expect})


def _accepted(verified: Verified) -> Json:
    expect: Json = {"verdict": "accept", "key_index": verified.key_index, "id": verified.id}
    if verified.timestamp is None:
        expect["timestamp"] = None
    elif as_number(verified.timestamp) is not None:
        expect["timestamp"] = as_number(verified.timestamp)
    expect["dedupe_key"] = verified.dedupe_key
    return expect


def _event(event: Event) -> Json:
    expect: Json = {"id": event.id, "type": event.type}
    if event.timestamp is None:
        expect["timestamp"] = None
    elif as_number(event.timestamp) is not None:
        expect["timestamp"] = as_number(event.timestamp)
    expect.update(dedupe_key=event.dedupe_key, data=event.data)
    if event.handshake is not None:
        expect["handshake"] = event.handshake.expected()
    return expect


def _agree_on_event(
    case_id: str, stated: Union[None, str, Mapping[str, Any]], says: Optional[str], computed: Json
) -> None:
    if isinstance(stated, str):
        _agree(case_id, "event", stated, computed.get("code"))
        if says is not None and says not in computed["message"]:
            raise Disagreement(f"{case_id}: {says!r} is not in {computed['message']!r}")
        return
    if "code" in computed:
        raise Disagreement(f"{case_id}: event: {computed['message']}")
    _agree_on_parts(case_id, stated or {}, computed)


def construct_case(
    case_id: str,
    about: str,
    want: str,
    *,
    scheme: Union[str, Description],
    secrets: Sequence[str],
    says: Optional[str] = None,
) -> Case:
    """`want` is "accept" or a code."""
    try:
        parse_secrets(find_scheme(scheme), secrets)
        expect: Json = {"verdict": "accept"}
    except Refusal as refusal:
        expect = _reject(refusal)
    _agree_on_verdict(case_id, want, says, expect)
    return Case(case_id, about, {"scheme": scheme, "secrets": list(secrets), "expect": expect})


def sign_case(
    case_id: str,
    about: str,
    want: Union[str, Headers],
    *,
    scheme: Union[str, Description],
    secrets: Sequence[str],
    body: bytes,
    now: int,
    message_id: Optional[str] = None,
    method: Optional[str] = None,
    url: Optional[str] = None,
    every_secret_signs: bool = False,
    verified_by: Optional[Sequence[int]] = None,
    signed_by: int = 0,
    says: Optional[str] = None,
) -> Case:
    """`want` is the list of headers or a code. Every secret signs if that is said, or if it is
    stated each of which of them alone verifies. `signed_by` is the first that verifies, which is the
    first of all unless that one has a public key."""
    _check_inputs(case_id, now)
    every_secret_signs = every_secret_signs or verified_by is not None
    fields: Json = {"scheme": scheme, "secrets": list(secrets)}
    if every_secret_signs:
        fields["every_secret_signs"] = True
    fields.update(message_id=message_id, now=now)
    if method is not None:
        fields["method"] = method
    if url is not None:
        fields["url"] = url
    fields["body_b64"] = _encode(body)
    described = find_scheme(scheme)
    keys = parse_secrets(described, secrets)
    try:
        headers = sign(described, keys, body, message_id, now, method, url, every_secret_signs)
    except Refusal as refusal:
        expect = _reject(refusal)
        if not isinstance(want, str):
            raise Disagreement(f"{case_id}: refused with {refusal}") from refusal
        _agree_on_verdict(case_id, want, says, expect)
    else:
        expect = {"headers": [[name, value] for name, value in headers]}
        _agree(case_id, "headers", want, headers)
        request = Request(body, headers, method, url)
        fitting = [
            index for index, key in enumerate(keys) if _verifies(described, [key], request, now)
        ]
        if described.key == "identity":
            # A key and whose requests are taken verify together.
            _agree(case_id, "that it verifies", True, _verifies(described, keys, request, now))
        else:
            _agree(case_id, "the first secret that verifies", signed_by, (fitting or [None])[0])
        if verified_by is not None:
            _agree(case_id, "secrets that verify", list(verified_by), fitting)
            expect["verified_by"] = fitting
    return Case(case_id, about, {**fields, "expect": expect})


def sign_body_case(
    case_id: str,
    about: str,
    want: Union[str, bytes],
    *,
    scheme: Union[str, Description],
    secrets: Sequence[str],
    body: bytes,
    now: int,
    message_id: Optional[str] = None,
    says: Optional[str] = None,
) -> Case:
    """`want` is the body or a code."""
    _check_inputs(case_id, now)
    fields: Json = {
        "scheme": scheme, "secrets": list(secrets), "message_id": message_id, "now": now,
        "body_b64": _encode(body),
    }  # fmt: skip
    described = find_scheme(scheme)
    keys = parse_secrets(described, secrets)
    try:
        signed = sign_body(described, keys[0][0], body, message_id, now)
    except Refusal as refusal:
        expect = _reject(refusal)
        if not isinstance(want, str):
            raise Disagreement(f"{case_id}: refused with {refusal}") from refusal
        _agree_on_verdict(case_id, want, says, expect)
    else:
        _agree(case_id, "body", want, signed)
        expect = {"body_b64": _encode(signed)}
        if described.signature_field is not None:
            fits = _verifies(described, [keys[0]], Request(signed, []), now)
            _agree(case_id, "what was signed verifies", True, fits)
    return Case(case_id, about, {**fields, "expect": expect})


def _verifies(described: Scheme, keys: List[List[Key]], request: Request, now: int) -> bool:
    try:
        verify(described, keys, request, now, described.tolerance)
    except Refusal:
        return False
    return True


def backoff_case(
    case_id: str,
    about: str,
    want: List[int],
    *,
    schedule: Union[str, Json],
    jitter: str,
    entropy: List[int],
) -> Case:
    """`want` is the list of delays in milliseconds."""
    plain = plain_delays(schedule)
    _agree(case_id, "entropy for each attempt", len(entropy), len(plain))
    delays = [jittered(delay, jitter, one) for delay, one in zip(plain, entropy)]
    _agree(case_id, "delays", want, delays)
    _check_inputs(case_id, *delays)
    return Case(
        case_id,
        about,
        {
            "schedule": schedule,
            "jitter": jitter,
            "entropy": entropy,
            "expect": {"delays_ms": delays},
        },
    )


def retry_case(
    case_id: str,
    about: str,
    want: Union[str, int],
    *,
    policy: Json,
    attempt: int,
    outcome: Json,
    now_ms: int,
    entropy: int = 0,
) -> Case:
    """`want` is "delivered", "disable", the reason of a dead letter, or the delay in ms."""
    expect = decide(policy, attempt, outcome, now_ms, entropy)
    if expect["decision"] == "retry_at":
        _agree(case_id, "delay", want, expect["at_ms"] - now_ms)
        _check_inputs(case_id, expect["at_ms"])
    else:
        _agree(case_id, "decision", want, expect.get("reason", expect["decision"]))
    return Case(
        case_id,
        about,
        {
            "policy": policy,
            "attempt": attempt,
            "outcome": outcome,
            "now_ms": now_ms,
            "entropy": entropy,
            "expect": expect,
        },
    )


def retry_after_case(
    case_id: str, about: str, want: Optional[int], *, value: str, now: int
) -> Case:
    """`want` is the delay in seconds, or None for a value that is ignored."""
    delay_ms = retry_after_ms(value, now * 1000)
    delay = None if delay_ms is None else delay_ms // 1000
    _agree(case_id, "delay", want, delay)
    _check_inputs(case_id, now, delay)
    return Case(case_id, about, {"value": value, "now": now, "expect": {"delay_seconds": delay}})


def code_case(code: str, about: str, error_class: str, status: int) -> Case:
    _agree(code, "status", status, status_of(code, error_class))
    return Case(code, about, {"class": error_class, "status": status})
