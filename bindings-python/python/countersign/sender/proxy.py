"""A proxy that a sender goes through."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EnforcingProxy:
    """A proxy that itself refuses to connect to special addresses, such as Stripe's Smokescreen or
    a Squid with ``deny to_localhost`` and the like.

    Behind a proxy the sender sees no address of a host's name: it judges literal addresses alone,
    and only a proxy that does the rest may be used. Each connection is a tunnel (CONNECT), also for
    ``http://``.

    - ``url``: ``http://``, a host and a port.
    - ``user``, ``password``: shown to the proxy in the scheme "Basic".

    >>> from countersign.sender import EnforcingProxy
    >>> EnforcingProxy("http://proxy.internal:4750", user="shop", password="hush")
    EnforcingProxy(url='http://proxy.internal:4750')
    """

    url: str
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)
