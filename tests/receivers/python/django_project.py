"""A Django project with a view for each case of the end-to-end corpus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
from countersign import Receiver
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path

from fixture import Case

urlpatterns: list[Any] = []


def set_up(known: dict[str, Case], view: Callable[[Receiver], Any]) -> None:
    """Gives each case a view."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="for tests only",
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        APPEND_SLASH=False,
    )
    django.setup()

    def handled(request: HttpRequest, name: str) -> JsonResponse:
        return JsonResponse(known[name].handled, safe=False)

    urlpatterns.append(path("<name>/-/handled", handled))
    urlpatterns.extend(path(name, view(case.receiver)) for name, case in known.items())
