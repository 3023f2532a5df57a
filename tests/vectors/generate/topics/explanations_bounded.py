"""Reports for which not everything is tried, since it would take too long."""

from __future__ import annotations

from typing import List, Sequence

from casebook import Case
from explainbook import explain_case
from fixtures import NOW, TEXT_SECRET, github


def _case(
    called: str, about: str, want: Sequence[str], *, signed: bytes, body: bytes, others: int = 0
) -> Case:
    secrets = [TEXT_SECRET, *(f"{index}" for index in range(others))]
    return explain_case(
        f"explain-bounded-{called}",
        about,
        [(code, "proven") for code in want],
        scheme="github",
        secrets=secrets,
        headers=github(signed),
        body=body,
        now=NOW,
    )


def cases() -> List[Case]:
    half = b"x" * 40_000
    deep = b"[" * 120 + b"1," * 8_800 + b"1" + b"]" * 120
    one_space = deep.replace(b",", b", ")
    return [
        _case("macs-exceeded", "The second try would be of more keyed hashes than are left.", [],
              signed=b"{}\r\n", body=b"{}", others=2_999),
        _case("bytes-exceeded", "The fourth try would be of more bytes than are left.", [],
              signed=half + b"\r\n" + half, body=half + b"\n" + half, others=999),
        _case("variant", "One with spaces is short enough.", ["body_reserialised"],
              signed=one_space, body=deep),
        _case("variant-exceeded", "One with lines would be too long.", [],
              signed=_indented(120, 8_800), body=deep),
    ]  # fmt: skip


def _indented(depth: int, numbers: int) -> bytes:
    """An array of numbers in arrays, in lines that are indented by four spaces."""

    def line(text: str, depth: int) -> str:
        return "    " * depth + text

    lines = [line("[", at) for at in range(depth)]
    lines += [line("1,", depth)] * numbers + [line("1", depth)]
    lines += [line("]", at) for at in reversed(range(depth))]
    return "\n".join(lines).encode("ascii")
