"""How every rule says no."""

from __future__ import annotations


class Refusal(Exception):
    """A rule refused the input: a stable code and the exact message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
