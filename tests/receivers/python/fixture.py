"""What the servers of the end-to-end corpus share: a receiver for each of its cases."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from countersign import AddressPolicy, Event, RateLimit, Receiver, Scheme, Webhook

from stores import stores_of

#: How long a slow handler takes, in seconds.
SLOW = 2.0


class Case:
    """A receiver as a case describes it, and what its handlers did."""

    def __init__(self, described: dict[str, Any], *, is_async: bool) -> None:
        self.id: str = described["id"]
        self.handled: list[list[str | None]] = []
        self._is_async = is_async
        given = described["receiver"]
        scheme = given["scheme"]
        webhook = Webhook(
            scheme if isinstance(scheme, str) else Scheme(**scheme),
            given["secrets"],
            verify_token=given.get("verify_token"),
        )
        options: dict[str, Any] = {}
        if "rate_limit" in given:
            limit = given["rate_limit"]
            options["rate_limit"] = RateLimit(limit["requests"], limit["window_ms"] / 1e3)
        if "body_limit" in given:
            options["body_limit"] = given["body_limit"]
        if "body_timeout" in given:
            options["body_timeout"] = given["body_timeout"]
        if "store" in given:
            options.update(stores_of(given["store"], is_async=is_async))
        if given.get("replay") is False:
            options["replay"] = None
        self.receiver = Receiver(
            webhook,
            clock=(lambda: given["now"]) if "now" in given else time.time,
            schemas=given.get("schemas"),
            on_handshake=(lambda _: True) if given.get("agrees") else None,
            address=AddressPolicy(
                allow=given.get("allow"),
                trusted_proxies=given.get("trusted_proxies"),
                forwarding_header=given.get("forwarding_header") or "x-forwarded-for",
            ),
            **options,
        )
        for pattern, behaviour in given["handlers"].items():
            self.receiver.on(pattern, self._handler(pattern, behaviour))

    def take_handled(self) -> list[list[str | None]]:
        """The handlers that succeeded since the last call. One thread calls this; what handlers
        append meanwhile stays for the next call."""
        taken = self.handled[:]
        del self.handled[: len(taken)]
        return taken

    def _handler(self, pattern: str, behaviour: str) -> Callable[[Event], object]:
        runs = iter(range(sys.maxsize))

        def begin() -> float:
            """How long the handler is to take, in seconds."""
            if behaviour == "fail" or (behaviour == "fail-once" and next(runs) == 0):
                raise RuntimeError("as the case wants it")
            return SLOW if behaviour == "slow" else 0

        def end(event: Event) -> None:
            self.handled.append([pattern, event.id, event.type])

        def handle(event: Event) -> None:
            time.sleep(begin())
            end(event)

        async def handle_async(event: Event) -> None:
            await asyncio.sleep(begin())
            end(event)

        return handle_async if self._is_async else handle


def cases(*, is_async: bool) -> Iterator[Case]:
    """The cases of the corpus that the command line names."""
    corpus = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for described in corpus["cases"]:
        yield Case(described, is_async=is_async)


def listen() -> socket.socket:
    """A socket on a free port, which is told to the runner."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    return listener
