"""The statements of an inbox, which core has, the same for every language.

The table is described in core's module ``sql::inbox``.
"""

from __future__ import annotations

from typing import Literal

from countersign._countersign import inbox_statements

State = Literal["waiting", "running", "handled", "dead"]
STATES: tuple[State, ...] = ("waiting", "running", "handled", "dead")

#: By name. Each place of a value is a question mark.
STATEMENTS = dict(inbox_statements())
