"""The status page in every WSGI server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from countersign._countersign import judged_path
from countersign.errors import CountersignError
from countersign.monitor.page import BODY_LIMIT, StatusAnswer, StatusPage, refused
from countersign.receiver.incoming import IncomingRequest
from countersign.wsgi import EnvironRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: How long a form may take to arrive, in seconds, where the server can end a read.
BODY_TIMEOUT = 10.0


class StatusWsgi:
    """A WSGI application that shows the page, and finds nothing at other paths.

    >>> from countersign.monitor import Monitor, StatusPage, StatusWsgi
    >>> application = StatusWsgi(StatusPage(Monitor(), "a token of the reader's"))
    """

    def __init__(self, page: StatusPage) -> None:
        self._page = page

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = answer_environ(self._page, environ, EnvironRequest(environ))
        line = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(line, [*answer.headers, ("content-length", str(len(answer.body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def answer_environ(
    page: StatusPage, environ: Mapping[str, Any], request: IncomingRequest
) -> StatusAnswer:
    """The answer of the page to a request of WSGI."""
    secure = environ["wsgi.url_scheme"] == "https"
    return answer_request(page, request, environ_path(environ), secure)


def answer_request(
    page: StatusPage, request: IncomingRequest, path: str, secure: bool
) -> StatusAnswer:
    """The answer of the page to a request whose body a thread reads."""
    body = b""
    if page.wants_body(request.method, path):
        try:
            body = request.read_body(BODY_LIMIT, BODY_TIMEOUT)
        except CountersignError as error:
            return refused(error.status)
    headers = [(_text(name), _text(value)) for name, value in request.headers]
    return page.answer(request.method, path, headers, body, secure=secure)


def environ_path(environ: Mapping[str, Any]) -> str:
    """The path below the application, or as it was sent if that is another spelling of it, which a
    proxy in front may not have recognised."""
    sent: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    return judged_path(sent, environ.get("PATH_INFO", ""))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
