"""The program with handlers that fail or hang until a file is there, to be killed.

usage: python failing_program.py THE_FILE

Also an application for ``flask --app``, with the file in ``THE_FILE``.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

from countersign import Event
from flask import Flask
from flask_app import Settings, create_app
from flask_app.server import serve


def make_application(repaired: Path) -> Flask:
    app = create_app()

    @app.extensions["countersign"].configured.on("order.failing")
    def fail(event: Event) -> None:
        if not repaired.exists():
            raise RuntimeError("private particulars")

    @app.extensions["countersign"].configured.on("order.hanging")
    def hang(event: Event) -> None:
        print(f"begun {event.id}", flush=True)
        while not repaired.exists():
            time.sleep(0.02)

    return app


if __name__ == "__main__":
    # As the program does, which tells where it listens.
    logging.basicConfig(level=logging.INFO)
    serve(make_application(Path(sys.argv[1])), Settings.from_environment().workers)
else:
    app = make_application(Path(os.environ["THE_FILE"]))
