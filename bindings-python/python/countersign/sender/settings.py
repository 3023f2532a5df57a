"""What a sender is made of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Union

from countersign._countersign import HealthPolicy, RetryPolicy, Scheme, Secret
from countersign.sender.message import to_json
from countersign.sender.opened import Opened
from countersign.sender.proxy import EnforcingProxy
from countersign.sender.requests import Requests

Secrets = Union[str, Secret, Sequence[Union[str, Secret]]]


class Retention(NamedTuple):
    """How long is kept what is done, in seconds."""

    #: What was delivered, and how many of these at most.
    delivered: float = 7 * 86_400
    delivered_count: int = 1_000_000
    #: Dead letters.
    dead: float = 30 * 86_400
    #: How long an idempotency key is known at least.
    idempotency_keys: float = 86_400


class Configured:
    """What all senders have, however they wait."""

    def __init__(
        self,
        database: str | os.PathLike[str],
        *,
        scheme: str | Scheme = "standard",
        secret: Secrets | None = None,
        schemes: Sequence[Scheme] = (),
        schemas: Mapping[str, Mapping[str, Any] | bool] | None = None,
        encryption_keys: Sequence[bytes] = (),
        retry_policy: RetryPolicy | None = None,
        health_policy: HealthPolicy | None = None,
        concurrency: int = 512,
        endpoint_concurrency: int = 16,
        connect_timeout: float = 10,
        first_byte_timeout: float = 20,
        total_timeout: float = 30,
        lease: float = 90,
        payload_limit: int = 1 << 20,
        retention: Retention | None = None,
        root_certificates: bytes | str | os.PathLike[str] | None = None,
        proxy: EnforcingProxy | None = None,
        survives_power_cut: bool = True,
    ) -> None:
        kept = Retention() if retention is None else retention
        settings: dict[str, Any] = {
            "webhook": None if secret is None else (scheme, secret),
            "schemes": schemes,
            "schemas": [(pattern, to_json(schema)) for pattern, schema in (schemas or {}).items()],
            "encryption_keys": encryption_keys,
            "retry_policy": retry_policy,
            "health_policy": health_policy,
            "concurrency": concurrency,
            "endpoint_concurrency": endpoint_concurrency,
            "connect_timeout": connect_timeout,
            "first_byte_timeout": first_byte_timeout,
            "total_timeout": total_timeout,
            "lease": lease,
            "payload_limit": payload_limit,
            "root_certificates": _content(root_certificates),
            "proxy": _of_proxy(proxy),
            "keep_delivered": kept.delivered,
            "keep_delivered_count": kept.delivered_count,
            "keep_dead": kept.dead,
            "keep_idempotency_keys": kept.idempotency_keys,
            "survives_power_cut": survives_power_cut,
        }
        self._opened = Opened(database, settings)
        self._requests = Requests(self._opened)

    def start(self) -> None:
        """Starts the dispatcher: it delivers what is due, what is sent by this sender at once.
        Nothing happens if it is running. Where a server forks, each process starts its own.

        A process that ends without :meth:`stop` waits ten seconds for attempts that are under way;
        what is cut off is tried again by whoever comes next.
        """
        self._opened.start()

    @property
    def is_started(self) -> bool:
        """Whether its dispatcher runs in this process."""
        return self._opened.is_started

    def close(self) -> None:
        """Closes the database, unless the dispatcher runs. It is opened again when needed."""
        self._opened.close()


def _content(given: bytes | str | os.PathLike[str] | None) -> bytes | None:
    """What is given, or what is in the file."""
    return Path(given).read_bytes() if isinstance(given, (str, os.PathLike)) else given


def _of_proxy(given: EnforcingProxy | None) -> tuple[str, str | None, str] | None:
    if given is None:
        return None
    if not isinstance(given, EnforcingProxy):
        # Who gives no more than a URL may not know what it must do.
        raise TypeError(f"proxy must be an EnforcingProxy, not {type(given).__name__}")
    return given.url, given.user, given.password
