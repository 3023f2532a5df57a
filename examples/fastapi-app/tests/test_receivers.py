"""The routes and their guards, over real connections."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from conftest import INVOICE, OLD_STRIPE_SECRET, PUSH, STATUS_TOKEN, Client, Serve

JSON = {"Content-Type": "application/json"}


def test_handlers_take_the_events_of_github(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.push()
        issue = client.push({"action": "opened"}, "issue-1", "issues")
    assert (answer.status, answer.body) == (
        200,
        {"status": "handled", "id": "push-1", "type": "push"},
    )
    assert issue.word == "handled"
    assert "1 commits came with 'push-1'" in caplog.text
    assert "an issue was 'opened': 'issue-1'" in caplog.text


def test_the_route_takes_the_events_of_stripe(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.invoice()
    assert (answer.status, answer.body) == (
        200,
        {"status": "handled", "id": "evt_1", "type": "invoice.paid"},
    )
    assert "5 were paid with 'evt_1'" in caplog.text


def test_other_types_are_ignored(client: Client) -> None:
    assert client.push({}, type="star").word == "ignored"
    assert client.invoice({"id": "evt_2", "type": "customer.created"}).word == "ignored"


def test_a_repeated_delivery_is_handled_once(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        pushes = [client.push() for _ in range(3)]
        invoices = [client.invoice() for _ in range(3)]
    for answers in (pushes, invoices):
        assert [answer.word for answer in answers] == ["handled", "duplicate", "duplicate"]
        assert {answer.status for answer in answers} == {200}
    assert caplog.text.count("commits came") == caplog.text.count("were paid") == 1


@pytest.mark.parametrize("provider", ["github", "stripe"])
def test_an_event_whose_handler_failed_is_handled_when_it_comes_again(
    client: Client, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = client.push if provider == "github" else client.invoice

    def fail(*_: object) -> None:
        raise RuntimeError("private particulars")

    with monkeypatch.context() as broken:
        broken.setattr(f"fastapi_app.{provider}.log.info", fail)
        failed = deliver()
    assert failed.status == 500
    assert "private particulars" not in str(failed.body)
    assert [deliver().word, deliver().word] == ["handled", "duplicate"]


def test_the_secret_before_is_taken_while_it_is_set(client: Client, serve: Serve) -> None:
    assert client.invoice(secret=OLD_STRIPE_SECRET).word == "handled"
    only_new = serve(STRIPE_OLD_SECRET="whsec_older")
    answer = only_new.invoice(secret=OLD_STRIPE_SECRET)
    assert (answer.status, answer.word) == (401, "signature_mismatch")


def test_refuses_what_is_not_authentic(client: Client) -> None:
    for answer, code in [
        (client.push(X_Hub_Signature_256="sha256=" + "0" * 64), "signature_mismatch"),
        (client.invoice(Stripe_Signature="t=1,v1=" + "0" * 64), "signature_mismatch"),
        (client.send("POST", "/webhooks/github", b"{}", JSON), "missing_header"),
        (client.send("POST", "/webhooks/stripe", b"{}", JSON), "missing_header"),
    ]:
        assert (answer.status, answer.word) == (401, code)
        assert answer.body["message"]


@pytest.mark.parametrize(
    "payload", [{}, {"commits": 5}], ids=["without commits", "commits are no list"]
)
def test_a_push_must_be_as_its_schema_says(client: Client, payload: object) -> None:
    answer = client.push(payload)
    assert (answer.status, answer.word) == (400, "schema_mismatch")
    # It did not take the id of the one that is well-formed.
    assert client.push().word == "handled"


@pytest.mark.parametrize("data", [5, {}, {"object": {}}, {"object": {"amount_paid": -5}}])
def test_an_invoice_must_be_as_its_schema_says(client: Client, data: Any) -> None:
    answer = client.invoice({**INVOICE, "data": data})
    assert (answer.status, answer.word) == (400, "schema_mismatch")
    assert client.invoice().word == "handled"


def test_takes_json_of_a_bounded_size_alone(client: Client) -> None:
    assert client.push(Content_Type="text/html").status == 415
    assert client.invoice(Content_Type="text/html").status == 415
    large = {**PUSH, "padding": "x" * 1024 * 1024}
    assert client.push(large).status == client.invoice(large).status == 413


@pytest.mark.parametrize("provider", ["github", "stripe"])
def test_other_methods_are_not_allowed(client: Client, provider: str) -> None:
    answer = client.send("PUT", f"/webhooks/{provider}", b"{}", JSON)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_without_a_secret_there_is_no_endpoint(serve: Serve) -> None:
    only_stripe = serve(GITHUB_SECRET=None)
    assert (only_stripe.push().status, only_stripe.invoice().status) == (404, 200)
    only_github = serve(STRIPE_SECRET=None, STRIPE_OLD_SECRET=None)
    assert (only_github.push().status, only_github.invoice().status) == (200, 404)


def test_processes_share_a_file(serve: Serve, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'claims.db'}"
    first, second = serve(STORE=store), serve(STORE=store)
    assert [first.push().word, second.push().word] == ["handled", "duplicate"]
    assert [first.invoice().word, second.invoice().word] == ["handled", "duplicate"]


def test_a_store_that_does_not_answer_refuses_or_admits(serve: Serve) -> None:
    nothing_is_there = "redis://127.0.0.1:1/0"
    refused = serve(STORE=nothing_is_there).invoice()
    assert (refused.status, refused.word) == (503, "store_unavailable")
    admitted = serve(STORE=nothing_is_there, WHEN_STORE_FAILS="admit").invoice()
    assert (admitted.status, admitted.word) == (200, "handled")


def test_the_replay_guard_can_be_off(serve: Serve) -> None:
    client = serve(STORE="off")
    assert [client.push().word, client.push().word] == ["handled", "handled"]


def test_a_caller_may_not_come_too_often(serve: Serve) -> None:
    client = serve(RATE_LIMIT="2/60")
    assert [client.push(id=f"push-{number}").word for number in range(2)] == ["handled"] * 2
    answer = client.push(id="push-3")
    assert (answer.status, answer.word) == (429, "rate_limited")
    # A slot of the window, two seconds, may have to pass besides.
    assert 0 < int(answer.headers["Retry-After"]) <= 62


def test_each_provider_has_its_addresses(serve: Serve) -> None:
    client = serve(GITHUB_ALLOW="192.30.252.0/22, 2606:50c0::/32")
    answer = client.push(X_Forwarded_For="192.30.252.9")
    assert (answer.status, answer.word) == (403, "address_not_allowed")
    assert client.invoice().word == "handled"


def test_a_trusted_proxy_tells_who_called(serve: Serve) -> None:
    client = serve(GITHUB_ALLOW="192.30.252.0/22", TRUSTED_PROXIES="127.0.0.1")
    assert client.push(X_Forwarded_For="192.30.252.9").word == "handled"
    # The proxy appends what it saw; all before it is what the caller wrote.
    spoofed = client.push(id="push-2", X_Forwarded_For="192.30.252.9, 198.51.100.66")
    assert (spoofed.status, spoofed.word) == (403, "address_not_allowed")


def test_the_status_page_needs_its_token_and_shows_what_happened(client: Client) -> None:
    client.push()
    client.invoice()
    client.invoice()
    client.send("POST", "/webhooks/stripe", b"{}", JSON)
    assert client.status_data("Bearer wrong").status == 401
    shown = client.status_data().body["recent"]
    assert [(outcome["receiver"], outcome["result"]) for outcome in shown] == [
        ("stripe", "missing_header"),
        ("stripe", "duplicate"),
        ("stripe", "handled"),
        ("github", "handled"),
    ]
    page = client.send(
        "GET", "/internal/status", None, {"Authorization": f"Bearer {STATUS_TOKEN}"}
    )
    assert page.status == 200
    assert b"<html" in page.body
