"""Which settings are refused, and how they are named."""

from __future__ import annotations

from typing import Optional

import pytest
from conftest import GITHUB_SECRET, settings
from fastapi_app import Settings, SettingsError


@pytest.mark.parametrize(
    ("changes", "message"),
    [
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
def test_a_setting_that_is_wrong_is_named(
    changes: dict[str, Optional[str]], message: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(**changes)
    assert message in str(raised.value)
    assert GITHUB_SECRET not in str(raised.value)


def test_one_secret_is_needed() -> None:
    wanted = "COUNTERSIGN_GITHUB_SECRET or COUNTERSIGN_STRIPE_SECRET must be set"
    with pytest.raises(SettingsError, match=wanted):
        Settings.from_environment({})


def test_secrets_are_not_shown() -> None:
    assert GITHUB_SECRET not in repr(settings())
