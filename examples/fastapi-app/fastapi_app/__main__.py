"""``python -m fastapi_app``: runs the receiver with uvicorn."""

from __future__ import annotations

import logging
import os
import sys

import uvicorn

from . import SettingsError, create_app


def main() -> int:
    """Serves until it is stopped; 1 if the configuration is not complete."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        app = create_app()
        host, port = _address(os.environ.get("COUNTERSIGN_ADDRESS", "127.0.0.1:8000"))
    except SettingsError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    # Who is believed about the caller's address is for the receiver to decide.
    uvicorn.run(app, host=host, port=port, proxy_headers=False)
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError("COUNTERSIGN_ADDRESS must be a host and a port: '127.0.0.1:8000'")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    sys.exit(main())
