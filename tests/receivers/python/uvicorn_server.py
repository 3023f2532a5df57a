"""Serves an ASGI application by uvicorn."""

from __future__ import annotations

from typing import Any

import uvicorn

from fixture import listen


def serve(application: Any) -> None:
    """Serves until the process is stopped."""
    uvicorn.Server(uvicorn.Config(application, log_level="error")).run(sockets=[listen()])
