"""What keeps the project from starting."""

from __future__ import annotations

import subprocess
import sys
from typing import Optional

import pytest
from conftest import ASGI, FOLDER, WSGI, environment

CHECK = [sys.executable, "manage.py", "check", "--deploy"]


def run(command: list[str], **changes: Optional[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=FOLDER,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [WSGI, ASGI, CHECK], ids=["wsgi", "asgi", "check"])
def test_does_not_start_without_its_secrets(command: list[str]) -> None:
    finished = run(command, STRIPE_SECRET=None)
    assert finished.returncode != 0
    assert "COUNTERSIGN_STRIPE_SECRET is not set" in finished.stderr


def test_starts_with_its_configuration() -> None:
    assert run(CHECK).returncode == 0
