"""The receiver itself, in threads and in event loops."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from countersign import (
    AddressPolicy,
    ConfigurationError,
    Event,
    Outcome,
    RateLimit,
    Receiver,
    Webhook,
)
from countersign.receiver import Answered, refusal

from conftest import SECRET
from incoming import BODY, AsyncDelivery, Delivery, Receive


@pytest.fixture(params=["plain", "async"])
def make_handler(request: pytest.FixtureRequest) -> Callable[[Callable[[Event], Any]], Any]:
    def make(action: Callable[[Event], Any]) -> Any:
        if request.param == "plain":
            return action

        async def handler(event: Event) -> None:
            action(event)

        return handler

    return make


def test_a_handler_gets_the_event_once(webhook: Webhook, receive: Receive, make_handler: Any) -> None:
    receiver = Receiver(webhook)
    events: list[Event] = []
    receiver.on("invoice.paid", make_handler(events.append))
    delivery = Delivery(webhook)
    assert receive(receiver, delivery) == (
        200,
        b'{"status":"handled","id":"msg_1","type":"invoice.paid"}',
    )
    assert receive(receiver, delivery) == (
        200,
        b'{"status":"duplicate","id":"msg_1","type":"invoice.paid"}',
    )
    assert [event.data for event in events] == [{"id": 7}]


def test_on_is_a_decorator_and_a_call(webhook: Webhook) -> None:
    receiver = Receiver(webhook)

    @receiver.on("invoice.paid")
    def paid(event: Event) -> None: ...

    receiver.on("*", paid)
    assert callable(paid)
    assert receiver.pattern_for("invoice.paid") == "invoice.paid"
    assert receiver.pattern_for(None) == "*"
    with pytest.raises(ConfigurationError) as duplicate:
        receiver.on("*", paid)
    assert duplicate.value.code == "duplicate_handler"
    with pytest.raises(TypeError):
        receiver.on("other", "no handler")  # type: ignore[arg-type]


def test_a_decorator_without_a_pattern_loses_no_events(webhook: Webhook) -> None:
    receiver = Receiver(webhook)
    with pytest.raises(TypeError, match=r'not function: write @receiver\.on\("invoice\.paid"\)'):

        @receiver.on  # type: ignore[call-overload]
        def paid(event: Event) -> None: ...


def test_a_failed_handler_runs_again(webhook: Webhook, receive: Receive, make_handler: Any) -> None:
    receiver = Receiver(webhook)
    runs: list[str | None] = []

    def fail_once(event: Event) -> None:
        runs.append(event.id)
        if len(runs) == 1:
            raise RuntimeError(event.raw.decode())

    receiver.on("invoice.paid", make_handler(fail_once))
    status, body = receive(receiver, Delivery(webhook))
    assert status == 500
    assert body.startswith(b'{"error":"handler_failed",')
    assert receive(receiver, Delivery(webhook))[0] == 200
    assert runs == ["msg_1", "msg_1"]


def test_what_is_ignored_is_not_claimed(webhook: Webhook, receive: Receive) -> None:
    receiver = Receiver(webhook)
    assert receive(receiver, Delivery(webhook))[1].startswith(b'{"status":"ignored"')
    receiver.on("invoice.paid", lambda event: None)
    assert receive(receiver, Delivery(webhook))[1].startswith(b'{"status":"handled"')


def test_an_awaited_handler_past_its_deadline_settles_its_claim(webhook: Webhook) -> None:
    receiver = Receiver(webhook, deadline=0.05)
    go_on = threading.Event()
    ended = threading.Event()

    @receiver.on("*")
    async def slow(event: Event) -> None:
        await asyncio.to_thread(go_on.wait, 10)
        ended.set()

    assert receiver.receive(Delivery(webhook)).body.startswith(b'{"error":"handler_timeout"')
    busy = receiver.receive(Delivery(webhook))
    assert (busy.status, dict(busy.headers)["retry-after"]) == (409, "10")
    go_on.set()
    assert ended.wait(10)
    until = time.monotonic() + 10
    while (answer := receiver.receive(Delivery(webhook))).status != 200:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert answer.body.startswith(b'{"status":"duplicate"')


def test_a_handler_of_a_loop_runs_on_past_its_deadline(webhook: Webhook) -> None:
    receiver = Receiver(webhook, deadline=0.05)

    async def story() -> list[int]:
        go_on = asyncio.Event()
        receiver.on("*", lambda event: go_on.wait())
        statuses = [(await receiver.receive_async(AsyncDelivery(Delivery(webhook)))).status]
        statuses.append((await receiver.receive_async(AsyncDelivery(Delivery(webhook)))).status)
        go_on.set()
        await asyncio.sleep(0.05)
        statuses.append((await receiver.receive_async(AsyncDelivery(Delivery(webhook)))).status)
        return statuses

    assert asyncio.run(story()) == [500, 409, 200]


def test_a_client_that_goes_away_does_not_stop_the_handler(webhook: Webhook) -> None:
    receiver = Receiver(webhook)
    ended: list[str | None] = []

    @receiver.on("*")
    async def handle(event: Event) -> None:
        await asyncio.sleep(0.05)
        ended.append(event.id)

    async def story() -> bytes:
        task = asyncio.ensure_future(receiver.receive_async(AsyncDelivery(Delivery(webhook))))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.1)
        return (await receiver.receive_async(AsyncDelivery(Delivery(webhook)))).body

    assert asyncio.run(story()).startswith(b'{"status":"duplicate"')
    assert ended == ["msg_1"]


def test_exit_in_a_handler_releases_the_claim(webhook: Webhook) -> None:
    receiver = Receiver(webhook)
    leave = iter([True, False])

    @receiver.on("*")
    def stop(event: Event) -> None:
        if next(leave):
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        receiver.receive(Delivery(webhook))
    assert receiver.receive(Delivery(webhook)).status == 200


def test_observers_learn_what_became_of_each_request(webhook: Webhook, receive: Receive) -> None:
    outcomes: list[Outcome] = []

    def broken(outcome: Outcome) -> None:
        raise RuntimeError("an observer of the user's")

    receiver = Receiver(webhook, observe=broken)
    receiver.observe(outcomes.append)
    receiver.on("invoice.paid", lambda event: None)
    receive(receiver, Delivery(webhook))
    receive(receiver, Delivery(webhook, tamper=True))
    good, bad = outcomes
    assert good[1:6] == (200, "handled", "standard", "msg_1", "invoice.paid")
    assert good.key_index == 0
    assert abs(good.time - time.time()) < 60
    assert 0 <= good.duration < 60
    assert bad[1:6] == (401, "signature_mismatch", "standard", None, None)


def test_the_log_has_codes_and_no_secrets(
    webhook: Webhook, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(webhook)

    @receiver.on("*")
    def fail(event: Event) -> None:
        raise ValueError(f"{event.raw!r} {SECRET}")

    receive(receiver, Delivery(webhook))
    receive(receiver, Delivery(webhook, tamper=True))
    assert SECRET not in caplog.text
    assert BODY.decode() not in caplog.text
    failed, refused = (vars(record)["countersign"] for record in caplog.records)
    assert failed["code"] == "handler_failed"
    assert failed["exception"] == "builtins.ValueError"
    assert failed["event_id"] == "msg_1"
    assert any(frame.endswith("in fail") for frame in failed["frames"])
    assert refused == {"code": "signature_mismatch", "scheme": "standard", "event_id": None}
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_guards(webhook: Webhook, receive: Receive) -> None:
    policy = AddressPolicy(allow=["203.0.113.0/24"], trusted_proxies=["10.0.0.0/8"])
    receiver = Receiver(webhook, address=policy, rate_limit=RateLimit(2, 60))
    receiver.on("*", lambda event: None)
    spoofed = Delivery(webhook, peer="198.51.100.1", more={"x-forwarded-for": "203.0.113.1"})
    assert receive(receiver, spoofed)[0] == 403
    proxied = Delivery(webhook, peer="10.0.0.1", more={"x-forwarded-for": "8.8.8.8, 203.0.113.1"})
    assert [receive(receiver, proxied)[0] for _ in range(3)] == [200, 200, 429]


def test_schemas(webhook: Webhook, receive: Receive) -> None:
    schema = {"type": "object", "required": ["data"], "properties": {"data": {"required": ["id"]}}}
    receiver = Receiver(webhook, schemas={"invoice.*": schema, "never": False})
    receiver.on("*", lambda event: None)
    malformed = Delivery(webhook, b'{"type":"invoice.paid","data":{}}')
    assert receive(receiver, malformed)[1].startswith(b'{"error":"schema_mismatch"')
    assert receive(receiver, Delivery(webhook))[1].startswith(b'{"status":"handled"')
    assert receive(receiver, Delivery(webhook, b'{"type":"never"}'))[0] == 400


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "no type"},
        {"$ref": "https://example.com/schema.json"},
        {"$ref": "#/$defs/missing"},
        {"pattern": "("},
    ],
)
def test_a_malformed_schema_is_refused_at_once(webhook: Webhook, schema: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as error:
        Receiver(webhook, schemas={"*": schema})
    assert error.value.code == "malformed_schema"


@pytest.mark.parametrize(
    "options",
    [
        {"lease": 0},
        {"deadline": float("inf")},
        {"body_timeout": "10"},
        {"body_limit": 1.5},
        {"body_limit": -1},
        {"when_store_fails": "ignore"},
        {"on_handshake": True},
        {"address": ["10.0.0.0/8"]},
        {"rate_limit": (1, 1)},
        {"rate_store": 5},
        {"replay": "sqlite"},
        {"replay": False},
        {"inbox": 5},
        {"wait": "1", "inbox": 5},
        {"schemas": 5},
        {"clock": 5},
        {"keys": 5},
        {"observe": 5},
        {"origin": 5},
        {"origin": 0},
        {"origin": b"https://example.com"},
    ],
)
def test_options_of_another_type(webhook: Webhook, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(options))):
        Receiver(webhook, **options)
    with pytest.raises(TypeError):
        Receiver(webhook).observe(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Receiver("standard")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "origin",
    [
        "example.com",
        "https://",
        "https://example.com/",
        "https://example.com/webhooks",
        "https://example.com?a",
        "https://example.com#a",
        "ftp://example.com",
        " https://example.com",
    ],
)
def test_an_origin_is_a_scheme_and_a_host(webhook: Webhook, origin: str) -> None:
    with pytest.raises(TypeError, match="origin must be a scheme and a host"):
        Receiver(webhook, origin=origin)


@pytest.mark.parametrize(
    ("origin", "called"),
    [
        ("https://example.com", "https://example.com/webhooks"),
        ("http://example.com:8080", "http://example.com:8080/webhooks"),
        ("", "http://localhost/webhooks"),
        (None, "http://localhost/webhooks"),
    ],
)
def test_the_origin_is_that_of_the_url_that_was_signed(
    receive: Receive, origin: str | None, called: str
) -> None:
    square = Webhook("square", "hush")
    delivery = Delivery(square, called=called)
    assert receive(Receiver(square, origin=origin), delivery)[0] == 200


def test_a_broken_clock_is_no_verdict(webhook: Webhook, receive: Receive) -> None:
    receiver = Receiver(webhook, clock=lambda: 1 / 0)
    assert receive(receiver, Delivery(webhook))[0] == 500


def test_deliveries_that_a_program_handles_itself(webhook: Webhook) -> None:
    receiver = Receiver(webhook)
    with pytest.raises(KeyError), receiver.delivery(Delivery(webhook)):
        raise KeyError("the program failed")
    with receiver.delivery(Delivery(webhook)) as event:
        assert event.id == "msg_1"
    with pytest.raises(Answered) as answered, receiver.delivery(Delivery(webhook)):
        pytest.fail("a duplicate got through")
    assert answered.value.answer.status == 200
    with pytest.raises(Answered) as refused, receiver.delivery(Delivery(webhook, tamper=True)):
        pytest.fail("a forgery got through")
    assert refused.value.answer.status == 401


def test_deliveries_that_a_program_awaits(webhook: Webhook) -> None:
    receiver = Receiver(webhook)

    async def handled(delivery: Delivery) -> int:
        try:
            async with receiver.delivery_async(AsyncDelivery(delivery)):
                return 0
        except Answered as answered:
            return answered.answer.status

    async def story() -> list[int]:
        deliveries = (Delivery(webhook), Delivery(webhook), Delivery(webhook, tamper=True))
        return [await handled(delivery) for delivery in deliveries]

    assert asyncio.run(story()) == [0, 200, 401]


def test_threads_handle_a_delivery_once(webhook: Webhook) -> None:
    receiver = Receiver(webhook)
    handled: list[Event] = []

    @receiver.on("*")
    def slowly(event: Event) -> None:
        time.sleep(0.02)
        handled.append(event)

    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(receiver.receive(Delivery(webhook)).status))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(handled) == 1
    assert set(statuses) <= {200, 409}


def test_errors_know_their_status() -> None:
    assert refusal("rate_limited", 1_500).status == 429
    assert refusal("rate_limited", 1_500).retry_after == 1.5
    with pytest.raises(TypeError):
        refusal("no such code")
