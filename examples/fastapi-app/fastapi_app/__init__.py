"""A webhook receiver with FastAPI, and its guards.

``POST /webhooks/github`` and ``POST /webhooks/stripe`` take deliveries; ``/internal/status`` shows
what became of all requests.
"""

from __future__ import annotations

from countersign.fastapi import add_receiver, answer_refusals
from countersign.monitor import Monitor, StatusAsgi, StatusPage
from fastapi import FastAPI

from .github import github_receiver
from .settings import Settings, SettingsError
from .stripe import stripe_receiver, stripe_router

__all__ = ["Settings", "SettingsError", "create_app"]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without settings it reads those of the environment."""
    settings = settings or Settings.from_environment()
    # People call nothing here, so there is nothing to document for them.
    app = FastAPI(openapi_url=None)
    answer_refusals(app)
    monitor = Monitor()

    if "github" in settings.endpoints:
        github = github_receiver(settings)
        add_receiver(app, "/webhooks/github", github)
        monitor.watch(github, "github")
    if "stripe" in settings.endpoints:
        stripe = stripe_receiver(settings)
        app.include_router(stripe_router(stripe))
        monitor.watch(stripe, "stripe")

    if settings.status_token is not None:
        app.mount("/internal", StatusAsgi(StatusPage(monitor, settings.status_token, "/status")))
    return app
