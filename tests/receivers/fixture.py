"""A fixture server: a process that serves every receiver of the corpus."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO, Iterator, List, Sequence, Tuple

_LISTENING = re.compile(r"^listening on http://([0-9.]+):([0-9]+)\s*$")
_START_SECONDS = 120
_STOP_SECONDS = 10


class FixtureError(Exception):
    """The fixture does not serve."""


class Fixture:
    """Runs while the block does, and never longer."""

    def __init__(self, command: Sequence[str], corpus: Path) -> None:
        self._command: List[str] = [*command, str(corpus)]
        self._log: IO[bytes] = tempfile.TemporaryFile()
        self._address: Tuple[str, int] | None = None
        self._settled = threading.Event()

    def __enter__(self) -> Fixture:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # A group of its own, so that what it starts can be stopped with it.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        for which in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, which)
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                break
        self._process.wait()
        self._reader.join(_STOP_SECONDS)

    @property
    def address(self) -> Tuple[str, int]:
        """Host and port, as soon as it listens.

        Raises FixtureError if it ends before, or says nothing.
        """
        self._settled.wait(_START_SECONDS)
        if self._address is None:
            raise FixtureError("the fixture did not say `listening on http://HOST:PORT`")
        return self._address

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        """What it wrote so far, besides that line."""
        # Reads at a place of its own: the process goes on writing at the end.
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode("utf-8", "replace")

    def _read_output(self) -> None:
        for line in self._lines():
            found = _LISTENING.match(line)
            if found and self._address is None:
                self._address = (found[1], int(found[2]))
                self._settled.set()
            else:
                os.write(self._log.fileno(), line.encode("utf-8"))
        self._settled.set()

    def _lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield line.decode("utf-8", "replace")
