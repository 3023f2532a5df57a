"""Delays between attempts, with their jitter."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case, Topic, backoff_case

_MOST = 2**32 - 1
_HALF = 2**31 - 1
"""With it, (entropy + 1) / 2^32 is exactly one half."""
_EXACT = 2**52 - 1
"""Up to here seconds hold whole milliseconds in a double, as bindings give them."""
_STANDARD = [
    0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000,
    86_400_000,
]  # fmt: skip


def _case(
    called: str, about: str, want: List[int], schedule: Any, jitter: str = "none", entropy: int = 0
) -> Case:
    return backoff_case(
        f"backoff-{called}", about, want, schedule=schedule, jitter=jitter,
        entropy=[entropy] * len(want),
    )  # fmt: skip


def _exponential(base: int, factor: int, cap: int, attempts: int) -> Dict[str, Any]:
    rule = {"base_ms": base, "factor": factor, "cap_ms": cap, "attempts": attempts}
    return {"exponential": rule}


def _fixed(*delays: int) -> Dict[str, Any]:
    return {"fixed_ms": list(delays)}


def _schedules() -> List[Case]:
    return [
        _case("standard-none", "The schedule of Standard Webhooks.", _STANDARD, "standard"),
        _case("article", "Three attempts from one second, doubling.",
              [0, 1000, 2000], _exponential(1000, 2, 86_400_000, 3)),
        _case("exponential-cap", "The cap is reached and stays.",
              [0, 1000, 2000, 4000, 5000, 5000], _exponential(1000, 2, 5000, 6)),
        _case("exponential-cap-met-exactly", "A delay that is the cap.",
              [0, 1000, 2000, 4000, 4000], _exponential(1000, 2, 4000, 5)),
        _case("exponential-cap-below-base", "A cap below the base.",
              [0, 10, 10], _exponential(1000, 2, 10, 3)),
        _case("exponential-cap-zero", "A cap of zero.", [0, 0, 0], _exponential(1000, 2, 0, 3)),
        _case("exponential-factor-one", "A factor of one keeps the base.",
              [0, 700, 700, 700], _exponential(700, 1, 86_400_000, 4)),
        _case("exponential-factor-three", "A factor of three.",
              [0, 5, 15, 45, 135], _exponential(5, 3, 1000, 5)),
        _case("exponential-factor-zero", "A factor of zero: only the base is left.",
              [0, 1000, 0, 0], _exponential(1000, 0, 5000, 4)),
        _case("exponential-base-zero", "A base of zero.", [0, 0, 0], _exponential(0, 2, 5000, 3)),
        _case("exponential-one-attempt", "One attempt, at once.", [0], _exponential(1000, 2, 5, 1)),
        _case("exponential-two-attempts", "Two attempts.",
              [0, 1000], _exponential(1000, 2, 5000, 2)),
        _case("exponential-overflow",
              "The power leaves 64 bits and then every type: the delay stays at the cap.",
              [0, 1000] + [86_400_000] * 28, _exponential(1000, 1_000_000, 86_400_000, 30)),
        _case("exponential-overflow-doubling", "Doubling beyond 64 bits.",
              [0] + [3 * 2**n for n in range(51)] + [2**52] * 20,
              _exponential(3, 2, 2**52, 72)),
        _case("exponential-largest-cap", "The largest cap that every language holds.",
              [0, _EXACT, _EXACT], _exponential(_EXACT, 2, _EXACT, 3)),
        _case("fixed", "A list is taken as it is, the first included.",
              [10, 0, 500, 20], _fixed(10, 0, 500, 20)),
        _case("fixed-one", "A list of one.", [0], _fixed(0)),
        _case("fixed-large", "The largest delay that every language holds.",
              [_EXACT], _fixed(_EXACT)),
    ]  # fmt: skip


def _jitter() -> List[Case]:
    fixed = _fixed(0, 1, 2, 3, 1000, 1001)
    mixed = [0, 1, _HALF, 2**31, _MOST - 1, _MOST]
    return [
        _case("none-ignores-entropy", "Without jitter the entropy plays no part.",
              [0, 1, 2, 3, 1000, 1001], fixed, "none", _MOST),
        _case("full-least", "Full jitter, least entropy.", [0, 0, 0, 0, 0, 0], fixed, "full", 0),
        _case("full-half", "Full jitter, exactly one half, rounded down.",
              [0, 0, 1, 1, 500, 500], fixed, "full", _HALF),
        _case("full-below-half", "Full jitter, just below one half.",
              [0, 0, 0, 1, 499, 500], fixed, "full", _HALF - 1),
        _case("full-most", "Full jitter, most entropy: the delay itself.",
              [0, 1, 2, 3, 1000, 1001], fixed, "full", _MOST),
        _case("full-almost-most", "Full jitter, one below the most.",
              [0, 0, 1, 2, 999, 1000], fixed, "full", _MOST - 1),
        _case("equal-least", "Equal jitter, least entropy: half the delay, rounded down.",
              [0, 0, 1, 1, 500, 500], fixed, "equal", 0),
        _case("equal-half", "Equal jitter, exactly one half of the upper half.",
              [0, 0, 1, 2, 750, 750], fixed, "equal", _HALF),
        _case("equal-most", "Equal jitter, most entropy: the delay itself.",
              [0, 1, 2, 3, 1000, 1001], fixed, "equal", _MOST),
        _case("equal-almost-most", "Equal jitter, one below the most.",
              [0, 0, 1, 2, 999, 1000], fixed, "equal", _MOST - 1),
        _case("standard-equal-least", "Standard Webhooks' schedule, least entropy.",
              [delay // 2 for delay in _STANDARD], "standard", "equal", 0),
        _case("standard-equal-most", "Standard Webhooks' schedule, most entropy.",
              _STANDARD, "standard", "equal", _MOST),
        _case("standard-full-half", "Standard Webhooks' schedule, one half.",
              [delay // 2 for delay in _STANDARD], "standard", "full", _HALF),
        backoff_case(
            "backoff-entropy-of-each", "Each attempt has its own entropy.",
            [0, 0, 500, 500, 999, 1000],
            schedule=_fixed(*[1000] * 6), jitter="full", entropy=mixed,
        ),
        backoff_case(
            "backoff-entropy-arbitrary", "Arbitrary entropy over an exponential schedule.",
            [0, 527, 1875, 2275, 7999],
            schedule=_exponential(1000, 2, 86_400_000, 5), jitter="equal",
            entropy=[7, 231928233, 3761268294, 590558003, 4294705152],
        ),
        _case("full-wide", "The product needs more than 64 bits.",
              [_EXACT], _fixed(_EXACT), "full", _MOST),
        _case("full-wide-half", "The product needs more than 64 bits, rounded down.",
              [2**51 - 1], _fixed(_EXACT), "full", _HALF),
        _case("equal-wide", "The same for equal jitter.", [_EXACT], _fixed(_EXACT), "equal", _MOST),
        _case("full-least-wide", "The least entropy is one part in 2^32, not none.",
              [2**20 - 1], _fixed(_EXACT), "full", 0),
        _case("exponential-capped-then-jittered", "The cap comes before the jitter.",
              [0, 500, 1000, 1000], _exponential(1000, 4, 2000, 4), "full", _HALF),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "backoff.json",
        "backoff",
        "Delays in milliseconds before each attempt, saturating, with jitter from given entropy.",
        _schedules() + _jitter(),
    )
