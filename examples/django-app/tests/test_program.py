"""What keeps the project from starting."""

from __future__ import annotations

import subprocess
import sys
from typing import Optional

import pytest
from conftest import ASGI, FOLDER, GITHUB_SECRET, WSGI, environment

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


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"GITHUB_SECRET": None}, "COUNTERSIGN_GITHUB_SECRET is not set"),
        ({"STRIPE_SECRET": ""}, "COUNTERSIGN_STRIPE_SECRET: the secret is empty"),
        ({"GITHUB_OLD_SECRET": ""}, "COUNTERSIGN_GITHUB_OLD_SECRET: the secret is empty"),
        ({"RATELIMIT": "1/1"}, "no setting COUNTERSIGN_RATELIMIT"),
        ({"RATE_LIMIT": "often"}, "COUNTERSIGN_RATE_LIMIT must be"),
        ({"STORE": "mysql://"}, "COUNTERSIGN_STORE must be"),
        ({"STORE": "redis://host:port"}, "COUNTERSIGN_STORE: "),
        ({"STATUS_TOKEN": "short"}, "COUNTERSIGN_STATUS_TOKEN: "),
        ({"GITHUB_ALLOW": "10.0.0.1/8"}, "COUNTERSIGN_GITHUB_ALLOW: "),
        ({"TRUSTED_PROXIES": "me"}, "COUNTERSIGN_TRUSTED_PROXIES: "),
        ({"FORWARDING_HEADER": "x-ip"}, "COUNTERSIGN_FORWARDING_HEADER: "),
        ({"WHEN_STORE_FAILS": "never"}, "'refuse' or 'admit'"),
    ],
)
def test_does_not_start_with_a_setting_that_is_wrong(
    settings: dict[str, Optional[str]], message: str
) -> None:
    finished = run(CHECK, **settings)
    assert finished.returncode != 0
    assert message in finished.stderr
    assert GITHUB_SECRET not in finished.stderr


def test_starts_with_its_configuration() -> None:
    assert run(CHECK).returncode == 0
