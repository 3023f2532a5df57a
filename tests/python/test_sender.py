"""What is sent is stored, delivered, and told of."""

from __future__ import annotations

import json
import pickle
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from countersign import (
    ConfigurationError,
    CountersignError,
    DeliveryError,
    RetryPolicy,
    Scheme,
    Secret,
    Sender,
    Webhook,
)
from countersign.sender import Endpoint, Message, Sent

from conftest import SECRET
from inboxes import until
from sink import Sink, sinking

OTHER = "whsec_" + "b3RoZXIgc2VjcmV0IG90aGVy"
HURRIED = RetryPolicy.exponential(0.01, attempts=3)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as running:
        yield running


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    with Sender(tmp_path / "outbox.db", retry_policy=HURRIED) as started:
        yield started


def settled(sender: Sender, count: int) -> None:
    until(lambda: sender.counts()["delivered"] + sender.counts()["dead"] == count)


def test_what_is_sent_arrives_signed(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint(headers={"X-Tenant": "7"}))
    data = {"id": 7, "name": "Žofie", "nested": [1, 2.5, None, True]}
    sent = sender.send("a", "invoice.paid", data)
    (arrival,) = sink.wait(1)
    event = arrival.event()
    assert sent == Sent(str(event.id), True)
    assert (event.type, event.data) == ("invoice.paid", data)
    assert arrival.headers["content-type"] == "application/json"
    assert arrival.headers["x-tenant"] == "7"
    # As it is stored, and nothing of it escaped.
    assert sender.payload(sent.id) == arrival.body
    assert "Žofie".encode() in arrival.body
    assert json.loads(arrival.body)["id"] == sent.id
    settled(sender, 1)
    (delivery,) = sender.deliveries_of(sent.id)
    assert delivery == sender.delivery(delivery.number)
    assert (delivery.endpoint, delivery.state, delivery.type) == ("a", "delivered", "invoice.paid")
    assert abs(delivery.created - time.time()) < 60
    (attempt,) = sender.attempts(delivery.number)
    assert (attempt.number, attempt.status, attempt.error) == (1, 200, None)
    assert attempt.answer == b"ok"
    assert 0 < attempt.duration < 20


def test_a_payload_is_sent_to_the_byte(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    payload = b'{ "type":"invoice.paid",\n "data": {} }'
    for form in (payload, bytearray(payload), memoryview(payload)):
        sender.send_payload("a", "invoice.paid", form)  # type: ignore[arg-type]
    assert {arrival.body for arrival in sink.wait(3)} == {payload}
    with pytest.raises(TypeError, match="not str"):
        sender.send_payload("a", "invoice.paid", "{}")  # type: ignore[arg-type]


def test_every_scheme_and_schemes_of_ones_own_sign(tmp_path: Path, sink: Sink) -> None:
    own = Scheme("acme", headers={"signature": "x-acme"}, content="{body}")
    with Sender(tmp_path / "o.db", scheme=own, secret=Secret("hush"), schemes=[own]) as sender:
        sender.put_endpoint(sink.endpoint("github", scheme="github", secret="hush"))
        sender.put_endpoint(sink.endpoint("acme", scheme="acme", secret="acme secret"))
        sender.put_endpoint(sink.endpoint("own", secret=None))
        for id in ("github", "acme", "own"):
            sender.send(id, "x", {})
        arrivals = {arrival.path[1:]: arrival for arrival in sink.wait(3)}
    webhooks = {
        "github": Webhook("github", "hush"),
        "acme": Webhook(own, "acme secret"),
        "own": Webhook(own, "hush"),
    }
    for id, webhook in webhooks.items():
        assert webhook.verify(arrivals[id].body, arrivals[id].headers).key_index == 0


def test_a_url_is_registered_when_it_is_sent_to(tmp_path: Path) -> None:
    sender = Sender(tmp_path / "outbox.db", secret=[SECRET, OTHER])
    url = "https://customer.example/hook?token=1"
    assert sender.send(url, "x", 1).is_new
    endpoint = sender.endpoint(url)
    assert endpoint is not None
    assert (endpoint.id, endpoint.url, endpoint.scheme, endpoint.secret_count) == (url, url, None, 0)
    refused = {
        "http://customer.example/": "insecure_url",
        "https://127.0.0.1/": "forbidden_destination",
        "https://customer.example:99999/": "malformed_url",
    }
    for bad, code in refused.items():
        with pytest.raises(DeliveryError) as caught:
            sender.send(bad, "x", 1)
        assert caught.value.code == code
    with pytest.raises(ConfigurationError) as without:
        Sender(":memory:").send("https://customer.example/", "x", 1)
    assert without.value.code == "no_secrets"


def test_the_same_id_or_key_twice_is_one_message(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    first = sender.send("a", "x", {"n": 1}, id="msg_1", idempotency_key="key")
    assert first == Sent("msg_1", True)
    assert sender.send("a", "x", {"n": 2}, id="msg_1") == Sent("msg_1", False)
    assert sender.send("a", "x", {"n": 3}, idempotency_key="key") == Sent("msg_1", False)
    settled(sender, 1)
    assert [arrival.event().data for arrival in sink.arrivals] == [{"n": 1}]


def test_an_event_is_told_to_who_wants_it(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint("all", owner="7"))
    sender.put_endpoint(sink.endpoint("invoices", owner="7", event_types=["invoice.*", "x"]))
    sender.put_endpoint(sink.endpoint("customers", owner="7", event_types="customer.deleted"))
    sender.put_endpoint(sink.endpoint("others", owner="8"))
    sent = sender.publish("invoice.paid", {"id": 7}, owner="7", idempotency_key="k")
    settled(sender, 2)
    assert sorted(arrival.path for arrival in sink.arrivals) == ["/all", "/invoices"]
    assert set(sink.ids()) == {sent.id}
    assert not sender.publish("invoice.paid", {}, owner="7", idempotency_key="k").is_new
    assert sender.publish("invoice.paid", {}).is_new  # nobody wants it
    assert [one.id for one in sender.endpoints()] == ["all", "customers", "invoices", "others"]
    assert [one.id for one in sender.endpoints(after="customers", limit=1)] == ["invoices"]
    assert sender.endpoints()[2].event_types == ("invoice.*", "x")


def test_many_are_stored_together(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    sent = sender.send_many(
        [Message("a", "x", {"n": 1}, id="1"), ("nobody", "x", {}), ("a", "x", {}, None, "key")]
    )
    assert sent[0] == Sent("1", True)
    assert isinstance(sent[1], DeliveryError)
    assert sent[1].code == "unknown_endpoint"
    assert isinstance(sent[2], Sent)
    settled(sender, 2)
    # All or none.
    with pytest.raises(DeliveryError):
        sender.send_many([("a", "x", {}), ("a", "not a name", {})])
    assert sender.counts()["delivered"] == 2
    assert sender.send_many([]) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nobody", "x", {}), "unknown_endpoint"),
        (("a", "", {}), "malformed_message"),
        (("a", "two words", {}), "malformed_message"),
        (("a", "x" * 257, {}), "malformed_message"),
        (("a", "x", {1, 2}), "malformed_message"),
        (("a", "x", float("nan")), "malformed_message"),
        (("a", "x", "\ud800"), "malformed_message"),
        (("a", "x", "y" * 2_000_000), "malformed_message"),
        (("a", "x", {}, "é"), "malformed_message"),
    ],
)
def test_what_cannot_be_sent(sender: Sender, sink: Sink, arguments: Any, code: str) -> None:
    sender.put_endpoint(sink.endpoint())
    *plain, id = arguments if len(arguments) == 4 else (*arguments, None)
    with pytest.raises(DeliveryError) as caught:
        sender.send(*plain, id=id)
    assert caught.value.code == code
    assert "y" * 10 not in str(caught.value)
    assert sum(sender.counts().values()) == 0


def test_data_that_refers_to_itself_is_refused(sender: Sender) -> None:
    data: list[Any] = []
    data.append(data)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for bad in (data, deep):
        with pytest.raises(DeliveryError) as caught:
            sender.send("a", "x", bad)
        assert caught.value.code == "malformed_message"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"url": "http://customer.example/", "allow_http": False}, "insecure_url"),
        ({"url": "nowhere"}, "malformed_url"),
        ({"allow_networks": []}, "forbidden_destination"),
        ({"allow_networks": ["10.0.0.0/99"]}, "malformed_network"),
        ({"event_types": ["a*b"]}, "malformed_pattern"),
        ({"scheme": "nobody's"}, "unknown_scheme"),
        ({"scheme": "mailgun"}, "malformed_scheme"),
        ({"secret": "whsec_?"}, "malformed_secret"),
        ({"secret": ""}, "empty_secret"),
        ({"secret": None}, "no_secrets"),
        ({"per_second": 0}, "malformed_message"),
        ({"headers": {"host": "x"}}, "malformed_message"),
        ({"headers": [("x", "a\nb")]}, "malformed_message"),
        ({"total_timeout": 3_600}, "malformed_message"),
        ({"owner": "two words"}, "malformed_message"),
    ],
)
def test_endpoints_that_cannot_be(
    sender: Sender, sink: Sink, settings: dict[str, Any], code: str
) -> None:
    with pytest.raises(CountersignError) as caught:
        sender.put_endpoint(sink.endpoint(**settings))
    assert caught.value.code == code
    assert sender.endpoints() == []


def test_a_sender_whose_signature_is_in_the_body_is_refused() -> None:
    in_body = Scheme("x", signature_field="proof", content="{field:n}")
    for scheme in ("figma", in_body):
        with pytest.raises(ConfigurationError) as caught:
            Sender(":memory:", scheme=scheme, secret="hush")
        assert caught.value.code == "malformed_scheme"


@pytest.mark.parametrize(
    "call",
    [
        lambda sender: sender.send(7, "x", {}),
        lambda sender: sender.send("a", 7, {}),
        lambda sender: sender.send("a", "x", {}, id=7),
        lambda sender: sender.send("a", "x", {}, idempotency="k"),
        lambda sender: sender.put_endpoint(Endpoint("a", "https://x.example/", secret=7)),
        lambda sender: sender.put_endpoint(Endpoint("a", "https://x.example/", secret=b"ab")),
        lambda sender: sender.put_endpoint(Endpoint("a", "https://x.example/", retry_policy=7)),
        lambda sender: sender.put_endpoint(Endpoint("a", "https://x.example/", concurrency="1")),
        lambda sender: sender.deliveries(state="lost"),
        lambda sender: sender.deliveries(limit="1"),
        lambda sender: sender.stop("1"),
        lambda sender: Sender(":memory:", retry_policy=7),
        lambda sender: Sender(":memory:", concurrency=-1),
        lambda sender: Sender(":memory:", encryption_keys=["text"]),
        lambda sender: Sender(":memory:", schemes=["standard"]),
        lambda sender: Sender(":memory:", patience=1),
    ],
)
def test_arguments_of_other_types_are_refused(sender: Sender, call: Any) -> None:
    with pytest.raises(TypeError):
        call(sender)


def test_secrets_and_keys_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Sender(":memory:", secret="")
    assert caught.value.code == "empty_secret"
    with pytest.raises(ConfigurationError) as caught:
        Sender(":memory:", encryption_keys=[b"short"])
    assert caught.value.code == "malformed_secret"
    with pytest.raises(DeliveryError) as unopened:
        Sender(tmp_path / "no" / "such" / "folder.db")
    assert unopened.value.code == "outbox_unavailable"
    assert pickle.loads(pickle.dumps(unopened.value)).code == "outbox_unavailable"
    (tmp_path / "text").write_text("not a database " * 100)
    with pytest.raises(DeliveryError):
        Sender(tmp_path / "text")


def test_secrets_are_encrypted_where_there_is_a_key(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    with Sender(path, encryption_keys=[bytes(32)]) as sender:
        sender.put_endpoint(sink.endpoint())
        sender.send("a", "x", {})
        sink.wait(1)[0].event()
    with sqlite3.connect(path) as database:
        stored = str(database.execute("SELECT secrets FROM countersign_endpoint").fetchall())
    assert "sealed" in stored and SECRET not in stored
    with pytest.raises(DeliveryError) as caught:
        Sender(path).rotate_secret("a", OTHER)
    assert caught.value.code == "unreadable_secret"


def test_payloads_are_checked_by_schemas(tmp_path: Path, sink: Sink) -> None:
    invoice = {"properties": {"data": {"required": ["id"]}}}
    sender = Sender(tmp_path / "outbox.db", schemas={"invoice.*": invoice, "never": False})
    sender.put_endpoint(sink.endpoint())
    assert sender.send("a", "invoice.paid", {"id": 7}).is_new
    assert sender.send("a", "other", {}).is_new
    for type in ("invoice.paid", "never"):
        with pytest.raises(CountersignError) as caught:
            sender.send("a", type, {})
        assert caught.value.code == "schema_mismatch"
    assert sender.counts()["waiting"] == 2
    for schemas in ({"x": {"type": 7}}, {"x": {"$ref": "https://elsewhere.example/"}}):
        with pytest.raises(ConfigurationError) as malformed:
            Sender(":memory:", schemas=schemas)  # type: ignore[arg-type]
        assert malformed.value.code == "malformed_schema"


def test_a_rotation(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    sender.rotate_secret("a", OTHER)
    sender.send("a", "x", {})
    during = sink.wait(1)[0]
    assert during.event(SECRET).id == during.event(OTHER).id
    sender.retire_secrets("a")
    settled(sender, 1)
    sender.send("a", "x", {})
    after = sink.wait(2)[1]
    after.event(OTHER)
    with pytest.raises(CountersignError):
        after.event(SECRET)
    with pytest.raises(DeliveryError) as caught:
        sender.rotate_secret("nobody", OTHER)
    assert caught.value.code == "unknown_endpoint"


def test_what_fails_is_tried_again_and_then_a_dead_letter(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    sink.answers.extend([500, 503])
    arrived = sender.send("a", "x", {})
    settled(sender, 1)
    (delivery,) = sender.deliveries_of(arrived.id)
    statuses = [attempt.status for attempt in sender.attempts(delivery.number)]
    assert statuses == [200, 503, 500]
    assert set(sink.ids()) == {arrived.id}

    sink.status = 400
    rejected = [sender.send("a", "x", {"n": n}) for n in range(3)]
    settled(sender, 4)
    dead = sender.dead_letters()
    assert [one.message_id for one in reversed(dead)] == [one.id for one in rejected]
    assert {one.reason for one in dead} == {"rejected"}
    assert sender.dead_letters(reason="exhausted") == []
    assert len(sender.dead_letters(endpoint="a", type="x", since=1, limit=2)) == 2
    assert [one.number for one in sender.dead_letters(before=dead[0].number)] == [
        one.number for one in dead[1:]
    ]

    sink.status = 200
    assert sender.replay(dead[0].number)
    settled(sender, 4)
    until(lambda: len(sender.dead_letters()) == 2)
    replay = sender.replay_all(endpoint="a", reason="rejected", per_second=1_000)
    assert replay.total == 2
    until(lambda: sender.counts()["delivered"] == 4)
    until(lambda: sender.replays()[0].state == "done")
    assert sender.replays()[0].replayed == 2
    assert not sender.cancel_replay(replay.number)
    assert not sender.replay(10_000)
    assert sender.delete_delivery(dead[0].number)
    assert sender.delivery(dead[0].number) is None


def test_a_replay_can_be_cancelled(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    sink.status = 400
    sender.send_many([("a", "x", {})] * 20)
    settled(sender, 20)
    replay = sender.replay_all(per_second=1)
    assert sender.cancel_replay(replay.number)
    assert sender.replays()[0].state == "cancelled"


def test_endpoints_are_disabled_enabled_and_deleted(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())
    assert sender.disable("a") and not sender.disable("nobody")
    endpoint = sender.endpoint("a")
    assert endpoint is not None and endpoint.health.disabled == "manual"
    sender.send("a", "x", {})
    settled(sender, 1)
    assert sender.dead_letters()[0].reason == "disabled"
    assert sender.enable("a") and not sender.enable("nobody")
    sender.replay_all()
    sink.wait(1)
    assert sender.delete_endpoint("a") and not sender.delete_endpoint("a")
    assert sender.endpoint("a") is None
    sink.status = 410
    sender.put_endpoint(sink.endpoint("gone"))
    sender.send("gone", "x", {})
    until(lambda: sender.endpoint("gone").health.disabled == "gone")  # type: ignore[union-attr]


def test_the_end_of_the_block_waits_for_what_is_under_way(tmp_path: Path, sink: Sink) -> None:
    sink.delay = 0.3
    with Sender(tmp_path / "outbox.db") as sender:
        assert sender.is_started
        sender.put_endpoint(sink.endpoint())
        sender.send("a", "x", {})
        sink.wait(1)
    assert not sender.is_started
    assert sender.counts() == {"waiting": 0, "running": 0, "delivered": 1, "dead": 0}
    # It can begin again.
    with sender:
        sender.send("a", "x", {})
        sink.wait(2)
    assert sender.counts()["delivered"] == 2


def test_what_takes_longer_than_the_patience_is_cut_off_and_tried_again(
    tmp_path: Path, sink: Sink
) -> None:
    sink.delay = 30
    sender = Sender(tmp_path / "outbox.db")
    sender.start()
    sender.start()
    sender.put_endpoint(sink.endpoint())
    sender.send("a", "x", {})
    sink.wait(1)
    began = time.monotonic()
    assert not sender.stop(0.05)
    assert time.monotonic() - began < 15
    assert sender.stop()
    sink.delay = 0
    with sender:
        until(lambda: sender.counts()["delivered"] == 1)
    assert len(set(sink.ids())) == 1


def test_another_process_delivers(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    with Sender(path) as dispatching:
        dispatching.put_endpoint(sink.endpoint())
        program = f"from countersign import Sender; Sender({str(path)!r}).send('a', 'x', 1)"
        subprocess.run([sys.executable, "-c", program], check=True)
        assert sink.wait(1)[0].event().data == 1


def test_a_process_that_ends_waits_for_what_is_under_way(tmp_path: Path, sink: Sink) -> None:
    sink.delay = 0.5
    path = tmp_path / "outbox.db"
    Sender(path).put_endpoint(sink.endpoint())
    program = (
        "import sys, time; from countersign import Sender; sender = Sender(sys.argv[1]);"
        "sender.start(); sender.send('a', 'x', 1);"
        "time.sleep(0.2)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=20)
    assert len(sink.arrivals) == 1
    assert Sender(path).counts()["delivered"] == 1


def test_threads_share_a_sender(sender: Sender, sink: Sink) -> None:
    sender.put_endpoint(sink.endpoint())

    def send(thread: int) -> list[Sent]:
        return [sender.send("a", "x", {"n": n}, idempotency_key=f"{n}") for n in range(25)]

    with ThreadPoolExecutor(16) as threads:
        sent = [one for some in threads.map(send, range(16)) for one in some]
    assert sum(one.is_new for one in sent) == len({one.id for one in sent}) == 25
    settled(sender, 25)
    assert len(sink.ids()) == len(set(sink.ids())) == 25


def test_other_threads_run_while_one_waits(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    blocker = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")
    answered: list[Sent] = []
    thread = threading.Thread(target=lambda: answered.append(sender.send("a", "x", {})))
    thread.start()
    # While it holds up the sender, this thread counts.
    turns, end = 0, time.monotonic() + 0.3
    while time.monotonic() < end:
        turns += 1
        time.sleep(0.001)
    assert not answered
    blocker.execute("COMMIT")
    thread.join()
    assert turns > 50 and answered[0].is_new


def test_what_is_delivered_does_not_wait_for_python(tmp_path: Path) -> None:
    """A thread that never lets go of the interpreter delays no delivery."""
    sink = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("counting_sink.py"))],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    assert sink.stdout is not None and sink.stdin is not None
    port = int(sink.stdout.readline())
    interval = sys.getswitchinterval()
    with Sender(tmp_path / "outbox.db", endpoint_concurrency=64) as sender:
        url = f"http://127.0.0.1:{port}/"
        sender.put_endpoint(
            Endpoint("a", url, secret=SECRET, allow_http=True, allow_networks=["127.0.0.1"])
        )
        sender.send_many([("a", "x", {"n": n}) for n in range(500)])
        try:
            sys.setswitchinterval(100)
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                pass
        finally:
            sys.setswitchinterval(interval)
        sink.stdin.write("\n")
        sink.stdin.flush()
        counted = int(sink.stdout.readline())
        until(lambda: sender.counts()["delivered"] == 500)
        sink.stdin.close()
        sink.wait(10)
    # One that needed the interpreter would have been held up after the first.
    assert counted > 100


def test_a_database_that_others_block_is_told(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    sender = Sender(path)
    sender.put_endpoint(sink.endpoint())
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DeliveryError) as caught:
        sender.send("a", "x", {})
    assert caught.value.code == "outbox_unavailable"
    blocker.execute("COMMIT")
    assert sender.send("a", "x", {}).is_new


def test_a_sender_that_is_closed_opens_again(tmp_path: Path, sink: Sink) -> None:
    path = tmp_path / "outbox.db"
    sender = Sender(path, survives_power_cut=False)
    sender.put_endpoint(sink.endpoint())
    sender.close()
    assert not path.with_name("outbox.db-wal").exists()
    assert sender.send("a", "x", {}).is_new
    assert repr(sender) == "Sender(...)"
    sender.close()
    sender.close()
