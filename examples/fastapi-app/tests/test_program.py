"""The two ways to run it, and what keeps it from starting."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
from conftest import GITHUB_SECRET, STRIPE_SECRET, Client

FOLDER = Path(__file__).parents[1]
PYTHON_M = [sys.executable, "-m", "fastapi_app"]
UVICORN = [sys.executable, "-m", "uvicorn", "--factory", "fastapi_app:create_app", "--port", "0"]
COMPLETE = {"COUNTERSIGN_GITHUB_SECRET": GITHUB_SECRET}


def environment(settings: dict[str, str]) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")
    }
    defaults = {"COUNTERSIGN_ADDRESS": "127.0.0.1:0", "PYTHONUNBUFFERED": "1"}
    return {**inherited, **defaults, **settings}


def run(command: list[str], settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A program that ends by itself."""
    return subprocess.run(
        command,
        cwd=FOLDER,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [PYTHON_M, UVICORN], ids=["python -m", "uvicorn"])
def test_does_not_start_with_a_setting_that_is_wrong(command: list[str]) -> None:
    finished = run(command, {**COMPLETE, "COUNTERSIGN_STORE": "mysql://"})
    assert finished.returncode != 0
    assert "COUNTERSIGN_STORE must be" in finished.stderr
    assert GITHUB_SECRET not in finished.stderr


def test_does_not_start_at_an_address_that_is_none() -> None:
    finished = run(PYTHON_M, {**COMPLETE, "COUNTERSIGN_ADDRESS": "8000"})
    assert finished.returncode == 1
    assert "COUNTERSIGN_ADDRESS must be" in finished.stderr


@pytest.fixture(params=[PYTHON_M, UVICORN], ids=["python -m", "uvicorn"])
def program(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A started program; it ends with the test."""
    settings = {**COMPLETE, "COUNTERSIGN_STRIPE_SECRET": STRIPE_SECRET}
    process = subprocess.Popen(
        request.param,
        cwd=FOLDER,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                yield Client(int(found[1]))
                break
        else:
            pytest.fail("the program ended before it listened")
    finally:
        process.kill()
        process.communicate()


def test_takes_fresh_deliveries(program: Client) -> None:
    assert [program.push().word, program.push().word] == ["handled", "duplicate"]
    assert [program.invoice().word, program.invoice().word] == ["handled", "duplicate"]
    assert program.status_data().status == 404
