"""``python -m flask_app``: runs the receiver with a server made for production."""

from __future__ import annotations

import logging
import sys

from . import Settings, SettingsError, create_app
from .server import serve


def main() -> int:
    """Serves until it is stopped; 1 if the configuration is not complete."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except SettingsError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    serve(app, settings.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
