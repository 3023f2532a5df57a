"""Views that raise, in this process, where they can be made to."""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

import django
import pytest
from conftest import GITHUB_SECRET, INVOICE, PUSH, STRIPE_SECRET, environment
from countersign.testing import signed_request
from django.test import Client

DELIVERIES: dict[str, Any] = {"github": (GITHUB_SECRET, PUSH), "stripe": (STRIPE_SECRET, INVOICE)}


@pytest.fixture(scope="module", autouse=True)
def project() -> None:
    with patch.dict(os.environ, environment(), DJANGO_SETTINGS_MODULE="django_app.settings"):
        django.setup()


@pytest.mark.parametrize("provider", ["github", "stripe"])
def test_an_event_whose_view_failed_is_handled_when_it_comes_again(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False, headers={"host": "localhost"})

    def deliver() -> Any:
        secret, payload = DELIVERIES[provider]
        request = signed_request(provider, secret, payload)
        headers = dict(request.headers)
        if provider == "github":
            headers.update({"X-GitHub-Event": "push", "X-GitHub-Delivery": "push-1"})
        path = f"/webhooks/{provider}"
        return client.post(path, request.body, "application/json", headers=headers)

    def fail(*_: object) -> None:
        raise RuntimeError("private particulars")

    with monkeypatch.context() as broken:
        broken.setattr("django_app.views.log.info", fail)
        failed = deliver()
    assert failed.status_code == 500
    assert b"private particulars" not in failed.content
    assert [deliver().json()["status"] for _ in range(2)] == ["handled", "duplicate"]
