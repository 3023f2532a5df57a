"""The two ways to run it: their configuration, and the system's clock."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
from conftest import PAYMENT, Client
from countersign import generate_secret
from countersign.testing import signed_request

FOLDER = Path(__file__).parents[1]
SECRET = generate_secret()
PYTHON_M = [sys.executable, "-m", "flask_app"]
FLASK_RUN = [sys.executable, "-m", "flask", "--app", "flask_app", "run", "--port", "0"]
COMPLETE = {"COUNTERSIGN_SCHEME": "github", "COUNTERSIGN_SECRET": "hush"}
STANDARD_PAYMENT = {"type": PAYMENT["type"], "data": PAYMENT["data"]}


def environment(settings: dict[str, str]) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")
    }
    return {
        **inherited,
        "COUNTERSIGN_ADDRESS": "127.0.0.1:0",
        "PYTHONUNBUFFERED": "1",
        **settings,
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "COUNTERSIGN_SCHEME is not set"),
        ({"COUNTERSIGN_SCHEME": "github"}, "COUNTERSIGN_SECRET is not set"),
        (
            {"COUNTERSIGN_SCHEME": "github", "COUNTERSIGN_SECRET": ""},
            "COUNTERSIGN_SECRET: the secret is empty",
        ),
        (
            {
                "COUNTERSIGN_SCHEME": "standard",
                "COUNTERSIGN_SECRET": SECRET,
                "COUNTERSIGN_OLD_SECRET": "not base64",
            },
            "COUNTERSIGN_OLD_SECRET: the secret is not canonical standard base64",
        ),
        (
            {"COUNTERSIGN_SCHEME": "gihtub", "COUNTERSIGN_SECRET": "hush"},
            "COUNTERSIGN_SCHEME: no scheme is registered",
        ),
        ({**COMPLETE, "COUNTERSIGN_RATE_LIMIT": "often"}, "COUNTERSIGN_RATE_LIMIT must be"),
        ({**COMPLETE, "COUNTERSIGN_STORE": "mysql://"}, "COUNTERSIGN_STORE must begin with"),
        ({**COMPLETE, "COUNTERSIGN_STATUS_TOKEN": "short"}, "16 characters"),
        ({**COMPLETE, "COUNTERSIGN_ALLOW": "10.0.0.1/8"}, "network"),
    ],
)
@pytest.mark.parametrize("command", [PYTHON_M, FLASK_RUN], ids=["python -m", "flask run"])
def test_does_not_start_without_its_configuration(
    command: list[str], settings: dict[str, str], message: str
) -> None:
    finished = subprocess.run(
        command,
        cwd=FOLDER,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode != 0
    assert message in finished.stderr


def port_of(process: subprocess.Popen[str]) -> int:
    """Where the program listens, once it does."""
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            return int(found[1])
    pytest.fail("the program ended before it listened")


@pytest.fixture(params=[PYTHON_M, FLASK_RUN], ids=["python -m", "flask run"])
def program(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A started program; it ends with the test."""
    settings = {"COUNTERSIGN_SCHEME": "standard", "COUNTERSIGN_SECRET": SECRET}
    process = subprocess.Popen(
        request.param,
        cwd=FOLDER,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Client("127.0.0.1", port_of(process))
    finally:
        process.kill()
        process.communicate()


def test_takes_a_fresh_delivery(program: Client) -> None:
    request = signed_request("standard", SECRET, STANDARD_PAYMENT, id="msg_1")
    answer = program.post(request.body, request.headers)
    assert answer.status == 200
    assert answer.body == {"status": "handled", "id": "msg_1", "type": "payment.succeeded"}


def test_refuses_large_bodies_before_their_end(program: Client) -> None:
    head = b"POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\n"
    assert b" 413 " in program.send_raw(head).splitlines()[0]
