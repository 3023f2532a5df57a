"""Cases of what a dispatcher decides; see casebook.py for the principle."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from casebook import LARGEST_EXACT, Case, Disagreement, Json
from reference.dispatch import choose


def choice_case(
    case_id: str,
    about: str,
    want: Json,
    *,
    standing: Json,
    waiting: Sequence[Json],
    room: int,
    fifo: bool,
    per_second: Optional[float],
    now_ms: int,
) -> Case:
    """`want` states all parts of the choice that are not as if nothing were done."""
    choice = choose(standing, waiting, room=room, fifo=fifo, per_second=per_second, now=now_ms)
    nothing: Json = choose(standing, [], room=0, fifo=False, per_second=None, now=0)
    stated = {**nothing, **want}
    if stated != choice:
        raise Disagreement(f"{case_id}: stated {stated!r}, computed {choice!r}")
    numbers: Sequence[Any] = [
        now_ms, choice["next_ms"], choice["paced_until_us"], standing["blocked_until_ms"],
        standing["paced_until_us"], *(one["due_ms"] for one in waiting),
    ]  # fmt: skip
    if not all(0 <= (number or 0) <= LARGEST_EXACT for number in numbers):
        raise Disagreement(f"{case_id}: a time is no number that every runner can read")
    fields: Json = {"standing": standing, "waiting": list(waiting), "room": room, "fifo": fifo}
    fields.update(per_second=per_second, now_ms=now_ms, expect=choice)
    return Case(case_id, about, fields)
