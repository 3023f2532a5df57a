"""Receives in Django.

A receiver with handlers is a view of its own::

    from countersign import Receiver, Webhook
    from countersign.django import receiver_view

    github = Receiver(Webhook("github", settings.GITHUB_WEBHOOK_SECRET))

    @github.on("push")
    def pushed(event):
        ...

    urlpatterns = [path("webhooks/github", receiver_view(github))]

Or your own view takes the event, after the same checks::

    @delivery(github)
    def pushed(request, event):
        return HttpResponse(status=204)

Under ASGI use :func:`async_receiver_view`, and asynchronous views. All of them are exempt from
Django's CSRF check: the signature proves more.

A status page is added with ``urlpatterns += status_urls(page)``, under WSGI and ASGI.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any, Callable

from django.http import HttpRequest, HttpResponse  # type: ignore[import-untyped]
from django.urls import path  # type: ignore[import-untyped]

from countersign._countersign import Answer, refusal
from countersign.asgi import ScopeRequest
from countersign.monitor.asgi import scope_path
from countersign.monitor.page import StatusPage
from countersign.monitor.wsgi import answer_request, environ_path
from countersign.receiver.receiver import Receiver
from countersign.receiver.visit import Answered
from countersign.wsgi import EnvironRequest

__all__ = ["async_receiver_view", "delivery", "receiver_view", "status_urls"]

View = Callable[..., Any]


def receiver_view(receiver: Receiver) -> View:
    """A view that gives each request to the receiver."""

    def view(request: HttpRequest) -> HttpResponse:
        return _response(receiver.receive(_incoming(request)))

    return _exempt(view)


def async_receiver_view(receiver: Receiver) -> View:
    """:func:`receiver_view` for ASGI, whose handlers run in its event loop."""

    async def view(request: HttpRequest) -> HttpResponse:
        return _response(await receiver.receive_async(_Awaited(_incoming(request))))

    return _exempt(view)


def delivery(receiver: Receiver) -> Callable[[View], View]:
    """Decorates a view, plain or asynchronous, that takes the event after the request. The
    receiver's handlers are not asked. A view that raises releases the event, and the provider's
    next attempt gets there again.
    """

    def decorate(view: View) -> View:
        if inspect.iscoroutinefunction(view):

            @functools.wraps(view)
            async def checked_async(request: HttpRequest, *args: Any, **more: Any) -> Any:
                try:
                    async with receiver.delivery_async(_Awaited(_incoming(request))) as event:
                        return await view(request, event, *args, **more)
                except Answered as answered:
                    return _response(answered.answer)

            return _exempt(checked_async)

        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **more: Any) -> Any:
            try:
                with receiver.delivery(_incoming(request)) as event:
                    return view(request, event, *args, **more)
            except Answered as answered:
                return _response(answered.answer)

        return _exempt(checked)

    return decorate


def status_urls(page: StatusPage) -> list[Any]:
    """The patterns of a status page, for the ``urlpatterns`` of the project: not of an included
    module, since the page's path is the whole one.

    >>> from countersign.monitor import Monitor, StatusPage
    >>> page = StatusPage(Monitor(), "a token of the reader's", "/internal/status")
    >>> [str(url.pattern) for url in status_urls(page)][:2]
    ['internal/status', 'internal/status/data']
    """

    def view(request: HttpRequest) -> HttpResponse:
        scope = getattr(request, "scope", None)
        asked = environ_path(request.META) if scope is None else scope_path(scope)
        answer = answer_request(page, _incoming(request), asked, request.is_secure())
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))

    # The page proves its forms itself.
    return [path(known.lstrip("/"), _exempt(view)) for known in page.paths]


def _exempt(view: View) -> View:
    # What `csrf_exempt` does. Before Django 5 it would wrap an asynchronous view in a plain one.
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def _incoming(request: HttpRequest) -> _WsgiRequest | _AsgiRequest:
    scope = getattr(request, "scope", None)
    return _WsgiRequest(request) if scope is None else _AsgiRequest(request, scope)


class _WsgiRequest(EnvironRequest):
    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.META)
        self._request = request

    def read_body(self, limit: int, timeout: float) -> bytes:
        if _was_read(self._request):
            return _read_already(self._request, limit)
        # Not Django's own stream, which takes a body in chunks for none.
        return super().read_body(limit, timeout)


class _AsgiRequest:
    """Django reads the whole body, to a file if it is large, before it calls a view."""

    def __init__(self, request: HttpRequest, scope: Any) -> None:
        self._request = request
        query = scope.get("query_string", b"")
        if isinstance(query, str):
            # So it is in the requests that Django makes for tests.
            scope = {**scope, "query_string": query.encode("latin-1")}
        self._scope = ScopeRequest(scope, _nothing_more)
        self.method = self._scope.method
        self.url = self._scope.url
        self.headers = self._scope.headers
        self.peer = self._scope.peer
        self.header = self._scope.header

    def read_body(self, limit: int, timeout: float) -> bytes:
        if _was_read(self._request):
            return _read_already(self._request, limit)
        body: bytes = self._request.read(limit + 1)
        if len(body) > limit:
            raise refusal("payload_too_large", limit)
        return body


class _Awaited:
    """A request whose body may be read from disk, which must not stop the event loop."""

    def __init__(self, request: _WsgiRequest | _AsgiRequest) -> None:
        self._request = request
        self.method = request.method
        self.url = request.url
        self.headers = request.headers
        self.peer = request.peer
        self.header = request.header

    async def read_body(self, limit: int, timeout: float) -> bytes:
        return await asyncio.to_thread(self._request.read_body, limit, timeout)


async def _nothing_more() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def _was_read(request: HttpRequest) -> bool:
    return hasattr(request, "_body") or getattr(request, "_read_started", False)


def _read_already(request: HttpRequest, limit: int) -> bytes:
    if not hasattr(request, "_body"):
        # It went to a parser of forms, and its bytes are gone.
        raise refusal("unsupported_body")
    body: bytes = request.body
    if len(body) > limit:
        raise refusal("payload_too_large", limit)
    return body
