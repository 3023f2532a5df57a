"""Ends reads of bodies that do not arrive in time, where a thread waits for them."""

from __future__ import annotations

import os
import socket
import threading
import time

_INTERVAL = 0.25


class Watch:
    """One read of a body. After ``seconds`` the connection's receiving side is shut down, which
    ends the read; the answer can still be sent."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.connection = connection
        self.until = time.monotonic() + seconds
        self.expired = False

    def __enter__(self) -> Watch:
        _watcher.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        _watcher.remove(self)


class _Watcher:
    """Looks after all reads of this process, on a thread that lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[Watch] = set()
        self._is_running = False
        self._process = os.getpid()

    def add(self, watch: Watch) -> None:
        with self._lock:
            if self._process != os.getpid():
                # Neither the thread nor the reads of the parent are here.
                self._process, self._watches, self._is_running = os.getpid(), set(), False
            self._watches.add(watch)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="countersign-bodies", daemon=True).start()

    def remove(self, watch: Watch) -> None:
        with self._lock:
            self._watches.discard(watch)

    def _run(self) -> None:
        idle_since = time.monotonic()
        while True:
            time.sleep(_INTERVAL)
            now = time.monotonic()
            with self._lock:
                if self._watches:
                    idle_since = now
                elif now - idle_since > 10:
                    self._is_running = False
                    return
                for watch in [watch for watch in self._watches if watch.until <= now]:
                    self._watches.discard(watch)
                    watch.expired = True
                    try:
                        watch.connection.shutdown(socket.SHUT_RD)
                    except OSError:
                        # It has ended already, and so has the read.
                        continue


_watcher = _Watcher()
