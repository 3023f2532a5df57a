"""What a receiver was told, with what is meant where nothing was said."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from typing import Any, Callable, Literal, NamedTuple, Union

from countersign._check import function, instance, methods
from countersign._countersign import AddressPolicy, Event, HandshakeReply, RateLimit, Routes
from countersign.keys import KeyFetcher
from countersign.receiver.schemas import Schemas
from countersign.receiver.stores import EventStore, RateStore, ReplayStore

#: Takes an event. What it returns is not looked at; that it returns is success.
Handler = Callable[[Event], Union[object, Awaitable[object]]]
#: Whether the program asked for what a handshake hands over: true to agree, or that awaited.
HandshakeHandler = Callable[[HandshakeReply], Union[object, Awaitable[object]]]
SchemasByPattern = Mapping[str, Union[Mapping[str, Any], bool]]

_ORIGIN = re.compile(r"^[a-z]+://[^/?#]*", re.IGNORECASE)
#: What settings name as one.
_PUBLIC_ORIGIN = re.compile(r"https?://[^/?#]+")


class Settings(NamedTuple):
    """The settings of a receiver."""

    address: AddressPolicy
    rate_limit: RateLimit | None
    rate_store: RateStore
    replay: ReplayStore | None
    inbox: EventStore | None
    wait: float
    lease: float
    body_limit: int
    body_timeout: float
    deadline: float
    schemas: Schemas | None
    when_store_fails: Literal["refuse", "admit"]
    clock: Callable[[], float] | None
    origin: str | None
    on_handshake: HandshakeHandler | None
    keys: KeyFetcher | None
    routes: Routes
    #: Patterns with their handlers, in the order of the routes.
    handlers: list[tuple[str, Handler]]

    def check(self) -> None:
        """Raises ``TypeError`` for what would fail at each request."""
        instance("address", AddressPolicy, self.address)
        methods("rate_store", self.rate_store, "admit")
        if self.rate_limit is not None:
            instance("rate_limit", RateLimit, self.rate_limit)
        if self.replay is not None:
            methods("replay", self.replay, "claim", "complete", "release")
        if self.inbox is not None:
            methods("inbox", self.inbox, "insert")
        if self.clock is not None:
            function("clock", self.clock)
        if self.on_handshake is not None:
            function("on_handshake", self.on_handshake)
        if self.keys is not None:
            instance("keys", KeyFetcher, self.keys)
        origin = self.origin
        if origin is not None:
            instance("origin", str, origin)
            if not _PUBLIC_ORIGIN.fullmatch(origin):
                raise TypeError(
                    "origin must be a scheme and a host, such as https://hooks.example.com"
                )

    def handler(self, event_type: str | None) -> tuple[str, Handler] | None:
        """The most specific pattern that fits, and its handler."""
        number = self.routes.find(event_type)
        return None if number is None else self.handlers[number]

    def public_url(self, url: str) -> str:
        """The URL that the sender called."""
        return url if self.origin is None else self.origin + _ORIGIN.sub("", url)
