"""The sliding window."""

from __future__ import annotations

from typing import List, Sequence, Union

from casebook import Case, Topic
from fixtures import NOW
from guardbook import rate_limit_case

_AT = NOW * 1000
_DAY_MS = 24 * 3600 * 1000


def _case(
    called: str,
    about: str,
    want: Union[str, List[int]],
    requests: int,
    window_ms: int,
    offsets: Sequence[int] = (),
    start: int = _AT,
) -> Case:
    at_ms = [start + offset for offset in offsets]
    return rate_limit_case(
        f"rate-limit-{called}", about, want, requests=requests, window_ms=window_ms, at_ms=at_ms
    )


def topic() -> Topic:
    # A window of 32 s has slots of 1 s, and NOW begins one.
    window, second = 32_000, 1_000
    return Topic(
        "rate-limit.json",
        "rate_limit",
        "Which requests of one caller are admitted, and when there is room for the others.",
        [
            _case("one", "One request.", [0], 1, window, [0]),
            _case("second-refused", "A second one waits until the slot of the first has left.",
                  [0, 33_000, 32_500], 1, window, [0, 0, 500]),
            _case("room-again", "There is room exactly then, and not before.", [0, 1, 0], 1,
                  window, [0, 32_999, 33_000]),
            _case("end-of-slot", "A request at the end of its slot waits as long as the slot does.",
                  [0, 32_001], 1, window, [999, 999]),
            _case("refused-not-counted", "What is refused does not count.",
                  [0, 32_900, 32_800, 0], 1, window, [0, 100, 200, 33_000]),
            _case("two", "The first of two leaves first.", [0, 0, 13_000, 0, 9_000], 2, window,
                  [0, 10_000, 20_000, 33_000, 34_000]),
            _case("burst", "All at once.", [0, 0, 0, 33_000], 3, window, [0, 0, 0, 0]),
            _case("surplus-in-one-slot", "One slot holds more than is needed.",
                  [0, 0, 0, 28_000], 3, window, [0, 0, 1_000, 5_000]),
            _case("spread", "One in each slot.", [0] * 4 + [29_000], 4, window,
                  [0, second, 2 * second, 3 * second, 4 * second]),
            _case("no-double-burst", "No window holds two bursts, wherever it begins.",
                  [0, 0, 32_000, 1, 0, 0], 2, window,
                  [31_500, 31_500, 32_000, 63_999, 64_000, 64_000]),
            _case("long-pause", "After a long pause all is forgotten.", [0, 0, 0, 0], 2, window,
                  [0, 0, 10 * _DAY_MS, 10 * _DAY_MS]),
            _case("tiny-window", "A window of 1 ms has slots of 1 ms.", [0, 2, 1, 0], 1, 1,
                  [0, 0, 1, 2]),
            _case("uneven-window", "A window that 32 does not divide: its slots are rounded up.",
                  [0, 103, 1, 0], 1, 100, [0, 1, 103, 104], start=0),
            _case("minute", "The article's limit, by four.", [0, 0, 0, 0, 61_875], 4, 60_000,
                  [0, 0, 0, 0, 0], start=0),
            _case("largest-window", "31 days.", [0, 31 * _DAY_MS + 83_700_000], 1, 31 * _DAY_MS,
                  [0, 0], start=0),
            _case("clock-at-zero", "A clock at 0.", [0, 33_000], 1, window, [0, 0], start=0),
            _case("clock-back", "A clock that steps back within the window keeps the count.",
                  [0, 43_000], 1, window, [0, -10_000]),
            _case("clock-far-back", "One that steps back further forgets it.", [0, 0], 1, window,
                  [0, -33_000]),
            _case("clock-back-one-window", "By one window exactly it is kept.", [0, 65_000], 1,
                  window, [0, -32_000]),
            _case("no-requests", "A limit of nothing.", "malformed_limit", 0, window),
            _case("no-window", "A window of no time.", "malformed_limit", 1, 0),
            _case("long-window", "More than 31 days.", "malformed_limit", 1, 31 * _DAY_MS + 1),
        ],
    )  # fmt: skip
