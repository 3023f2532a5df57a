"""What an inbox needs of a database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

#: ``read`` changes nothing. What was ``stored`` survives a power cut; what was merely ``noted``
#: survives the end of the process, and a power cut at most undoes the last of it.
Purpose = Literal["read", "note", "store"]


class Transaction(Protocol):
    """What is done in it is done as a whole or not at all."""

    #: When it began, in Unix milliseconds.
    now: int

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the statement finds."""

    def lock_rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """The same, of rows that nobody else is about to change."""

    def change(self, statement: str, *values: Any) -> int:
        """How many rows the statement changed."""

    def insert(self, statement: str, *values: Any) -> int | None:
        """The number of the row; ``None`` if there was one already."""


class Database(Protocol):
    """A database that any number of threads may use, before and after a fork."""

    def transaction(self, purpose: Purpose) -> AbstractContextManager[Transaction]:
        """Commits at the end of the block. What is raised leaves everything as it was."""

    def close(self) -> None:
        """Closes what is open. It is opened again when needed."""
