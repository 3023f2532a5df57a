"""Serves a WSGI application by gunicorn: one process, whose memory all cases share, and threads."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from fixture import listen


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, application: Any) -> None:
        self._application = application
        self._listener = listen()
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", f"fd://{self._listener.fileno()}")
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", 64)
        self.cfg.set("loglevel", "error")

    def load(self) -> Any:
        return self._application


def serve(application: Any) -> None:
    """Serves until the process is stopped."""
    _Server(application).run()
