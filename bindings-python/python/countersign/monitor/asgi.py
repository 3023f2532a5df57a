"""The status page in every ASGI server."""

from __future__ import annotations

import asyncio

from countersign._countersign import judged_path
from countersign.asgi import Receive, Scope, ScopeRequest, Send, live
from countersign.errors import CountersignError
from countersign.monitor.page import BODY_LIMIT, StatusAnswer, StatusPage, refused
from countersign.monitor.wsgi import BODY_TIMEOUT


class StatusAsgi:
    """An ASGI application that shows the page, and finds nothing at other paths.

    >>> from countersign.monitor import Monitor, StatusAsgi, StatusPage
    >>> application = StatusAsgi(StatusPage(Monitor(), "a token of the reader's", "/status"))

    It can be mounted in others: in FastAPI and Starlette by ``app.mount("/internal", application)``,
    which shows the page at ``/internal/status``.
    """

    def __init__(self, page: StatusPage) -> None:
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        if scope["type"] != "http":
            raise TypeError("the status page is served by HTTP")
        answer = await self._answer(scope, ScopeRequest(scope, receive))
        headers = [*answer.headers, ("content-length", str(len(answer.body)))]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, request: ScopeRequest) -> StatusAnswer:
        path = scope_path(scope)
        method, secure = request.method, scope.get("scheme") == "https"
        body = b""
        if self._page.wants_body(method, path):
            try:
                body = await request.read_body(BODY_LIMIT, BODY_TIMEOUT)
            except CountersignError as error:
                return refused(error.status)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
        ]

        def ask() -> StatusAnswer:
            return self._page.answer(method, path, headers, body, secure=secure)

        # On a thread, since an inbox reads from disk.
        return await asyncio.to_thread(ask)


def scope_path(scope: Scope) -> str:
    """The path below the application, or as it was sent if that is another spelling of it, which a
    proxy in front may not have recognised."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    # Where it is mounted in another application.
    below = path[len(root) :] if root and path.startswith(f"{root}/") else path
    sent: bytes = scope.get("raw_path") or b""
    return judged_path(sent.decode("latin-1"), below)
