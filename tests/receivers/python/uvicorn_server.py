"""Serves an ASGI application by uvicorn."""

from __future__ import annotations

from typing import Any

import uvicorn

from fixture import listen


def serve(application: Any) -> None:
    """Serves until the process is stopped."""
    # By default uvicorn believes what callers on this machine say of whom they speak for.
    uvicorn.Server(uvicorn.Config(application, log_level="error", proxy_headers=False)).run(sockets=[listen()])
