"""The status page, which knows no server: what is answered to which request."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Callable, NamedTuple
from urllib.parse import parse_qsl

from countersign.monitor import documents
from countersign.monitor.inbox import replay
from countersign.monitor.monitor import Monitor
from countersign.monitor.openmetrics import CONTENT_TYPE
from countersign.monitor.session import Sessions, bearer_token, cookie
from countersign.receiver.outcome import logger

#: The largest body that is taken, in bytes.
BODY_LIMIT = 4096

#: Segments of letters that need no escaping: each path has one spelling.
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)+")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_FORM = "application/x-www-form-urlencoded"
#: What can be asked for below the page, and how.
_METHODS = {"": "GET", "/data": "GET", "/metrics": "GET", "/replay": "POST", "/login": "POST"}


class StatusAnswer(NamedTuple):
    """What to send."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class StatusPage:
    """What a monitor saw, as a page for people and as metrics, for those who have the token.

    Below its path there are ``/data`` (JSON), ``/metrics`` (OpenMetrics), ``/login`` and
    ``/replay``, and nothing else: a path in any other spelling is not found. The token is sent as
    ``Authorization: Bearer``, or given to the form that others see, which begins a session.

    :param token: at least 16 characters; ``secrets.token_urlsafe()`` makes a good one.
    :param path: where the page is, below the root of the application that serves it.
    :param clock: the clock, in Unix seconds, by which sessions end.

    Raises ``ValueError`` for a token that is too short and for a path with other characters than
    letters, digits and ``._~-``.

    >>> from countersign.monitor import Monitor, StatusPage
    >>> page = StatusPage(Monitor(), "a token of the reader's", "/status")
    >>> page.answer("GET", "/status", []).status
    401
    >>> authorization = [("authorization", "Bearer a token of the reader's")]
    >>> page.answer("GET", "/status/metrics", authorization).status
    200
    """

    def __init__(
        self,
        monitor: Monitor,
        token: str,
        path: str = "/webhooks/status",
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if _PATH.fullmatch(path) is None:
            raise ValueError("the path must be like '/webhooks/status'")
        self._monitor = monitor
        self._sessions = Sessions(token, clock)
        self._methods = {path + below: method for below, method in _METHODS.items()}
        self._path = path
        self._page = documents.status_page()
        self._policy = documents.policy(self._page)

    @property
    def paths(self) -> list[str]:
        """All paths that are found."""
        return list(self._methods)

    def wants_body(self, method: str, path: str) -> bool:
        """Whether the body of such a request matters; at most ``BODY_LIMIT`` bytes of it."""
        return method == "POST" and self._methods.get(path) == "POST"

    def answer(
        self,
        method: str,
        path: str,
        headers: Iterable[tuple[str, str]],
        body: bytes = b"",
        *,
        secure: bool = False,
    ) -> StatusAnswer:
        """The answer to a request.

        ``path`` is the path without its query, with percent encoding undone once at most; names of
        ``headers`` are compared without case. ``secure`` says that the request came by HTTPS.
        """
        allowed = self._methods.get(path)
        if allowed is None:
            return refused(404)
        if method != allowed:
            return refused(405, ("allow", allowed))
        given = _Given(headers)
        below = path[len(self._path) :]
        if below == "/login":
            return self._login(given, body, secure)
        # Whoever sends the token itself needs no session, and no other site can make them send it.
        token = bearer_token(given.authorization)
        session = self._sessions.find(given.cookies) if token is None else None
        if session is None and (token is None or not self._sessions.is_token(token)):
            return self._unauthorized(below)
        if below == "/data":
            csrf = None if session is None else self._sessions.csrf(session)
            return _json(200, {**self._monitor.snapshot(), "csrf": csrf})
        if below == "/metrics":
            return _answered(200, CONTENT_TYPE, self._monitor.openmetrics().encode())
        if below == "/replay":
            return self._replay(session, given, body)
        return _answered(200, _HTML, self._page.encode(), policy=self._policy)

    def _unauthorized(self, below: str) -> StatusAnswer:
        challenge = ("www-authenticate", "Bearer")
        if below != "":
            return refused(401, challenge)
        # Relative, since a proxy may show the page under a prefix.
        form = documents.login_page(f"{self._path.rpartition('/')[2]}/login", failed=False)
        return _answered(401, _HTML, form.encode(), challenge, policy=documents.policy(form))

    def _login(self, given: _Given, body: bytes, secure: bool) -> StatusAnswer:
        fields = _fields(given, body)
        if fields is None:
            return refused(400)
        if not self._sessions.is_token(fields.get("token", b"")):
            logger.warning("a token for the status page was refused")
            form = documents.login_page("login", failed=True)
            challenge = ("www-authenticate", "Bearer")
            return _answered(
                401, _HTML, form.encode(), challenge, policy=documents.policy(form)
            )
        place = ("location", f"../{self._path.rpartition('/')[2]}")
        begun = ("set-cookie", cookie(self._sessions.begin(), secure))
        return _answered(303, _TEXT, b"", place, begun)

    def _replay(self, session: str | None, given: _Given, body: bytes) -> StatusAnswer:
        fields = _fields(given, body)
        if fields is None:
            return refused(400)
        if session is not None and not self._sessions.is_csrf(session, fields.get("csrf", b"")):
            return refused(403)
        number = fields.get("number", b"")
        if _NUMBER.fullmatch(number) is None:
            return refused(400)
        inbox = self._monitor.inbox
        if inbox is None:
            return refused(404)
        replayed = replay(inbox, int(number))
        if not replayed:
            return refused(503 if replayed is None else 404)
        logger.info("dead letter %d is replayed", int(number))
        return _json(200, {"replayed": int(number)})


class _Given:
    """The headers that matter."""

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        found: dict[str, list[str]] = {"authorization": [], "cookie": [], "content-type": []}
        for name, value in headers:
            found.get(name.lower(), []).append(value)
        # Two of them are no token.
        self.authorization = ", ".join(found["authorization"])
        self.cookies = ";".join(found["cookie"])
        self.content_type = ", ".join(found["content-type"])


def _fields(given: _Given, body: bytes) -> dict[str, bytes] | None:
    """The fields of a form; ``None`` if the body is none."""
    kind = given.content_type.partition(";")[0].strip().lower()
    if kind != _FORM or len(body) > BODY_LIMIT:
        return None
    text = body.decode("ascii", "surrogateescape")
    try:
        pairs = parse_qsl(text, errors="surrogateescape", max_num_fields=8)
    except ValueError:
        return None
    return {name: value.encode("utf-8", "surrogateescape") for name, value in pairs}


_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"


def _json(status: int, content: Mapping[str, Any]) -> StatusAnswer:
    return _answered(status, "application/json", json.dumps(content).encode())


def refused(status: int, *more: tuple[str, str]) -> StatusAnswer:
    """An answer that says no more than its status."""
    return _answered(status, _TEXT, HTTPStatus(status).phrase.encode(), *more)


def _answered(
    status: int,
    content_type: str,
    body: bytes,
    *more: tuple[str, str],
    policy: str = documents.NOTHING,
) -> StatusAnswer:
    headers = [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("content-security-policy", policy),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        *more,
    ]
    return StatusAnswer(status, headers, body)
