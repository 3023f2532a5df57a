"""SQLite forbids to carry a connection through a fork, as servers do on start: each sender closes
its own before, and both processes open theirs when they need it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from weakref import WeakSet

from countersign._countersign import SenderEngine

if TYPE_CHECKING:
    from countersign.sender.opened import Opened

_known: WeakSet[Opened] = WeakSet()
_forking: list[Opened] = []


def watch_forks(opened: Opened) -> None:
    """Tells it of each fork of this process."""
    _known.add(opened)


def _before() -> None:
    _forking[:] = _known
    for opened in _forking:
        opened.before_fork()


def _in_parent() -> None:
    for opened in _forking:
        opened.after_fork_in_parent()
    _forking.clear()


def _in_child() -> None:
    SenderEngine.forget_inherited()
    for opened in _forking:
        opened.after_fork_in_child()
    _forking.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
