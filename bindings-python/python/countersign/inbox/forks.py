"""Locks and connections do not survive a fork: a thread that held a lock is not in the child."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    def after_fork(self) -> None:
        """Begins anew, in the child."""


_known: WeakSet[Forkable] = WeakSet()


def watch_forks(thing: Forkable) -> None:
    """Tells the thing in each child of this process."""
    _known.add(thing)


def _tell() -> None:
    for thing in list(_known):
        thing.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell)
