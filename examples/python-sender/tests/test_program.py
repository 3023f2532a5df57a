"""The program as it is run, against a receiver that verifies."""

from __future__ import annotations

import base64
import json
import signal
from pathlib import Path
from urllib.request import Request, urlopen

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


def test_the_status_page_shows_dead_letters_and_replays_them(
    program: Program, receiver: Receiver
) -> None:
    receiver.refused = {"order-0002"}
    program.run("send", "--orders", "3")
    receiver.refused = set()
    token = "sixteen-or-more-characters"
    program.settings.update(SENDER_STATUS_TOKEN=token, SENDER_STATUS_PORT="0")
    process = program.start("work")
    try:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("status page at ").strip()
        headers = {"authorization": f"Bearer {token}"}
        with urlopen(Request(f"{url}/data", headers=headers), timeout=20) as answer:
            (letter,) = json.load(answer)["outbox"]["dead_letters"]
        assert (letter["message_id"], letter["reason"]) == ("order-0002", "rejected")
        body = f"number={letter['number']}".encode()
        with urlopen(Request(f"{url}/replay-delivery", body, headers), timeout=20) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    program.run("send", "--orders", "3")
    assert set(receiver.taken) == orders(3)


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
        ({"SENDER_STATUS_PORT": "http"}, "must be a port"),
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
