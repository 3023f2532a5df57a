"""A request as an adapter hands it to a receiver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Request(Protocol):
    """What each adapter tells of a request."""

    @property
    def method(self) -> str:
        """The method, in upper case."""

    @property
    def url(self) -> str:
        """The URL as absolute as the server knows it; path and query at least."""

    @property
    def headers(self) -> Iterable[tuple[str | bytes, str | bytes]]:
        """Pairs of name and value; a header that was sent several times comes several times."""

    @property
    def peer(self) -> str | None:
        """The address at the other end of the connection; ``None`` if the server does not know."""

    def header(self, name: str) -> list[str]:
        """Every value of the header with this name (in lower case), in order."""


class IncomingRequest(Request, Protocol):
    """A request whose body is read by a thread."""

    def read_body(self, limit: int, timeout: float) -> bytes:
        """The body.

        Raises ``refusal("payload_too_large", limit)`` as soon as it is longer than ``limit``
        bytes, ``refusal("body_timeout")`` after ``timeout`` seconds, ``refusal("incomplete_body")``
        if it ends early and ``refusal("unsupported_body")`` if another has parsed it.
        """


class AsyncIncomingRequest(Request, Protocol):
    """A request whose body is awaited."""

    async def read_body(self, limit: int, timeout: float) -> bytes:
        """The body; see :meth:`IncomingRequest.read_body`."""
