"""Handshakes that hand something over: the program decides, in threads and in event loops."""

from __future__ import annotations

from typing import Any

import pytest
from countersign import HandshakeReply, Receiver, Webhook

from incoming import Delivery, Receive

_SECRET = "b537207f20cbfa02357cf448134da559"


@pytest.fixture
def asana() -> Webhook:
    return Webhook("asana", "nobody has this one")


def _asked(webhook: Webhook, receive: Receive, decide: Any) -> tuple[int, bytes]:
    receiver = Receiver(webhook, on_handshake=decide)
    delivery = Delivery(webhook, b"{}")
    delivery.headers = [("X-Hook-Secret", _SECRET), ("Content-Type", "application/json")]
    return receive(receiver, delivery)


def test_the_program_agrees(asana: Webhook, receive: Receive) -> None:
    replies: list[HandshakeReply] = []

    def decide(reply: HandshakeReply) -> bool:
        replies.append(reply)
        return True

    async def decide_later(reply: HandshakeReply) -> bool:
        return decide(reply)

    for one in (decide, decide_later):
        assert _asked(asana, receive, one) == (200, b"")
    assert [reply.secret for reply in replies] == [_SECRET] * 2
    assert _SECRET not in repr(replies)
    assert dict(replies[0].answer.headers)["x-hook-secret"] == _SECRET


@pytest.mark.parametrize("answer", [False, None, 1, "yes"])
def test_nothing_but_true_is_consent(asana: Webhook, receive: Receive, answer: Any) -> None:
    status, body = _asked(asana, receive, lambda _: answer)
    assert status == 403
    assert b"handshake_refused" in body


def test_without_a_program_there_is_none(asana: Webhook, receive: Receive) -> None:
    assert _asked(asana, receive, None)[0] == 403


def test_a_program_that_raises_is_asked_again(asana: Webhook, receive: Receive) -> None:
    status, body = _asked(asana, receive, lambda _: 1 / 0)
    assert status == 500
    assert b"handler_failed" in body
    with pytest.raises(TypeError):
        Receiver(asana, on_handshake=True)  # type: ignore[arg-type]


def test_a_reply_without_a_receiver() -> None:
    webhook = Webhook("okta", "token")
    headers = {"Authorization": "token", "X-Okta-Verification-Challenge": "abc"}
    reply = webhook.handshake(b"", headers, method="GET", url="/")
    assert reply is not None
    assert reply.answer.body == b'{"verification":"abc"}'
    assert (reply.needs_consent, reply.secret, reply.confirmation_url, reply.topic) == (
        False, None, None, None,
    )  # fmt: skip
    assert webhook.handshake(b"{}", headers, method="POST") is None
