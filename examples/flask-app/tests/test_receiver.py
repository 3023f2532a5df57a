"""The routes, over real connections."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

import pytest
from conftest import (
    OLD_SECRET,
    PAYMENT,
    SECRET,
    TOKEN,
    Client,
    application,
    settings,
    signed,
)
from countersign import Event
from flask import Flask
from flask_app import BODY_LIMIT, Settings, create_app


def test_handles_and_lists(client: Client) -> None:
    answer = client.deliver(PAYMENT)
    assert answer.status == 200
    assert answer.body == {"status": "handled", "id": "evt_1", "type": "payment.succeeded"}

    answer = client.deliver({"id": "evt_2", "type": "order.created"}, OLD_SECRET)
    assert answer.status == 200
    assert answer.body == {"status": "handled", "id": "evt_2", "type": "order.created"}

    assert client.list().body == [
        {"id": "evt_2", "type": "order.created", "timestamp": None, "key_index": 1},
        {"id": "evt_1", "type": "payment.succeeded", "timestamp": 1700000000, "key_index": 0},
    ]


def test_handlers_are_called_with_their_events(app: Flask, client: Client) -> None:
    taken: list[Event] = []
    app.extensions["countersign"].configured.on("invoice.paid", taken.append)
    client.deliver({"id": "evt_3", "type": "invoice.paid", "data": {"amount": 7}})
    client.deliver(PAYMENT)
    assert [(event.id, event.data) for event in taken] == [("evt_3", {"amount": 7})]


def test_refuses_what_is_not_authentic_and_lists_nothing(client: Client) -> None:
    good = signed(PAYMENT)
    foreign = signed(PAYMENT, "another secret")
    for body, headers, code in [
        (good.body.replace(b"5}", b"6}"), good.headers, "signature_mismatch"),
        (good.body, {"Content-Type": "application/json"}, "missing_header"),
        (b"", {"Content-Type": "application/json"}, "missing_header"),
        (b"", good.headers, "signature_mismatch"),
        (foreign.body, foreign.headers, "signature_mismatch"),
        (good.body, {**good.headers, "X-Webhook-Signature": "\xff"}, "malformed_header"),
    ]:
        answer = client.post(body, headers)
        assert (answer.status, answer.code) == (401, code)
        assert answer.body["message"]
    assert client.list().body == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "payload_not_json"),
        ("", "payload_not_json"),
        (b"\xff", "payload_not_utf8"),
        ("[]", "payload_not_object"),
        ("{}", "missing_field"),
        ('{"type":5}', "malformed_field"),
    ],
)
def test_refuses_authentic_nonsense(client: Client, body: object, code: str) -> None:
    answer = client.deliver(body)
    assert (answer.status, answer.code) == (400, code)
    assert client.list().body == []


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/html", "?"])
def test_takes_json_alone(client: Client, content_type: str) -> None:
    answer = client.deliver(PAYMENT, Content_Type=content_type)
    assert (answer.status, answer.code) == (415, "unsupported_media_type")
    assert client.list().body == []


def test_refuses_large_bodies(client: Client) -> None:
    fitting = signed(signed(PAYMENT).body.ljust(BODY_LIMIT))
    assert client.post(fitting.body, fitting.headers).status == 200
    large = signed(fitting.body + b" ")
    answer = client.post(large.body, large.headers)
    assert (answer.status, answer.code) == (413, "payload_too_large")
    assert len(client.list().body) == 1


def test_other_methods_are_not_allowed(client: Client) -> None:
    assert client.send("GET", "/webhooks", None, {}).status == 405
    assert client.send("PUT", "/webhooks", b"{}", {}).status == 405


def test_a_failing_handler_answers_500_and_is_logged_without_the_payload(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.deliver(
            {"id": "evt_500", "type": "order.failing", "data": "private particulars"}
        )
    assert (answer.status, answer.code) == (500, "handler_failed")
    assert "evt_500" in caplog.text
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text
    # The traceback shows lines of code, so the text of the exception is looked for with its quote.
    assert "private particulars'" not in caplog.text
    assert client.deliver(PAYMENT).status == 200


def test_an_event_whose_handler_failed_is_handled_when_it_comes_again(
    app: Flask, client: Client
) -> None:
    attempts: list[str | None] = []

    @app.extensions["countersign"].configured.on("order.flaky")
    def fail_once(event: Event) -> None:
        attempts.append(event.id)
        if len(attempts) == 1:
            raise RuntimeError

    event = {"id": "evt_flaky", "type": "order.flaky"}
    assert client.deliver(event).code == "handler_failed"
    assert [client.deliver(event).body["status"] for _ in range(2)] == ["handled", "duplicate"]
    assert len(attempts) == 2


def test_the_list_stays_bounded_under_concurrent_deliveries(
    serve: Callable[[Flask], Client],
) -> None:
    client = serve(application(RATE_LIMIT="off"))

    def deliver(number: int) -> int:
        answer = client.deliver({**PAYMENT, "id": f"evt_{number}"})
        if number % 10 == 0:
            assert client.list().status == 200
        return answer.status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(deliver, range(160))) == {200}
    events = client.list().body
    assert len({event["id"] for event in events}) == len(events) == 100


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN.upper()}", f"Basic {TOKEN}", "Bearer \xff"],
)
def test_the_list_needs_its_token(client: Client, authorization: str | None) -> None:
    answer = client.list(authorization)
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_there_is_no_list(
    serve: Callable[[Flask], Client], token: str | None
) -> None:
    client = serve(create_app(Settings(settings().countersign, events_token=token)))
    assert client.list("Bearer ").status == 404


def test_takes_recorded_requests_with_a_recorded_clock(serve: Callable[[Flask], Client]) -> None:
    recorded = {
        "COUNTERSIGN_SCHEME": "standard",
        "COUNTERSIGN_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }
    settings_then = Settings.from_environment(recorded)
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "content-type": "application/json",
    }
    then = serve(create_app(settings_then, now=lambda: 1614265630))
    assert then.post(body, headers).status == 200
    answer = serve(create_app(settings_then)).post(body, headers)
    assert (answer.status, answer.code) == (401, "timestamp_too_old")
