"""A webhook receiver with Flask.

``POST /webhooks`` takes deliveries, ``GET /webhooks/events`` lists the last ones.
"""

from __future__ import annotations

import hmac

from countersign import PayloadError, VerificationError
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from .handlers import register_handlers
from .receiver import Clock, HandlerFailed, Receiver
from .settings import Settings, SettingsError

__all__ = ["BODY_LIMIT", "Receiver", "Settings", "SettingsError", "create_app"]

BODY_LIMIT = 1024 * 1024


def create_app(settings: Settings | None = None, *, now: Clock | None = None) -> Flask:
    """The application; without settings it reads those of the environment.

    ``now`` replaces the clock, for tests with recorded requests. A receiver that runs with a fixed
    clock accepts recorded requests for ever.
    """
    settings = settings or Settings.from_environment()
    webhooks = Receiver(settings.webhook, now=now)
    register_handlers(webhooks)

    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.extensions["countersign"] = webhooks

    @app.post("/webhooks")
    def receive() -> ResponseReturnValue:
        outcome = webhooks.receive(request.get_data(cache=False), request.headers)
        return jsonify(outcome)

    if settings.events_token:
        _add_list(app, webhooks, settings.events_token)
    _add_error_answers(app)
    return app


def _add_list(app: Flask, webhooks: Receiver, token: str) -> None:
    @app.get("/webhooks/events")
    def list_events() -> ResponseReturnValue:
        sent = request.authorization
        sent_token = sent.token if sent and sent.type == "bearer" else None
        # WSGI hands the bytes of a header over as Latin-1.
        if hmac.compare_digest((sent_token or "").encode("latin-1"), token.encode()):
            return jsonify(webhooks.events())
        answer, status = _error("unauthorized", "the list of events needs the bearer token", 401)
        return answer, status, {"WWW-Authenticate": "Bearer"}


def _add_error_answers(app: Flask) -> None:
    @app.errorhandler(VerificationError)
    def not_authentic(error: VerificationError) -> ResponseReturnValue:
        app.logger.warning("refused a delivery: %s: %s", error.code, error)
        return _error(error.code, str(error), 401)

    @app.errorhandler(PayloadError)
    def not_an_event(error: PayloadError) -> ResponseReturnValue:
        app.logger.warning("refused a delivery: %s: %s", error.code, error)
        return _error(error.code, str(error), 400)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
        message = f"the payload is larger than {BODY_LIMIT} bytes"
        return _error("payload_too_large", message, 413)

    @app.errorhandler(HandlerFailed)
    def handler_failed(_: HandlerFailed) -> ResponseReturnValue:
        return _error("handler_failed", "the handler failed; deliver the event again", 500)


def _error(code: str, message: str, status: int) -> tuple[Response, int]:
    return jsonify({"error": code, "message": message}), status
