"""What a receiver puts into an inbox, and what people find there."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from countersign import Event, Receiver, Scheme, Webhook
from countersign.inbox import Inbox, PostgresInbox, SqliteInbox
from countersign.inbox.postgres import _from_text, _to_text
from countersign.receiver import MemoryReplayStore
from hypothesis import given
from hypothesis import strategies as st

from conftest import SECRET
from inboxes import Clock, deliver, hurried, ignore, is_settled, until
from incoming import BODY, AsyncDelivery, Delivery
from postgres_server import PostgresServer


class NoStore(MemoryReplayStore):
    def claim(self, key: str, lease: float) -> str:
        pytest.fail("the replay store was asked")


def test_an_event_is_accepted_once(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox, replay=NoStore())
    receiver.on("invoice.paid", ignore)
    answer = receiver.receive(Delivery(webhook))
    assert (answer.status, answer.body) == (
        200,
        b'{"status":"accepted","id":"msg_1","type":"invoice.paid"}',
    )
    assert deliver(receiver, webhook) == "duplicate"
    assert deliver(receiver, webhook, body=b'{"type":"other"}', identity="msg_2") == "ignored"
    assert deliver(receiver, webhook, identity="msg_3", tamper=True) == "signature_mismatch"
    assert inbox.counts() == {"waiting": 1, "running": 0, "handled": 0, "dead": 0}


def test_event_loops_insert_too(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)

    async def story() -> list[bytes]:
        deliveries = [Delivery(webhook, identity=name) for name in ("a", "b", "a")]
        return [
            (await receiver.receive_async(AsyncDelivery(delivery))).body for delivery in deliveries
        ]

    words = [body.split(b'"')[3] for body in asyncio.run(story())]
    assert words == [b"accepted", b"accepted", b"duplicate"]


def test_threads_insert_a_delivery_once(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)
    with ThreadPoolExecutor(16) as threads:
        words = Counter(threads.map(lambda _: deliver(receiver, webhook), range(64)))
    assert words == {"accepted": 1, "duplicate": 63}


def test_an_inbox_admits_nothing_that_it_did_not_store(tmp_path: Path, webhook: Webhook) -> None:
    inbox = SqliteInbox(tmp_path / "locked.db", timeout=0.05)
    receiver = Receiver(webhook, inbox=inbox, when_store_fails="admit")
    receiver.on("*", ignore)
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert receiver.receive(Delivery(webhook)).status == 503
    other.execute("ROLLBACK")
    assert deliver(receiver, webhook) == "accepted"


def test_wait_needs_an_inbox(webhook: Webhook) -> None:
    with pytest.raises(TypeError):
        Receiver(webhook, wait=1)
    with pytest.raises(TypeError):
        Receiver(webhook, inbox=SqliteInbox(":memory:"), wait=-1)


def test_an_answer_can_wait_for_the_handler(webhook: Webhook, inbox: Inbox) -> None:
    go_on = threading.Event()
    receiver = Receiver(webhook, inbox=inbox, wait=0.3)

    @receiver.on("invoice.paid")
    def slow(event: Event) -> None:
        if event.id == "slow":
            go_on.wait(20)

    assert deliver(receiver, webhook, "without workers") == "pending"
    with hurried(receiver, inbox, threads=2):
        until(lambda: is_settled(inbox))
        pending = receiver.receive(Delivery(webhook, identity="slow"))
        assert pending.status == 202
        assert pending.body == b'{"status":"pending","id":"slow","type":"invoice.paid"}'
        handled = receiver.receive(Delivery(webhook, identity="quick"))
        assert (handled.status, handled.body.split(b'"')[3]) == (200, b"handled")
        quick = AsyncDelivery(Delivery(webhook, identity="in a loop"))
        assert asyncio.run(receiver.receive_async(quick)).status == 200
        slow_too = AsyncDelivery(Delivery(webhook, b'{"type":"invoice.paid"}', identity="slow"))
        assert b"duplicate" in asyncio.run(receiver.receive_async(slow_too)).body
        go_on.set()


FORM = Scheme("form", headers=[{"signature": "x-sig", "id": "x-id"}], payload="form", event_id="id")
TIMED = Scheme(
    "timed",
    headers=[{"signature": "x-sig", "id": "x-id"}],
    event_id="body:id",
    event_type="body:type",
    event_time="body:at",
    event_time_format="rfc3339",
    data="data",
)


@pytest.mark.parametrize(
    ("scheme", "body"),
    [
        ("standard", BODY),
        ("standard", ' \n{"type":"ü€😀\\u0000\\\\","data":{"text":"ü","n":[1,null]}} '.encode()),
        (FORM, b"a=1&b=%C3%BC&a=2"),
        (TIMED, b'{"id":"\\u0000\\\\0","type":null,"at":"2024-01-02T03:04:05.123456Z","data":null}'),
        (TIMED, b'{"id":"x","at":"2024-01-02T03:04:05Z","data":{"a":1}}'),
        (TIMED, b'{"id":"' + b"\xc3\xbc" * 5000 + b'","at":"1970-01-01T00:00:00.001Z"}'),
        (TIMED, b'{"type":"no id"}'),
    ],
)
def test_an_event_comes_out_as_it_went_in(scheme: Any, body: bytes, inbox: Inbox) -> None:
    old, new = SECRET, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    before = Webhook(scheme, [new, old])
    seen: list[Event] = []
    receiver = Receiver(before, inbox=inbox)
    receiver.on("*", ignore)
    headers = Webhook(scheme, old).sign(body, id="msg_1")
    kind = "application/x-www-form-urlencoded" if scheme is FORM else "application/json"
    delivery = Delivery(before, body, more={**headers, "content-type": kind})
    delivery.headers = [*headers.items(), ("content-type", kind)]
    assert b"accepted" in receiver.receive(delivery).body
    # The secret that it was signed with is no longer known, nor is it needed.
    rotated = Receiver(Webhook(scheme, new), inbox=inbox)
    rotated.on("*", seen.append)
    with hurried(rotated, inbox):
        until(lambda: is_settled(inbox))
    original = before.unwrap(body, headers)
    assert original.key_index == 1
    names = ("id", "type", "timestamp", "data", "payload", "raw", "dedupe_key", "key_index")
    for name in (*names, "handshake"):
        assert getattr(seen[0], name) == getattr(original, name), name
    assert type(seen[0].timestamp) is type(original.timestamp)
    again = receiver.receive(delivery).body.split(b'"')[3]
    assert again == (b"duplicate" if original.dedupe_key else b"accepted")


@given(st.text(alphabet="\\0\0a"))
def test_texts_for_postgres(text: str) -> None:
    assert "\0" not in _to_text(text)
    assert _from_text(_to_text(text)) == text


def test_a_handled_delivery_is_refused_as_long_as_it_can_come_again(webhook: Webhook) -> None:
    clock = Clock()
    inbox = SqliteInbox(":memory:", clock=clock)
    receiver = Receiver(webhook, inbox=inbox, clock=clock)
    receiver.on("*", ignore)
    delivery = Delivery(webhook)

    def receive() -> bytes:
        return receiver.receive(delivery).body.split(b'"')[3]

    delivery.headers = list(webhook.sign(BODY, id="msg_1", now=clock.now).items())
    assert receive() == b"accepted"
    taken = inbox.take("standard", 1, 60)[0]
    assert inbox.done(taken, webhook.dedupe_lifetime)
    clock.now += webhook.dedupe_lifetime - 1
    delivery.headers = list(webhook.sign(BODY, id="msg_1", now=clock.now).items())
    assert receive() == b"duplicate"
    assert not inbox.forget()
    assert inbox.counts()["handled"] == 1
    clock.now += 1
    assert receive() == b"accepted"
    assert inbox.counts() == {"waiting": 1, "running": 0, "handled": 0, "dead": 0}


def test_management(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    runs: list[str | None] = []

    @receiver.on("*")
    def fail(event: Event) -> None:
        runs.append(event.id)
        if event.type == "bad" and runs.count(event.id) <= 5:
            raise LookupError(event.raw)

    for number in range(4):
        kind = b"bad" if number % 2 else b"good"
        deliver(receiver, webhook, f"msg_{number}", body=b'{"type":"%s"}' % kind)
    with hurried(receiver, inbox):
        until(lambda: is_settled(inbox))
    assert inbox.counts() == {"waiting": 0, "running": 0, "handled": 2, "dead": 2}
    events = inbox.events()
    assert [event.event.id for event in events] == ["msg_3", "msg_2", "msg_1", "msg_0"]
    assert [event.number for event in inbox.events(limit=1)] == [events[0].number]
    older = inbox.events(limit=2, before=events[1].number)
    assert [event.number for event in older] == [events[2].number, events[3].number]
    dead = inbox.dead_letters()
    assert [(one.attempts, one.error) for one in dead] == [(5, "builtins.LookupError")] * 2
    assert [one.event.type for one in inbox.events("handled", "good")] == ["good", "good"]
    assert inbox.events("handled", "bad") == []
    found = inbox.event(events[0].number)
    assert found is not None and found.event.raw == b'{"type":"bad"}'
    assert inbox.event(10**9) is None

    assert inbox.replay(event_type="good") == 0
    assert inbox.replay(dead[0].number) == 1
    once_more = inbox.event(dead[0].number)
    assert once_more is not None
    assert (once_more.state, once_more.attempts, once_more.error) == ("waiting", 0, None)
    assert inbox.replay() == 1
    taken = inbox.take("standard", 1, 60)[0]
    assert inbox.replay(taken.number) == 0
    inbox.failed(taken, "a.Test", 0)
    with hurried(receiver, inbox):
        until(lambda: is_settled(inbox))
    assert inbox.counts()["handled"] == 4
    assert inbox.purge("handled", older_than=3600) == 0
    assert inbox.purge("handled", older_than=0) == 4
    assert inbox.counts()["handled"] == 0
    with pytest.raises(ValueError):
        inbox.purge("running", 0)
    with pytest.raises(ValueError):
        inbox.replay(state="running")
    with pytest.raises(ValueError):
        inbox.events("other")  # type: ignore[arg-type]


def test_many_are_purged_in_batches(webhook: Webhook) -> None:
    inbox = SqliteInbox(":memory:")
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)
    for number in range(1_100):
        deliver(receiver, webhook, str(number))
    for taken in inbox.take("standard", 1_050, 60):
        inbox.done(taken, 0)
    assert [inbox.forget() for _ in range(3)] == [True, True, False]
    assert inbox.counts() == {"waiting": 50, "running": 0, "handled": 0, "dead": 0}
    assert inbox.purge("waiting", 0) == 50


def test_an_inbox_is_opened_again_after_a_fork(webhook: Webhook, inbox: Inbox) -> None:
    receiver = Receiver(webhook, inbox=inbox)
    receiver.on("*", ignore)
    with hurried(receiver, inbox):
        deliver(receiver, webhook, "of the parent")
        # As if a thread of the parent were in the middle of something: it is not in the child.
        with inbox._database.transaction("read"):
            child = os.fork()
            if child == 0:
                words = [deliver(receiver, webhook, f"of the {who}") for who in ("parent", "child")]
                with hurried(receiver, inbox):
                    until(lambda: is_settled(inbox))
                os._exit(0 if words == ["duplicate", "accepted"] else 1)
        assert os.waitpid(child, 0)[1] == 0
        deliver(receiver, webhook, "of the parent again")
        until(lambda: is_settled(inbox))
    assert inbox.counts()["handled"] == 3


def test_a_database_of_postgres_that_restarts(
    webhook: Webhook, postgres_server: PostgresServer
) -> None:
    inbox = PostgresInbox(postgres_server.conninfo)
    inbox.purge("handled", -1)
    receiver = Receiver(webhook, inbox=inbox)
    handled: list[str | None] = []
    receiver.on("*", lambda event: handled.append(event.id))
    with hurried(receiver, inbox):
        assert deliver(receiver, webhook, "before") == "accepted"
        until(lambda: handled == ["before"])
        postgres_server.stop()
        assert deliver(receiver, webhook, "during") == "store_unavailable"
        postgres_server.start()
        assert deliver(receiver, webhook, "during") == "accepted"
        until(lambda: is_settled(inbox))
    assert handled == ["before", "during"]


def test_one_scheme_does_not_take_what_is_of_another(inbox: Inbox) -> None:
    receivers = [Receiver(Webhook(name, SECRET), inbox=inbox) for name in ("standard", "stripe")]
    handled: list[tuple[int, str | None]] = []
    for place, receiver in enumerate(receivers):

        def handle(event: Event, place: int = place) -> None:
            handled.append((place, event.dedupe_key))

        receiver.on("*", handle)
        body = b'{"id":"evt_1","type":"invoice.paid"}'
        assert deliver(receiver, receiver.webhook, "evt_1", body=body) == "accepted"
    with hurried(receivers[1], inbox):
        until(lambda: handled)
    assert handled == [(1, "stripe:evt_1")]
    assert inbox.counts()["waiting"] == 1
