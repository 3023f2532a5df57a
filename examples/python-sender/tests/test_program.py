"""The program as it is run, against a receiver that verifies."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from conftest import SECRET, Program, Receiver
from sender_app import Settings, SettingsError, open_outbox


def orders(count: int) -> set[str]:
    return {f"order-{number:04}" for number in range(1, count + 1)}


def test_every_order_arrives_once(program: Program, receiver: Receiver) -> None:
    assert "30 deliveries arrived, 0 are dead" in program.run("send", "--orders", "30")
    assert "0 of them new" in program.run("send", "--orders", "30")
    assert set(receiver.taken) == orders(30)
    assert set(receiver.taken.values()) == {1}


def test_without_a_command_it_sends(program: Program, receiver: Receiver) -> None:
    program.run()
    assert set(receiver.taken) == orders(10)


def test_nothing_is_lost_when_it_is_killed(program: Program, receiver: Receiver) -> None:
    process = program.start("send", "--orders", "200", "--per-second", "200")
    assert process.stdout is not None
    assert "published 50 of 200 orders, 50 of them new" in process.stdout.readline()
    process.kill()
    process.communicate()
    held = json.loads(program.run("report"))["customer-7"]["running"]

    said = program.run("send", "--orders", "200")
    assert "200 deliveries arrived" in said
    assert "published 50 of 200 orders, 0 of them new" in said
    assert set(receiver.taken) == orders(200)
    # Twice at most what was on its way when it was killed.
    assert sum(receiver.taken.values()) - 200 <= held


def test_the_outbox_has_no_secret_in_the_clear(program: Program) -> None:
    program.run("send", "--orders", "1")
    outbox = Path(program.settings["SENDER_OUTBOX"])
    stored = b"".join(file.read_bytes() for file in outbox.parent.glob("outbox.db*"))
    assert SECRET.encode() not in stored
    assert base64.b64decode(SECRET[len("whsec_") :]) not in stored


def test_dead_letters_are_shown_and_replayed(program: Program, receiver: Receiver) -> None:
    receiver.refused = {"order-0002", "order-0005"}
    assert "8 deliveries arrived, 2 are dead" in program.run("send", "--orders", "10")
    letters = program.run("dead-letters").splitlines()
    assert sorted(letters) == [
        f"{order} to customer-7: rejected, the last answer was 400"
        for order in sorted(receiver.refused)
    ]
    receiver.refused = set()
    assert "2 dead letters were replayed, 0 are left" in program.run("replay")
    assert set(receiver.taken) == orders(10)
    report = json.loads(program.run("report"))["customer-7"]
    assert report["delivered"] == 10
    assert report["attempts"] == 12
    assert set(report["delivered_ids"]) == orders(10)


ENDPOINTS = json.dumps({"a": {"url": "https://customer.example/webhooks", "secret": SECRET}})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SENDER_ENDPOINTS": "[]"}, "must be an object"),
        ({"SENDER_ENDPOINTS": '{"a": {}}'}, "a must have url, secret"),
        ({"SENDER_ENDPOINTS": SECRET}, "is not JSON"),
        ({"SENDER_OUTBUX": "outbox.db"}, "no setting SENDER_OUTBUX"),
        ({"SENDER_ENCRYPTION_KEY": "hush!"}, "is not base64"),
        ({"SENDER_ENCRYPTION_KEY": "aHVzaA=="}, "32 bytes"),
        ({"SENDER_RETRY_POLICY": "soon"}, "must be like 5/8"),
        ({"SENDER_TIMEOUT": "soon"}, "number of seconds"),
        ({"SENDER_OUTBOX": "/nowhere/outbox.db"}, "outbox"),
        ({"SENDER_ENDPOINTS": ENDPOINTS.replace("https", "http")}, "http"),
    ],
)
def test_a_setting_that_is_wrong_is_named(changes: dict[str, str], message: str) -> None:
    environment = {"SENDER_ENDPOINTS": ENDPOINTS, "SENDER_OUTBOX": ":memory:", **changes}
    with pytest.raises(SettingsError) as raised:
        open_outbox(Settings.from_environment(environment))
    assert message in str(raised.value)
    assert SECRET not in str(raised.value)
