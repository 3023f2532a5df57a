"""``python -m flask_app``: runs the receiver with a server made for production."""

from __future__ import annotations

import logging
import os
import sys

from waitress.server import create_server

from . import BODY_LIMIT, SettingsError, create_app


def main() -> int:
    """Serves until it is stopped; 1 if the configuration is not complete."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        app = create_app()
    except SettingsError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    # Waitress reads a body to its end before it calls the application, which answers with JSON.
    # Beyond twice the limit waitress refuses on its own, so that nothing large is ever stored.
    server = create_server(
        app,
        listen=os.environ.get("COUNTERSIGN_ADDRESS", "127.0.0.1:8000"),
        max_request_body_size=2 * BODY_LIMIT,
        # Who is believed about the caller's address is for the receiver to decide.
        clear_untrusted_proxy_headers=False,
    )
    server.print_listen("listening on http://{}:{}/webhooks")
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
