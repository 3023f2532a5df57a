"""What the receiver refuses of authentic deliveries, and what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from conftest import PAYMENT, STATUS_TOKEN, Answer, Client, application
from flask import Flask
from flask_app import Settings, create_app

Serve = Callable[[Flask], Client]

FAILED = {"id": "evt_9", "type": "payment.failed"}


def statuses(*answers: Answer) -> list[str]:
    return [answer.body.get("status") or answer.code for answer in answers]


def test_a_repeated_delivery_is_handled_once(client: Client) -> None:
    answers = [client.deliver(PAYMENT) for _ in range(3)]
    assert statuses(*answers) == ["handled", "duplicate", "duplicate"]
    assert {answer.status for answer in answers} == {200}
    assert len(client.list().body) == 1


def test_the_replay_guard_can_be_off(serve: Serve) -> None:
    client = serve(application(STORE="off"))
    assert statuses(client.deliver(PAYMENT), client.deliver(PAYMENT)) == ["handled", "handled"]


def test_processes_share_a_file(serve: Serve, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'claims.db'}"
    first, second = serve(application(STORE=store)), serve(application(STORE=store))
    assert statuses(first.deliver(PAYMENT), second.deliver(PAYMENT)) == ["handled", "duplicate"]


@pytest.mark.parametrize(
    "change", [{"data": {"amount": -5}}, {"data": {"amount": "5"}}, {"data": [5]}]
)
def test_a_payment_must_be_as_its_schema_says(client: Client, change: dict[str, object]) -> None:
    answer = client.deliver({**PAYMENT, **change})
    assert (answer.status, answer.code) == (400, "schema_mismatch")
    # It did not take the id of the payment that is one.
    assert statuses(client.deliver(PAYMENT)) == ["handled"]


def test_a_caller_may_not_come_too_often(serve: Serve) -> None:
    client = serve(application(RATE_LIMIT="2/60"))
    assert statuses(client.deliver(PAYMENT), client.deliver(FAILED)) == ["handled", "handled"]
    answer = client.deliver({**PAYMENT, "id": "evt_3"})
    assert (answer.status, answer.code) == (429, "rate_limited")
    # A slot of the window, two seconds, may have to pass besides.
    assert 0 < int(answer.headers["Retry-After"]) <= 62


def test_a_caller_cannot_give_itself_another_address(serve: Serve) -> None:
    client = serve(application(ALLOW="203.0.113.0/24"))
    answer = client.deliver(PAYMENT, X_Forwarded_For="203.0.113.9")
    assert (answer.status, answer.code) == (403, "address_not_allowed")


def test_a_trusted_proxy_tells_who_called(serve: Serve) -> None:
    client = serve(application(ALLOW="203.0.113.0/24", TRUSTED_PROXIES="127.0.0.1"))
    assert client.deliver(PAYMENT, X_Forwarded_For="203.0.113.9").status == 200
    # The proxy appends what it saw; all before it is what the caller wrote.
    spoofed = client.deliver(FAILED, X_Forwarded_For="203.0.113.9, 198.51.100.66")
    assert (spoofed.status, spoofed.code) == (403, "address_not_allowed")


def test_the_status_page_needs_its_token_and_shows_what_happened(client: Client) -> None:
    client.deliver(PAYMENT)
    client.deliver(PAYMENT)
    client.post(b"{}", {"Content-Type": "application/json"})
    path = "/webhooks/status/data"
    assert client.send("GET", path, None, {}).status == 401
    answer = client.send("GET", path, None, {"Authorization": f"Bearer {STATUS_TOKEN}"})
    shown = [outcome["result"] for outcome in answer.body["recent"]]
    assert shown == ["missing_header", "duplicate", "handled"]


def test_without_a_token_there_is_no_status_page(serve: Serve) -> None:
    environment = {"COUNTERSIGN_SCHEME": "github", "COUNTERSIGN_SECRET": "hush"}
    client = serve(create_app(Settings.from_environment(environment)))
    for path in ("/webhooks/status", "/webhooks/status/data"):
        assert client.send("GET", path, None, {"Authorization": "Bearer "}).status == 404
