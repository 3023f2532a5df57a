"""A request as Flask has it."""

from __future__ import annotations

import flask

from countersign._countersign import refusal
from countersign.wsgi import EnvironRequest


class FlaskRequest(EnvironRequest):
    """A request whose body Flask may have read before, as extensions make it do."""

    def __init__(self, request: flask.Request) -> None:
        super().__init__(request.environ)
        self._request = request

    def read_body(self, limit: int, timeout: float) -> bytes:
        touched = vars(self._request)
        if not any(name in touched for name in ("stream", "_cached_data", "form", "files")):
            return super().read_body(limit, timeout)
        body = self._request.get_data()
        if not body and ("form" in touched or "files" in touched):
            # A parser of forms took it, and its bytes are gone.
            raise refusal("unsupported_body")
        if len(body) > limit:
            raise refusal("payload_too_large", limit)
        return body
