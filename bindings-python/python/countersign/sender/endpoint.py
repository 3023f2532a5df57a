"""Where messages go, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countersign._countersign import RetryPolicy


@dataclass(frozen=True)
class Endpoint:
    """A place that messages are delivered to.

    - ``id``: what the program names it by; ``url``: HTTPS, unless ``allow_http``.
    - ``secret``: as people write it, or several: the first signs, and so do the others where the
      scheme has room for several signatures. ``scheme``: the name of the signature scheme;
      ``standard`` if only a secret is given, and the sender's own scheme and secrets if neither is.
    - ``owner``: whose it is, such as a customer's id; ``publish`` reaches those of one owner.
    - ``event_types``: patterns of the types that it wants of what is published: whole names,
      ``invoice.*``, or ``*``. Everything if empty.
    - ``concurrency``: how many attempts each process makes at a time. ``per_second``: how many all
      processes make together.
    - ``fifo``: one by one in the order in which they were sent; one that is tried again holds up
      those after it.
    - ``retry_policy``, and timeouts in seconds, where they are to be otherwise than the sender's.
    - ``headers``: of every request, besides those of the scheme.
    - ``allow_networks``: those that may be reached although they are not public, such as
      ``10.2.0.0/16``.

    >>> from countersign.sender import Endpoint
    >>> Endpoint("customer-7", "https://customer.example/hook", secret="whsec_c2VjcmV0")
    Endpoint(id='customer-7')
    """

    id: str
    url: str = field(repr=False)
    secret: str | Sequence[str] | None = field(default=None, repr=False)
    scheme: str | None = field(default=None, repr=False)
    owner: str = field(default="", repr=False)
    event_types: Sequence[str] = field(default=(), repr=False)
    concurrency: int | None = field(default=None, repr=False)
    per_second: float | None = field(default=None, repr=False)
    fifo: bool = field(default=False, repr=False)
    retry_policy: RetryPolicy | None = field(default=None, repr=False)
    connect_timeout: float | None = field(default=None, repr=False)
    first_byte_timeout: float | None = field(default=None, repr=False)
    total_timeout: float | None = field(default=None, repr=False)
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = field(default=(), repr=False)
    allow_http: bool = field(default=False, repr=False)
    allow_networks: Sequence[str] = field(default=(), repr=False)

    def _settings(self) -> dict[str, Any]:
        """What the native module takes."""
        headers = self.headers
        return {
            "secrets": several("secret", self.secret),
            "scheme": self.scheme,
            "owner": self.owner,
            "event_types": several("event_types", self.event_types),
            "concurrency": self.concurrency,
            "per_second": self.per_second,
            "fifo": self.fifo,
            "retry_policy": self.retry_policy,
            "connect_timeout": self.connect_timeout,
            "first_byte_timeout": self.first_byte_timeout,
            "total_timeout": self.total_timeout,
            "headers": list(headers.items() if isinstance(headers, Mapping) else headers),
            "allow_http": self.allow_http,
            "allow_networks": several("allow_networks", self.allow_networks),
        }


def several(name: str, given: str | Sequence[str] | None) -> list[str]:
    """One text, or several; not its characters."""
    if given is None:
        return []
    if isinstance(given, (bytes, bytearray)):
        raise TypeError(f"{name} must be a str or a sequence of them")
    return [given] if isinstance(given, str) else list(given)
