"""Which settings are refused, and how they are named."""

from __future__ import annotations

import pytest
from conftest import SECRET, settings
from flask_app import SettingsError, create_app


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RATELIMIT": "1/1"}, "no setting COUNTERSIGN_RATELIMIT"),
        ({"INBOX": "mysql://"}, "COUNTERSIGN_INBOX must begin with"),
        ({"RETRY_POLICY": "soon"}, "COUNTERSIGN_RETRY_POLICY must be"),
        ({"WAIT": "1"}, "wait is for receivers with an inbox"),
        ({"WAIT": "long"}, "COUNTERSIGN_WAIT must be"),
        ({"LEASE": "-1"}, "lease must be"),
        ({"WORKERS": "many"}, "COUNTERSIGN_WORKERS must be"),
        ({"WORKERS": "0"}, "COUNTERSIGN_WORKERS must be"),
        ({"WORKERS": "2"}, "COUNTERSIGN_WORKERS is for"),
    ],
)
def test_a_setting_that_is_wrong_is_named(changes: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        create_app(settings(**changes))
    assert message in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(("text", "workers"), [("2", 2), ("off", 0)])
def test_workers_are_counted(text: str, workers: int) -> None:
    assert settings(INBOX="sqlite:///:memory:", WORKERS=text).workers == workers
