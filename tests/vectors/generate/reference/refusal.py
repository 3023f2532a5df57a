"""How every rule says no."""

from __future__ import annotations

from typing import Dict, Optional


class Refusal(Exception):
    """A rule refused the input: a stable code and the exact message; `needs` is the key that the
    request needs, where it is one that is fetched."""

    def __init__(
        self, code: str, message: str, needs: Optional[Dict[str, Optional[str]]] = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.needs = needs
