"""What a receiver decides, by kind of case. What is refused is raised."""

from __future__ import annotations

import base64
from typing import Any

from countersign import (
    AddressPolicy,
    GuardError,
    HandshakeReply,
    Network,
    RateLimit,
    Scheme,
    Webhook,
    rate_limit_key,
)
from countersign._countersign import Answer, MemoryRateLimiter, MemoryReplayGuard, Routes

Case = dict[str, Any]


def seconds(milliseconds: int) -> float:
    whole, rest = divmod(milliseconds, 1000)
    return milliseconds / 1000 if rest else whole


def with_token(case: Case) -> Webhook:
    described = case["scheme"]
    scheme = described if isinstance(described, str) else Scheme(**described)
    return Webhook(scheme, case["secrets"], verify_token=case["verify_token"])


def head(case: Case) -> Any:
    webhook = with_token(case)
    parts = ("method", "content_type", "content_encoding", "content_length", "body_limit")
    intake = webhook.check_head(*(case[part] for part in parts))
    return {"intake": intake, "allow": webhook.allowed_methods}


def handshake(case: Case) -> Any:
    body = base64.b64decode(case["body_b64"])
    reply = with_token(case).handshake(
        body, case["headers"], url=case["url"], method=case["method"]
    )
    return {"handshake": None if reply is None else written(reply)}


def written(reply: HandshakeReply) -> Any:
    return {
        "answer": written_answer(reply.answer),
        "needs_consent": reply.needs_consent,
        "secret": reply.secret,
        "confirmation_url": reply.confirmation_url,
        "topic": reply.topic,
    }


def written_answer(answer: Answer) -> Any:
    headers = [list(header) for header in answer.headers]
    return {"status": answer.status, "headers": headers, "body": answer.body.decode("ascii")}


def network(case: Case) -> Any:
    known = Network(case["network"])
    return {"contains": [address in known for address in case["addresses"]]}


def client_address(case: Case) -> Any:
    policy = AddressPolicy(
        allow=case["allow"], trusted_proxies=case["proxies"], forwarding_header=case["header"]
    )
    client = policy.client(case["peer"], case["forwarded"])
    try:
        policy.check(client)
    except GuardError as error:
        allowed = error.code != "address_not_allowed"
    else:
        allowed = True
    limit = RateLimit(case["requests"], seconds(case["window_ms"]))
    return {"client": client, "key": rate_limit_key(client, limit), "allowed": allowed}


def rate_limit(case: Case) -> Any:
    limiter = MemoryRateLimiter(RateLimit(case["requests"], seconds(case["window_ms"])), 1)
    verdicts = []
    for at in case["at_ms"]:
        try:
            limiter.admit("caller", seconds(at))
        except GuardError as error:
            verdicts.append(milliseconds(error))
        else:
            verdicts.append(0)
    return {"verdicts": verdicts}


def milliseconds(error: GuardError) -> int:
    assert error.retry_after is not None
    return round(error.retry_after * 1000)


def replay(case: Case) -> Any:
    guard = MemoryReplayGuard(case["capacity"])
    tokens: dict[int, int] = {}
    results: list[Any] = []
    for number, step in enumerate(case["steps"]):
        key = step["key"]
        if step["do"] == "release":
            guard.release(key, tokens[step["of"]])
            results.append("done")
        elif step["do"] == "complete":
            guard.complete(key, seconds(step["at_ms"]), seconds(step["lifetime_ms"]))
            results.append("done")
        else:
            try:
                token = guard.claim(key, seconds(step["at_ms"]), seconds(step["lease_ms"]))
                tokens[number] = token
            except GuardError as error:
                waits = error.retry_after is not None
                wait = {"retry_after_ms": milliseconds(error)} if waits else {}
                results.append({"code": error.code, **wait})
            else:
                results.append("claimed")
    return {"results": results}


def routes(case: Case) -> Any:
    known = Routes()
    for pattern in case["patterns"]:
        known.add(pattern)
    return {"found": [known.find(event_type) for event_type in case["types"]]}


def answer(case: Case) -> Any:
    if "event" in case:
        event = case["event"]
        given = Answer.event(event["handling"], event["id"], event["type"], case["answers"])
    else:
        error = case["error"]
        wait = error["retry_after_ms"]
        given = Answer.refusal(
            error["code"],
            error["message"],
            None if wait is None else seconds(wait),
            error["allowed_methods"],
            case["answers"],
        )
    return written_answer(given)
