"""A webhook receiver with Flask, and its guards.

``POST /webhooks`` takes deliveries, ``GET /webhooks/events`` lists the last that were handled, and
``/webhooks/status`` shows what became of all requests.
"""

from __future__ import annotations

import hmac
from functools import partial
from typing import Callable, Union

from countersign import ConfigurationError
from countersign.flask import Countersign
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from .events import ListedEvent, RecentEvents, handled_in
from .handlers import register_handlers
from .schemas import SCHEMAS
from .settings import Settings, SettingsError

__all__ = ["BODY_LIMIT", "Settings", "SettingsError", "create_app"]

BODY_LIMIT = 1024 * 1024

Clock = Callable[[], Union[int, float]]


def create_app(settings: Settings | None = None, *, now: Clock | None = None) -> Flask:
    """The application; without settings it reads those of the environment.

    ``now`` replaces the clock, for tests with recorded requests. A receiver that runs with a fixed
    clock accepts recorded requests for ever.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.update(settings.countersign)
    app.config.update(
        COUNTERSIGN_BODY_LIMIT=BODY_LIMIT,
        COUNTERSIGN_CLOCK=now,
        COUNTERSIGN_SCHEMAS=SCHEMAS,
    )

    countersign = Countersign()
    events = RecentEvents()
    register_handlers(countersign, events)
    try:
        countersign.init_app(app)
    except (ConfigurationError, ValueError, TypeError) as error:
        raise SettingsError(str(error)) from None

    if settings.events_token:
        inbox = app.extensions["countersign"].inbox
        newest_first = events.newest_first if inbox is None else partial(handled_in, inbox)
        _add_list(app, newest_first, settings.events_token)
    return app


def _add_list(app: Flask, newest_first: Callable[[], list[ListedEvent]], token: str) -> None:
    @app.get("/webhooks/events")
    def list_events() -> ResponseReturnValue:
        sent = request.authorization
        sent_token = sent.token if sent and sent.type == "bearer" else None
        # WSGI hands the bytes of a header over as Latin-1.
        if hmac.compare_digest((sent_token or "").encode("latin-1"), token.encode()):
            return jsonify(newest_first())
        message = "the list of events needs the bearer token"
        answer = jsonify({"error": "unauthorized", "message": message})
        return answer, 401, {"WWW-Authenticate": "Bearer"}
