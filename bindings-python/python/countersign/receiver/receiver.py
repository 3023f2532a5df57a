"""The receiver: what an adapter connects to a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Callable, Literal, TypeVar, overload

from countersign._check import event_pattern, function, instance, seconds
from countersign._countersign import AddressPolicy, Answer, Event, RateLimit, Routes, Webhook
from countersign.keys import KeyFetcher
from countersign.receiver.hosts import LoopHost, ThreadHost
from countersign.receiver.outcome import Observer
from countersign.receiver.pipeline import Conclusion, Pipeline
from countersign.receiver.schemas import Schemas
from countersign.receiver.settings import (
    Handler,
    HandshakeHandler,
    SchemasByPattern,
    Settings,
)
from countersign.receiver.stores import (
    EventStore,
    MemoryRateStore,
    MemoryReplayStore,
    RateStore,
    ReplayStore,
)
from countersign.receiver.visit import Answered, Visit

if TYPE_CHECKING:
    from countersign.receiver.incoming import AsyncIncomingRequest, IncomingRequest

H = TypeVar("H", bound=Handler)


class Receiver:
    """Takes the deliveries of one webhook: checks each request, gives its event to the handler of
    its type once, and answers.

    It knows no server: :mod:`countersign.flask`, :mod:`countersign.fastapi`,
    :mod:`countersign.django`, :mod:`countersign.wsgi` and :mod:`countersign.asgi` connect it to
    one. Times are in seconds.

    :param webhook: the scheme and its secrets.
    :param address: who may call and which proxies are believed; anybody and none by default.
    :param rate_limit: how often each client may call.
    :param rate_store: where calls are counted; in the memory of this process by default.
    :param replay: where claims on deliveries are kept. ``"memory"``, the default, is that of this
        process, which neither other processes nor a restart know of. ``None`` switches it off.
    :param inbox: defers handling: each event is stored here and answered, and workers handle it;
        see :mod:`countersign.inbox`. It is its own guard against repeated deliveries: ``replay``
        is for :meth:`delivery` alone then.
    :param wait: how long an answer waits for a worker of this process to handle the event.
    :param lease: how long a handler may hold a delivery before another attempt may take it.
    :param body_limit: the largest body, in bytes.
    :param body_timeout: how long a body may take to arrive, where the server can end a read.
    :param deadline: after how long a handler that is awaited is answered for.
    :param schemas: JSON Schemas by event type or pattern, of the whole payload.
    :param when_store_fails: ``"refuse"`` (503), or ``"admit"`` as if there were no such guard.
    :param clock: the clock, in Unix seconds, that requests are judged by.
    :param origin: scheme and host that senders call, such as ``https://hooks.example.com``, with
        nothing after them, if the server sees others.
    :param on_handshake: gets each :class:`HandshakeReply` that hands over a secret (Asana, Notion) or
        a subscription to confirm (Amazon SNS), and returns true if this program asked for it just
        now. Without it they are refused, because anybody can send them.
    :param keys: fetches the keys of schemes that need it, such as ``paypal``.
    :param observe: gets an :class:`Outcome` of each request.

    Raises ``ConfigurationError`` (``malformed_schema``, ``malformed_pattern``) and ``TypeError``.

    >>> from countersign import Receiver, Webhook
    >>> receiver = Receiver(Webhook("stripe", "whsec_test"))
    >>> @receiver.on("invoice.paid")
    ... def ship(event):
    ...     print(event.id)
    >>> receiver.on("customer.*", lambda event: None)
    """

    def __init__(
        self,
        webhook: Webhook,
        *,
        address: AddressPolicy | None = None,
        rate_limit: RateLimit | None = None,
        rate_store: RateStore | None = None,
        replay: ReplayStore | Literal["memory"] | None = "memory",
        inbox: EventStore | None = None,
        wait: float = 0,
        lease: float = 300,
        body_limit: int = 1024 * 1024,
        body_timeout: float = 10,
        deadline: float = 8,
        schemas: SchemasByPattern | None = None,
        when_store_fails: Literal["refuse", "admit"] = "refuse",
        clock: Callable[[], float] | None = None,
        origin: str | None = None,
        on_handshake: HandshakeHandler | None = None,
        keys: KeyFetcher | None = None,
        observe: Observer | None = None,
    ) -> None:
        instance("webhook", Webhook, webhook)
        if type(body_limit) is not int or body_limit < 0:
            raise TypeError("body_limit must be a number of bytes")
        if when_store_fails not in ("refuse", "admit"):
            raise TypeError("when_store_fails must be 'refuse' or 'admit'")
        if wait and inbox is None:
            raise TypeError("wait is for receivers with an inbox")
        if schemas is not None:
            instance("schemas", Mapping, schemas)
        settings = Settings(
            address=AddressPolicy() if address is None else address,
            rate_limit=rate_limit,
            rate_store=MemoryRateStore() if rate_store is None else rate_store,
            replay=MemoryReplayStore() if replay == "memory" else replay,
            inbox=inbox,
            wait=0.0 if wait == 0 else seconds("wait", wait),
            lease=seconds("lease", lease),
            body_limit=body_limit,
            body_timeout=seconds("body_timeout", body_timeout),
            deadline=seconds("deadline", deadline),
            schemas=None if schemas is None else Schemas(schemas),
            when_store_fails=when_store_fails,
            clock=clock,
            origin=None if origin == "" else origin,
            on_handshake=on_handshake,
            keys=keys,
            routes=Routes(),
            handlers=[],
        )
        settings.check()
        self.webhook = webhook
        self._settings = settings
        self._pipeline = Pipeline(webhook, self._settings)
        self._observers: list[Observer] = []
        if observe is not None:
            self.observe(observe)

    @overload
    def on(self, pattern: str, handler: None = None) -> Callable[[H], H]: ...

    @overload
    def on(self, pattern: str, handler: Handler) -> None: ...

    def on(self, pattern: str, handler: Handler | None = None) -> Callable[[H], H] | None:
        """Gives events of this type to the handler: a whole name, a beginning such as
        ``payment.*``, or ``*`` for all. The most specific pattern wins. Without a handler it is a
        decorator.

        A handler that raises is answered 500, so that the provider delivers the event again. It may
        be asynchronous.

        Raises ``ConfigurationError`` (``malformed_pattern``, ``duplicate_handler``) and
        ``TypeError``, also as a decorator without a pattern.
        """
        event_pattern(pattern, "@receiver.on")
        if handler is None:

            def register(decorated: H) -> H:
                self.on(pattern, decorated)
                return decorated

            return register
        function("handler", handler)
        self._settings.routes.add(pattern)
        self._settings.handlers.append((pattern, handler))
        return None

    def pattern_for(self, event_type: str | None) -> str | None:
        """The pattern whose handler takes events of this type; ``None`` if they are ignored."""
        route = self._settings.handler(event_type)
        return None if route is None else route[0]

    def handler_for(self, event_type: str | None) -> Handler | None:
        """The handler of events of this type; ``None`` if they are ignored."""
        route = self._settings.handler(event_type)
        return None if route is None else route[1]

    def public_url(self, url: str) -> str:
        """The URL that the sender called, where the server saw this one: with ``origin``, if that
        is set."""
        return self._settings.public_url(url)

    def observe(self, observer: Observer) -> Observer:
        """Tells the observer what becomes of each request. Can be a decorator."""
        function("observe", observer)
        self._observers.append(observer)
        return observer

    def receive(self, request: IncomingRequest) -> Answer:
        """Works through a request in this thread; for adapters."""
        visit = Visit(self.webhook, self._observers)
        try:
            steps = self._pipeline.run(request, visit.journal)
            return visit.concluded(ThreadHost(request).drive(steps))
        except Exception as error:
            return visit.refused(error)

    async def receive_async(self, request: AsyncIncomingRequest) -> Answer:
        """Works through a request in the running event loop of asyncio; for adapters."""
        visit = Visit(self.webhook, self._observers)
        try:
            steps = self._pipeline.run(request, visit.journal)
            return visit.concluded(await LoopHost(request).drive(steps))
        except Exception as error:
            return visit.refused(error)

    @contextmanager
    def delivery(self, request: IncomingRequest) -> Iterator[Event]:
        """The event of a request, for a program that handles it itself, and answers itself. All
        checks come first; what is raised inside of the block releases the claim, so that the next
        attempt is handled.

        Raises :class:`Answered` if there is nothing to handle.
        """
        visit = Visit(self.webhook, self._observers)
        host = ThreadHost(request)
        try:
            claim = host.drive(self._pipeline.deliver(request, visit.journal))
        except Exception as error:
            raise Answered(visit.refused(error)) from None
        if isinstance(claim, Conclusion):
            raise Answered(visit.concluded(claim))
        succeeded = False
        try:
            yield claim.event
            succeeded = True
        except Exception as error:
            visit.failed(error)
            raise
        finally:
            host.drive(claim.settle(succeeded))
        visit.concluded(claim.handled())

    @asynccontextmanager
    async def delivery_async(self, request: AsyncIncomingRequest) -> AsyncIterator[Event]:
        """:meth:`delivery` in the running event loop of asyncio."""
        visit = Visit(self.webhook, self._observers)
        host = LoopHost(request)
        try:
            claim = await host.drive(self._pipeline.deliver(request, visit.journal))
        except Exception as error:
            raise Answered(visit.refused(error)) from None
        if isinstance(claim, Conclusion):
            raise Answered(visit.concluded(claim))
        succeeded = False
        try:
            yield claim.event
            succeeded = True
        except Exception as error:
            visit.failed(error)
            raise
        finally:
            await host.drive(claim.settle(succeeded))
        visit.concluded(claim.handled())
