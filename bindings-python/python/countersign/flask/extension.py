"""The extension of Flask."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Callable, TypeVar, overload

import flask
from werkzeug.routing import Rule

from countersign._check import event_pattern, function
from countersign._countersign import Event
from countersign.flask.commands import commands
from countersign.flask.configuration import (
    PREFIX,
    SENDER,
    inbox_from,
    receiver_from,
    retry_policy_from,
    status_page_from,
)
from countersign.flask.request import FlaskRequest
from countersign.flask.sender import dispatches, sender_from
from countersign.inbox import Inbox, Workers
from countersign.monitor import Monitor, StatusPage
from countersign.monitor.wsgi import answer_environ
from countersign.receiver import Handler, Receiver
from countersign.sender import Sender

H = TypeVar("H", bound=Handler)

_DATABASE = f"{PREFIX}{SENDER}DATABASE"


class Countersign:
    """Receivers of a Flask application.

    One is made from the keys of the configuration that begin with ``COUNTERSIGN_``, if
    ``COUNTERSIGN_SCHEME`` is set: ``SCHEME``, ``SECRET`` (one, or a list while they are rotated),
    ``VERIFY_TOKEN``, ``PATH`` (``/webhooks``), ``ALLOW``, ``TRUSTED_PROXIES``,
    ``FORWARDING_HEADER``, ``RATE_LIMIT`` (``100/60``), ``STORE`` (``sqlite:///file``,
    ``redis://host``), ``INBOX`` (``sqlite:///file``, ``postgresql://host/name``),
    ``BODY_LIMIT``, ``BODY_TIMEOUT``, ``CLOCK``, ``DEADLINE``, ``LEASE``, ``ORIGIN``,
    ``SCHEMAS``, ``WAIT`` and ``WHEN_STORE_FAILS``, as the options of
    :class:`countersign.Receiver`. Further ones are added with :meth:`mount`.

    With ``INBOX`` events are handled by workers: those of ``flask countersign work``, or of
    :meth:`State.workers` in the process of the server. They try again as ``RETRY_POLICY`` says
    (``5/8``: after 5 seconds, then twice as long each time, 8 times in all); what a process held
    that died is taken over after ``LEASE``. Only workers of the same process end the ``WAIT`` of an
    answer early.

    With ``SENDER_DATABASE`` (``sqlite:///file``, ``postgresql://host/name``) the application sends,
    too: :attr:`sender` has what the keys that begin with ``COUNTERSIGN_SENDER_`` say: ``SCHEME``,
    ``SECRET``, ``SCHEMES``, ``SCHEMAS``, ``ENCRYPTION_KEYS`` (in base64), ``RETRY_POLICY``,
    ``HEALTH_POLICY``, ``CONCURRENCY``, ``ENDPOINT_CONCURRENCY``, ``CONNECT_TIMEOUT``,
    ``FIRST_BYTE_TIMEOUT``, ``TOTAL_TIMEOUT``, ``LEASE``, ``PAYLOAD_LIMIT``, ``RETENTION``,
    ``ROOT_CERTIFICATES``, ``ENFORCING_PROXY`` (a URL, in which user and password may be) and
    ``SURVIVES_POWER_CUT``, as the options of :class:`countersign.Sender`. Each process of the server
    delivers from its first request on; with ``COUNTERSIGN_SENDER_DISPATCH = False`` ``flask
    countersign deliver`` does in a process of its own.

    With ``STATUS_TOKEN`` (at least 16 characters) all of them are watched, the sender too, and
    :class:`countersign.monitor.StatusPage` shows at ``STATUS_PATH`` (``/webhooks/status``) what
    they do.
    """

    def __init__(self, app: flask.Flask | None = None) -> None:
        self._handlers: list[tuple[str, Handler]] = []
        self._mounted: list[tuple[str, Receiver]] = []
        self._apps: list[flask.Flask] = []
        if app is not None:
            self.init_app(app)

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[H], H]: ...

    @overload
    def on(self, pattern: str, handler: Handler) -> None: ...

    def on(self, pattern: str, handler: Handler | None = None) -> Callable[[H], H] | None:
        """Gives events of this type to the handler, as :meth:`countersign.Receiver.on` does, in the
        receiver that is made from the configuration."""
        event_pattern(pattern, "@countersign.on")
        if handler is None:

            def register(decorated: H) -> H:
                self.on(pattern, decorated)
                return decorated

            return register
        function("handler", handler)
        self._handlers.append((pattern, handler))
        for app in self._apps:
            app.extensions["countersign"].on(pattern, handler)
        return None

    def mount(self, path: str, receiver: Receiver) -> None:
        """Gives the requests for this path to the receiver."""
        self._mounted.append((path, receiver))
        for app in self._apps:
            app.extensions["countersign"].mount(path, receiver)

    @property
    def sender(self) -> Sender:
        """The sender of the application at hand. Raises ``RuntimeError`` without
        ``COUNTERSIGN_SENDER_DATABASE``."""
        sender: Sender | None = flask.current_app.extensions["countersign"].sender
        if sender is None:
            raise RuntimeError(f"this application has no sender: {_DATABASE} is not set")
        return sender

    def init_app(self, app: flask.Flask) -> None:
        """Answers for this application. Raises ``ValueError`` for a setting that there is not, and
        ``ConfigurationError`` for a secret that is none."""
        inbox = inbox_from(app.config)
        configured = receiver_from(app.config, inbox)
        state = State(app, configured, inbox, sender_from(app.config))
        if configured is not None:
            for pattern, handler in self._handlers:
                state.on(pattern, handler)
            state.mount(app.config.get(f"{PREFIX}PATH", "/webhooks"), configured)
        for path, receiver in self._mounted:
            state.mount(path, receiver)
        app.extensions["countersign"] = state
        app.cli.add_command(commands)
        self._apps.append(app)


class State:
    """What the extension keeps of one application, at ``app.extensions["countersign"]``."""

    def __init__(
        self,
        app: flask.Flask,
        configured: Receiver | None,
        inbox: Inbox | None,
        sender: Sender | None = None,
    ) -> None:
        self._app = app
        #: The receiver of the configuration.
        self.configured = configured
        #: Where it stores its events, if they are handled after they were answered.
        self.inbox = inbox
        #: What it sends with.
        self.sender = sender
        if sender is not None and dispatches(app.config):
            # Not now: a server may fork its processes after this.
            app.before_request(sender.start)
        self._retry_policy = retry_policy_from(app.config)
        self._lease: float | None = app.config.get(f"{PREFIX}LEASE")
        #: Every receiver, by its path.
        self.receivers: dict[str, Receiver] = {}
        #: Watches them and the sender, if there is a status page.
        self.monitor = Monitor()
        self._watched: list[Receiver] = []
        self._page = status_page_from(app.config, self.monitor)
        if self._page is not None:
            self._show(self._page)
            if sender is not None:
                self.monitor.attach_sender(sender)
        if inbox is not None:
            self.monitor.attach_inbox(inbox)

    def on(self, pattern: str, handler: Handler) -> None:
        """Gives events to the handler in the receiver of the configuration, if there is one."""
        if self.configured is not None:
            # Workers of an inbox run where no request has brought the application's context.
            known = handler if self.inbox is None else _in_context(self._app, handler)
            self.configured.on(pattern, known)

    def workers(self, threads: int = 4) -> Workers:
        """Workers of the inbox, not started. Where a server forks, each process starts its own.

        Raises ``RuntimeError`` without ``COUNTERSIGN_INBOX``.
        """
        if self.inbox is None or self.configured is None:
            raise RuntimeError(f"this application has no inbox: {PREFIX}INBOX is not set")
        more = {} if self._lease is None else {"lease": self._lease}
        return Workers(
            self.configured, self.inbox, threads=threads, policy=self._retry_policy, **more
        )

    def mount(self, path: str, receiver: Receiver) -> None:
        """Gives the requests for this path to the receiver."""
        if path in self.receivers:
            raise ValueError(f"there is a receiver at {path} already")
        if self._page is not None:
            if path in self._page.paths:
                raise ValueError(f"the status page is at {path}")
            if receiver not in self._watched:
                # One that answers at several paths does not know which was called.
                self._watched.append(receiver)
                self.monitor.watch(receiver, path)
        self.receivers[path] = receiver
        endpoint = f"countersign:{path}"

        def view(**_: object) -> flask.Response:
            answer = receiver.receive(FlaskRequest(flask.request))
            return flask.Response(answer.body, answer.status, list(answer.headers))

        # Not `add_url_rule`, which allows the methods of a list alone: core refuses methods.
        self._add(Rule(path, endpoint=endpoint, methods=None), view)

    def _show(self, page: StatusPage) -> None:
        def view() -> flask.Response:
            request = FlaskRequest(flask.request)
            answer = answer_environ(page, flask.request.environ, request)
            return flask.Response(answer.body, answer.status, answer.headers)

        for path in page.paths:
            endpoint = f"countersign-status:{path}"
            # Slashes too many are another path, which is not found.
            self._add(Rule(path, endpoint=endpoint, methods=None, merge_slashes=False), view)

    def _add(self, rule: Rule, view: Callable[..., flask.Response]) -> None:
        rule.provide_automatic_options = False  # type: ignore[attr-defined]
        self._app.url_map.add(rule)
        self._app.view_functions[rule.endpoint] = view


def _in_context(app: flask.Flask, handler: Handler) -> Handler:
    """The handler with the application's context around it."""

    async def awaited(handling: Awaitable[object]) -> None:
        with app.app_context():
            await handling

    def called(event: Event) -> object:
        with app.app_context():
            returned = handler(event)
        return awaited(returned) if inspect.isawaitable(returned) else None

    return called
