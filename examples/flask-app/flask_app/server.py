"""The server: waitress, and workers beside it if there is an inbox."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from types import FrameType

from flask import Flask
from waitress.server import create_server

from . import BODY_LIMIT


def serve(app: Flask, workers: int) -> None:
    """Serves until the process gets SIGTERM or SIGINT; then workers end what they have begun."""
    signal.signal(signal.SIGTERM, _end)
    # Waitress reads a body to its end before it calls the application, which answers with JSON.
    # Beyond twice the limit waitress refuses on its own, so that nothing large is ever stored.
    server = create_server(
        app,
        listen=os.environ.get("COUNTERSIGN_ADDRESS", "127.0.0.1:8000"),
        max_request_body_size=2 * BODY_LIMIT,
        # Who is believed about the caller's address is for the receiver to decide.
        clear_untrusted_proxy_headers=False,
    )
    state = app.extensions["countersign"]
    with ExitStack() as running:
        if state.inbox is not None and workers:
            running.enter_context(state.workers(workers))
        server.print_listen("listening on http://{}:{}/webhooks")
        server.run()


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
