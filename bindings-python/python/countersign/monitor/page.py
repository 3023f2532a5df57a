"""The status page, which knows no server: what is answered to which request."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from countersign._countersign import (
    StatusRules,
    status_data,
    status_delivery_replayed,
    status_metrics,
    status_refused,
    status_replayed,
)
from countersign.monitor import outbox
from countersign.monitor.inbox import replay, view
from countersign.monitor.monitor import Monitor
from countersign.receiver.outcome import logger

#: The largest body that is taken, in bytes.
BODY_LIMIT = 4096


class StatusAnswer(NamedTuple):
    """What to send."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class StatusPage:
    """What a monitor saw, as a page for people and as metrics, for those who have the token.

    Below its path there are ``/data`` (JSON), ``/metrics`` (OpenMetrics), ``/login``, ``/replay``
    and ``/replay-delivery``, and nothing else: a path in any other spelling is not found. The token
    is sent as ``Authorization: Bearer``, or given to the form that others see, which begins a
    session.

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
        self._monitor = monitor
        self._rules = StatusRules(token, path)
        self._clock = clock

    @property
    def paths(self) -> list[str]:
        """All paths that are found."""
        return self._rules.paths()

    def wants_body(self, method: str, path: str) -> bool:
        """Whether the body of such a request matters; at most ``BODY_LIMIT`` bytes of it."""
        return self._rules.wants_body(method, path)

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

        ``path`` is the path without its query, as :func:`countersign.monitor.judged_path` gives it;
        names of ``headers`` are compared without case. ``secure`` says that the request came by
        HTTPS.
        """
        step, value = self._rules.ask(
            method,
            path,
            list(headers),
            body,
            secure,
            self._clock(),
            secrets.token_bytes(16),
        )
        return _logged(value if step == "answer" else self._do(step, value))

    def _do(self, step: str, value: Any) -> Any:
        """What is answered after the inbox and the outbox were asked."""
        monitor = self._monitor
        state, inbox, sender = monitor.state, monitor.inbox, monitor.sender
        if step == "data":
            views = view(inbox, with_letters=True), outbox.view(sender, on_page=True)
            return status_data(state, *views, self._clock(), os.getpid(), value)
        if step == "metrics":
            views = view(inbox, with_letters=False), outbox.view(sender, on_page=False)
            return status_metrics(state, *views)
        if step == "replay":
            return status_replayed(value, False if inbox is None else replay(inbox, value))
        replayed = False if sender is None else outbox.replay(sender, value)
        return status_delivery_replayed(value, replayed)


def refused(status: int) -> StatusAnswer:
    """An answer that says no more than its status."""
    return _logged(status_refused(status))


def _logged(
    given: tuple[int, list[tuple[str, str]], bytes, tuple[bool, str] | None],
) -> StatusAnswer:
    status, headers, body, log = given
    if log is not None:
        is_warning, message = log
        (logger.warning if is_warning else logger.info)(message)
    return StatusAnswer(status, headers, body)
