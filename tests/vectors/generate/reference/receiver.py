"""A whole receiver: the checks in their order, over the decisions of the other modules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from reference import address, answer, handshake, intake, rate_limit, replay, routes, schema
from reference.event import Event, parse_event
from reference.headers import RequestHeaders, lower_ascii
from reference.json_text import parse_json
from reference.refusal import Refusal
from reference.scheme import find_scheme
from reference.secret import parse_secrets
from reference.verify import Request, verify

Json = Dict[str, Any]
PEER = "127.0.0.1"
_BODY_LIMIT = 1024 * 1024
_LEASE_MS = 300_000
_DAY_MS = 86_400_000
_CAPACITY = 100_000


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the connection. Without a body nothing is said of its length."""

    headers: Sequence[Tuple[str, str]]
    body: Optional[bytes] = None
    method: str = "POST"
    query: Optional[str] = None
    framing: str = "length"
    """length, short, stall, chunked, chunked-short or chunked-stall"""
    announces: Optional[int] = None
    """What Content-Length says, for short and stall."""

    def values(self, name: str) -> List[str]:
        return [value for known, value in self.headers if lower_ascii(known) == name]

    def joined(self, name: str) -> Optional[str]:
        values = self.values(name)
        return ", ".join(values) if values else None

    def content_length(self) -> Optional[int]:
        if self.body is None or self.framing.startswith("chunked"):
            return None
        return len(self.body) if self.framing == "length" else self.announces


@dataclass(frozen=True)
class Answered:
    """What became of a request: one word or the code of a refusal, and the answer."""

    word: str
    answer: Json


@dataclass
class Receiver:
    """The state of one receiver. All its requests come at the same moment."""

    settings: Mapping[str, Any]
    handled: List[List[Optional[str]]] = field(default_factory=list)
    """The pattern, event id and event type of each handler that succeeded."""
    _calls: Dict[str, int] = field(default_factory=dict)
    _steps: List[Json] = field(default_factory=list)
    _failed: List[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheme = find_scheme(self.settings["scheme"])
        self.keys = parse_secrets(self.scheme, self.settings["secrets"])

    def receive(self, requests: Sequence[Sent]) -> List[Answered]:
        """Requests that come together: no handler ends before all are claimed."""
        return [end() for end in [self._begin(request) for request in requests]]

    def _begin(self, request: Sent) -> Callable[[], Answered]:
        try:
            return self._pass(request)
        except _Refused as refused:
            answered = self._refusal(refused)
            return lambda: answered

    def _refusal(self, refused: _Refused) -> Answered:
        code = refused.refusal.code
        allow = intake.allowed_methods(self.scheme, self._verify_token())
        status = answer.status_of(code, refused.error_class)
        given = answer.refusal_answer(
            status, code, refused.refusal.message, refused.retry_after_ms, allow,
            self.scheme.answers,
        )
        return Answered(code, given)

    def _event(self, word: str, event: Event) -> Answered:
        return Answered(
            word, answer.event_answer(word, event.id, event.type, self.scheme.answers)
        )

    def _verify_token(self) -> Optional[str]:
        return self.settings.get("verify_token")

    def _pass(self, request: Sent) -> Callable[[], Answered]:
        with _refusing("GuardError"):
            kind = self._head(request)
            self._admit(self._client(request))
            body = self._body(request) if kind == "delivery" else b""
            reply = handshake.unsigned_reply(
                self.scheme,
                self.keys,
                self._verify_token(),
                request.method,
                f"/?{request.query or ''}",
                RequestHeaders(request.headers),
                body,
            )
            if reply is not None:
                return self._agreed(reply)
        with _refusing("VerificationError"):
            verified = verify(
                self.scheme,
                self.keys,
                Request(body, list(request.headers), request.method, None),
                self.settings["now"],
                self.scheme.tolerance,
            )
        with _refusing("PayloadError"):
            event = parse_event(self.scheme, verified)
        if event.handshake is not None:
            with _refusing("GuardError"):
                return self._agreed(event.handshake)
        with _refusing("PayloadError"):
            self._check_schema(event, body)
        return self._route(event)

    def _agreed(self, reply: handshake.Reply) -> Callable[[], Answered]:
        if reply.needs_consent and not self.settings.get("agrees"):
            raise Refusal(
                "handshake_refused",
                "the handshake offers a secret or a subscription that nobody here asked for",
            )
        return lambda: Answered("handshake", reply.answer)

    def _head(self, request: Sent) -> str:
        return intake.check_head(
            self.scheme,
            self._verify_token(),
            request.method,
            request.joined("content-type"),
            request.joined("content-encoding"),
            request.content_length(),
            self._body_limit(),
        )

    def _body_limit(self) -> int:
        return int(self.settings.get("body_limit", _BODY_LIMIT))

    def _client(self, request: Sent) -> Optional[address.Address]:
        proxies = [address.parse_network(one) for one in self.settings.get("trusted_proxies", [])]
        header = self.settings.get("forwarding_header", "x-forwarded-for")
        found = address.client(PEER, request.values(header), proxies, header)
        allow = self.settings.get("allow")
        if allow is not None:
            networks = [address.parse_network(one) for one in allow]
            if found is None or not address.lies_in(found, networks):
                raise Refusal("address_not_allowed", "the caller's address is not allowed")
        return found

    def _admit(self, client: Optional[address.Address]) -> None:
        limit = self.settings.get("rate_limit")
        if limit is None:
            return
        key = address.rate_limit_key(client, limit["requests"], limit["window_ms"])
        self._calls[key] = self._calls.get(key, 0) + 1
        # At 0 a slot begins, so that the wait is the longest that there can be.
        moments = [0] * self._calls[key]
        wait = rate_limit.verdicts(limit["requests"], limit["window_ms"], moments)[-1]
        if wait:
            refusal = Refusal("rate_limited", "too many requests from this caller")
            raise _Refused("GuardError", refusal, wait)

    def _body(self, request: Sent) -> bytes:
        body = request.body or b""
        limit = self._body_limit()
        if len(body) > limit:
            raise Refusal("payload_too_large", f"the payload is larger than {limit} bytes")
        if request.framing.endswith("short"):
            raise Refusal("incomplete_body", "the connection ended before the body did")
        if request.framing.endswith("stall"):
            raise Refusal("body_timeout", "the body did not arrive in time")
        return body

    def _check_schema(self, event: Event, body: bytes) -> None:
        schemas = self.settings.get("schemas", {})
        at = routes.find(list(schemas), event.type)
        if at is not None and not schema.fits(
            list(schemas.values())[at], parse_json(body.decode("utf-8"))
        ):
            raise Refusal("schema_mismatch", "the payload does not satisfy its schema")

    def _route(self, event: Event) -> Callable[[], Answered]:
        handlers = self.settings["handlers"]
        at = routes.find(list(handlers), event.type)
        if at is None:
            return lambda: self._event("ignored", event)
        pattern = list(handlers)[at]
        try:
            step = self._claim(event.dedupe_key)
        except _Duplicate:
            return lambda: self._event("duplicate", event)
        return lambda: self._handle(pattern, handlers[pattern], event, step)

    def _claim(self, key: Optional[str]) -> Optional[int]:
        """The number of the step, if there is a claim."""
        if key is None or self.settings.get("replay") is False:
            return None
        result = self._step({"do": "claim", "key": key, "at_ms": 0, "lease_ms": _LEASE_MS})
        if result == "claimed":
            return len(self._steps) - 1
        if result["code"] == "duplicate_event":
            raise _Duplicate
        refusal = Refusal(
            "event_in_progress",
            "this delivery is being handled right now; come back to learn its outcome",
        )
        raise _Refused("GuardError", refusal, result["retry_after_ms"])

    def _step(self, step: Json) -> Any:
        self._steps.append(step)
        return replay.run(_CAPACITY, self._steps)[-1]

    def _handle(self, pattern: str, behaviour: str, event: Event, step: Optional[int]) -> Answered:
        fails = behaviour == "fail" or (behaviour == "fail-once" and pattern not in self._failed)
        if fails:
            self._failed.append(pattern)
            if step is not None:
                self._step({"do": "release", "key": event.dedupe_key, "of": step})
            refusal = Refusal("handler_failed", "the handler failed; deliver the event again")
            return self._refusal(_Refused("GuardError", refusal))
        if step is not None:
            self._step(
                {"do": "complete", "key": event.dedupe_key, "at_ms": 0, "lifetime_ms": _DAY_MS}
            )
        self.handled.append([pattern, event.id, event.type])
        return self._event("handled", event)


class _Duplicate(Exception):
    """The delivery was handled before, which is no refusal."""


class _Refused(Exception):
    """A refusal, the class of its error, and when to come back."""

    def __init__(
        self, error_class: str, refusal: Refusal, retry_after_ms: Optional[int] = None
    ) -> None:
        super().__init__(str(refusal))
        self.error_class = error_class
        self.refusal = refusal
        self.retry_after_ms = retry_after_ms


class _refusing:
    """Says of which class the refusals are that are raised in it."""

    def __init__(self, error_class: str) -> None:
        self.error_class = error_class

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, raised: Any, __: Any) -> None:
        if isinstance(raised, Refusal):
            raise _Refused(self.error_class, raised) from raised


def repeated_otherwise(request: Sent) -> Dict[str, List[Sent]]:
    """The request as servers hand it on that join repeated headers, or drop all but one."""
    names = [lower_ascii(name) for name, _ in request.headers]
    repeated = {name for name in names if names.count(name) > 1}
    # Lists by their definition: joined, they say the same.
    repeated -= {"x-forwarded-for", "forwarded"}
    if not repeated:
        return {}

    def with_values(choose: Callable[[List[str]], str]) -> Sent:
        rest = [pair for pair in request.headers if lower_ascii(pair[0]) not in repeated]
        chosen = [(name, choose(request.values(name))) for name in sorted(repeated)]
        return replace(request, headers=rest + chosen)

    return {
        "joined": [with_values(", ".join), with_values(",".join)],
        "first": [with_values(lambda values: values[0])],
        "last": [with_values(lambda values: values[-1])],
    }
