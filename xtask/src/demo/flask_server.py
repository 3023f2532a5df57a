"""Serves the Flask example, once for each endpoint of the demo: ``/<endpoint>/webhooks``."""

from __future__ import annotations

import json
import logging
import sys
import time
from threading import Thread
from typing import Any

from countersign import Event
from flask import Flask
from flask_app import BODY_LIMIT, Settings, create_app
from waitress.server import create_server
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware


def application(endpoint: dict[str, Any]) -> Flask:
    """The example as it is, only that recorded deliveries find the time of their recording, and
    that it can be asked which events of the types ``demo.counted`` and ``order.placed`` were
    handled."""
    recorded_at = endpoint["now"]
    now = None if recorded_at is None else lambda: recorded_at
    app = create_app(Settings.from_environment(endpoint["settings"]), now=now)
    counted: list[str | None] = []

    @app.extensions["countersign"].configured.on("demo.counted")
    def count(event: Event) -> None:
        # Long enough for the same delivery to reach another process meanwhile.
        time.sleep(0.02)
        counted.append(event.id)

    @app.extensions["countersign"].configured.on("order.placed")
    def count_order(event: Event) -> None:
        counted.append(event.id)

    @app.get("/webhooks/counted")
    def list_counted() -> list[str | None]:
        return counted

    return app


def main() -> None:
    """Serves the endpoints of a file until the standard input ends."""
    logging.basicConfig(level=logging.INFO)
    with open(sys.argv[1], encoding="utf-8") as file:
        endpoints = json.load(file)
    mounts = {f"/{endpoint['name']}": application(endpoint) for endpoint in endpoints}
    server = create_server(
        DispatcherMiddleware(NotFound(), mounts),
        listen="127.0.0.1:0",
        max_request_body_size=2 * BODY_LIMIT,
        # As the example's own program has it.
        clear_untrusted_proxy_headers=False,
    )
    Thread(target=server.run, daemon=True).start()
    print(f"listening on http://{server.effective_host}:{server.effective_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
