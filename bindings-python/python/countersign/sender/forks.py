"""SQLite forbids to carry a connection through a fork, as servers do on start: each sender closes
its own before, and both processes open theirs when they need it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from weakref import WeakSet

from countersign._countersign import MonitorState, SenderEngine

if TYPE_CHECKING:
    from countersign.sender.opened import Opened

#: Whether the parent's SQLite was in use when this process was forked. It may have held a lock of
#: its own just then, for which everything of SQLite would wait here for ever.
is_lost = False

_known: WeakSet[Opened] = WeakSet()
_forking: list[Opened] = []


def watch_forks(opened: Opened) -> None:
    """Tells it of each fork of this process."""
    _known.add(opened)


def _before() -> None:
    _forking[:] = _known
    for opened in _forking:
        opened.before_fork()
    MonitorState.before_fork()


def _in_parent() -> None:
    MonitorState.after_fork()
    for opened in _forking:
        opened.after_fork_in_parent()
    _forking.clear()


def _in_child() -> None:
    global is_lost
    MonitorState.after_fork()
    SenderEngine.forget_inherited()
    for opened in _forking:
        is_lost = opened.after_fork_in_child() or is_lost
    _forking.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
