"""Django as a project configures it, with the patterns of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import django
from django.conf import settings
from django.test import override_settings


def set_up_django() -> None:
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="for tests only")
        django.setup()


@contextmanager
def project(patterns: list[Any]) -> Iterator[None]:
    """Has these patterns served, behind Django's CSRF check."""
    set_up_django()
    urls = ModuleType("urls")
    urls.urlpatterns = patterns  # type: ignore[attr-defined]
    middleware = ["django.middleware.csrf.CsrfViewMiddleware"]
    with override_settings(ROOT_URLCONF=urls, MIDDLEWARE=middleware, APPEND_SLASH=False):
        yield
