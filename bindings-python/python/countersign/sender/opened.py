"""A sender's engine through the life of its process: opened, started, forked, stopped, closed."""

from __future__ import annotations

import atexit
import os
import time
from threading import Lock
from typing import Any, Callable, TypeVar
from weakref import WeakSet

from countersign._countersign import MonitorState, SenderEngine
from countersign.sender import forks

T = TypeVar("T")

#: How long a fork waits for calls that are under way; a call waits for the database no longer.
_CALLS_TAKE = 3.0
#: How long the end of the process waits for attempts that are under way.
_LAST_PATIENCE = 10.0

_started: WeakSet[Opened] = WeakSet()


class Opened:
    """The engine of a sender in this process, whichever that is."""

    def __init__(self, database: str | os.PathLike[str], settings: dict[str, Any]) -> None:
        self._database = database
        #: Whether it is PostgreSQL, of which a process can have connections whatever it inherits.
        self.is_postgres = isinstance(database, str) and database.startswith(
            ("postgresql://", "postgres://")
        )
        self._is_in_memory = os.fspath(database) == ":memory:"
        self._settings = settings
        self._lock = Lock()
        #: Those who count its attempts.
        self._monitors: list[MonitorState] = []
        self._engine: SenderEngine | None = self._open()
        #: What belongs to the parent is neither used nor closed here.
        self._inherited: list[SenderEngine] = []
        forks.watch_forks(self)

    def _open(self) -> SenderEngine:
        if forks.is_lost and not self.is_postgres:
            raise RuntimeError(
                "this process was forked from one that has an SQLite outbox in use, which SQLite "
                "forbids; start the sender after the fork, in each process"
            )
        engine = SenderEngine(self._database, self.is_postgres, self._settings)
        for monitor in self._monitors:
            engine.observe(monitor)
        return engine

    def use(self, ask: Callable[[SenderEngine], T]) -> T:
        """What this asks of the engine, which is opened if it is not."""
        while True:
            engine = self._engine
            if engine is None:
                engine = self._reopened()
            try:
                return ask(engine)
            except RuntimeError:
                # A fork may have closed it just now.
                if engine.is_open():
                    raise

    def _reopened(self) -> SenderEngine:
        with self._lock:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def observe(self, monitor: MonitorState) -> None:
        """Has its attempts counted from now on, once."""
        with self._lock:
            if any(known is monitor for known in self._monitors):
                return
            self._monitors.append(monitor)
            if self._engine is not None:
                self._engine.observe(monitor)

    def start(self) -> None:
        """Starts a dispatcher, unless there is one."""
        self.use(lambda engine: engine.start())
        _started.add(self)

    @property
    def is_started(self) -> bool:
        engine = self._engine
        return engine is not None and engine.is_started()

    def close(self) -> None:
        """Closes the database, unless a dispatcher uses it. It is opened again when needed."""
        with self._lock:
            if self._engine is not None and not self._engine.is_started():
                self._engine.close()
                self._engine = None

    def stop_at_exit(self) -> None:
        engine = self._engine
        if engine is not None and engine.is_started():
            engine.stop(_LAST_PATIENCE).wait()

    def before_fork(self) -> None:
        self._lock.acquire()
        if self._engine is None or self._is_in_memory or self._engine.is_started():
            return
        engine, self._engine = self._engine, None
        give_up = time.monotonic() + _CALLS_TAKE
        while not engine.close() and time.monotonic() < give_up:
            time.sleep(0.001)
        if not engine.close():
            # It is in use: the child will see it.
            self._engine = engine

    def after_fork_in_parent(self) -> None:
        if self._engine is not None and not self._engine.is_open():
            self._engine = None
        self._lock.release()

    def after_fork_in_child(self) -> bool:
        """Whether the parent's SQLite was in use."""
        self._lock = Lock()
        if self._engine is None:
            return False
        self._inherited.append(self._engine)
        self._engine = None
        return not self.is_postgres


@atexit.register
def _stop_all() -> None:
    for opened in list(_started):
        opened.stop_at_exit()
