"""How users call the package, for mypy to check; it is run as a test as well."""

from __future__ import annotations

from typing import Any

from countersign import (
    AsyncSender,
    Availability,
    Backoff,
    Decision,
    DeliveryError,
    EndpointHealth,
    Event,
    Explanation,
    Finding,
    HealthPolicy,
    RetryPolicy,
    Scheme,
    Secret,
    Sender,
    Tolerance,
    VerificationError,
    Verified,
    Webhook,
    detect,
    generate_secret,
    parse_retry_after,
    write_payload,
)
from countersign.monitor import Monitor
from countersign.sender import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Message,
    Replay,
    Sent,
)
from countersign.testing import SignedRequest, signed_request


def receive(webhook: Webhook, request: SignedRequest) -> Any:
    verified: Verified = webhook.verify(request.body, request.headers)
    event: Event = verified.event()
    identity: tuple[str | None, str | None, str | None] = (event.id, event.type, event.dedupe_key)
    when: float | None = event.timestamp
    raw: bytes = event.raw
    assert identity[0] and raw == request.body and when is None
    return event.data


def refuse(webhook: Webhook) -> str:
    try:
        webhook.verify(b"{}", [("x-hub-signature-256", "sha256=00")])
    except VerificationError as error:
        code: str = error.code
        return code
    raise AssertionError("a wrong signature is accepted")


def explain(webhook: Webhook, body: bytes, headers: dict[str, str]) -> list[str]:
    explanation: Explanation = webhook.explain(body, headers, now=None)
    findings: tuple[Finding, ...] = explanation.findings
    facts: list[dict[str, int | str]] = [finding.evidence for finding in findings]
    assert facts or explanation.accepted or explanation.code
    return detect(headers)


def describe() -> Scheme:
    return Scheme(
        "acme",
        headers=[{"signature": "x-acme-signature", "timestamp": "x-acme-time"}],
        prefix="v1=",
        separator=",",
        algorithm="hmac-sha512",
        encoding="base64",
        content="{timestamp}:{method}:{url}:{body}",
        tolerance=Tolerance(past=60, future=None),
        event_id=["body:id", "header:x-acme-id"],
        event_type="body:type",
        required=["id"],
    )


def describe_signature_in_body(webhook: Webhook) -> Scheme:
    signed: bytes = webhook.sign_body(b"{}", id="msg_1", now=0)
    in_body: bool = webhook.signs_in_body
    assert in_body and signed
    return Scheme(
        "acme",
        signature_field="proof",
        signature_items="items",
        algorithm="plain-md5",
        content="{secret}{field:amount.value}",
    )


def deliver(policy: RetryPolicy) -> float | None:
    decision: Decision = policy.decide(1, 503, retry_after="30", now=1700000000.5, entropy=0)
    if decision.action == "retry_at":
        return decision.at
    reason: str | None = decision.reason
    raise AssertionError(reason)


def send(policy: HealthPolicy, health: EndpointHealth) -> float | None:
    availability: Availability = policy.availability(health, now=1700000000)
    if availability.state == "throttled":
        return availability.until
    reason: str | None = availability.reason
    raise AssertionError(reason)


def store() -> Sent:
    sender = Sender(":memory:", secret=[Secret("whsec_c2VjcmV0"), "whsec_b2xk"], concurrency=4)
    endpoint = Endpoint(
        "a", "https://customer.example/", headers={"x-tenant": "7"}, event_types=["invoice.*"]
    )
    sender.put_endpoint(endpoint)
    health: EndpointHealth = sender.endpoints()[0].health
    assert health.disabled is None
    answers: list[Sent | DeliveryError] = sender.send_many(
        [Message("a", "x", {"n": 1}), ("a", "x", {"n": 2})]
    )
    assert len(answers) == 2
    monitor = Monitor(most_endpoints=10)
    monitor.attach_sender(sender)
    shown: dict[str, Any] = monitor.snapshot()["outbox"]
    assert shown["endpoints"][0]["waiting"] == 2
    waiting: list[Delivery] = sender.deliveries(state="waiting", since=0, limit=10)
    attempts: list[Attempt] = sender.attempts(waiting[0].number)
    payload: bytes | None = sender.payload(waiting[0].message_id)
    replay: Replay = sender.replay_all(endpoint="a", per_second=10)
    states: dict[DeliveryState, int] = sender.counts()
    assert payload and not attempts and replay.total == 0 and states["waiting"] == 2
    return sender.publish("invoice.paid", [1, 2], owner="7", id="msg_1")


async def store_in_loop(sender: AsyncSender) -> bool:
    async with sender:
        sent: Sent = await sender.send("https://customer.example/", "invoice.paid", {"id": 7})
        counts: dict[DeliveryState, int] = await sender.counts()
        return sent.is_new and sum(counts.values()) == 1


def main() -> None:
    secret = generate_secret()
    github = Webhook("github", [secret, Secret("hush")], tolerance=Tolerance(60))
    assert receive(github, signed_request("github", secret, {"a": 1}, id="1")) == {"a": 1}
    ping = signed_request("github", secret, type="ping", now=0.5)
    assert receive(github, ping) and ping.url.startswith("https://")
    assert refuse(github) == "malformed_signature"

    acme = Webhook(describe(), Secret.from_bytes(bytearray(b"key")))
    headers: dict[str, str] = acme.sign(memoryview(b"{}"), method="POST", url="/hook")
    lists: dict[str, list[str]] = {name: [value] for name, value in headers.items()}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    for form in (headers, lists, encoded):
        acme.verify("{}", form, method="POST", url="/hook")

    github = Webhook("github", "hush")
    assert explain(github, b"[]", github.sign(b"{}")) == ["github", "meta"]

    delays: list[int | float] = Backoff.fixed([0, 0.5], jitter="full").delays([0, 0])
    assert len(delays) == 2
    backoff = Backoff.exponential(1, attempts=3)
    policy = RetryPolicy(backoff, retry_after_cap=60, retry_statuses=(409,))
    assert deliver(policy) == 1700000030.5
    health = HealthPolicy(circuit_failures=False, disable_after=False)
    throttled = health.observe(EndpointHealth(failures=1), 429, "30", now=1700000000)
    assert send(health, throttled) == 1700000030
    assert store().is_new
    seconds: int | None = parse_retry_after("120")
    assert seconds == 120
    payload: str = write_payload("msg_1", "invoice.paid", "{}", now=0.5)
    assert "00.500Z" in payload


if __name__ == "__main__":
    main()
