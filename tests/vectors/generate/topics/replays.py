"""Claims on dedupe keys."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case, Topic
from guardbook import replay_case

_DAY = 24 * 3600 * 1000
_LEASE = 300_000
Step = Dict[str, Any]


def _claim(at: int, key: str = "a", lease: int = _LEASE) -> Step:
    return {"do": "claim", "key": key, "at_ms": at, "lease_ms": lease}


def _complete(at: int, key: str = "a", lifetime: int = _DAY) -> Step:
    return {"do": "complete", "key": key, "at_ms": at, "lifetime_ms": lifetime}


def _release(of: int, key: str = "a") -> Step:
    return {"do": "release", "key": key, "of": of}


def _case(called: str, about: str, want: List[Any], *steps: Step, capacity: int = 100) -> Case:
    return replay_case(f"replay-{called}", about, want, steps=list(steps), capacity=capacity)


def topic() -> Topic:
    duplicate, full = "duplicate_event", "store_unavailable"
    return Topic(
        "replay.json",
        "replay",
        "A sequence of claims, completions and releases in one memory, and what comes of each.",
        [
            _case("first", "The first delivery.", ["claimed"], _claim(0)),
            _case("duplicate", "Handled, and delivered again.", ["claimed", "done", duplicate],
                  _claim(0), _complete(5), _claim(10)),
            _case("in-progress", "Delivered again while it is handled: ten seconds at most.",
                  ["claimed", 10_000], _claim(0), _claim(5)),
            _case("in-progress-end", "No longer than the lease lasts.", ["claimed", 1],
                  _claim(0), _claim(_LEASE - 1)),
            _case("lease-over", "The lease ran out: it is handled again.", ["claimed", "claimed"],
                  _claim(0), _claim(_LEASE)),
            _case("released", "The handler failed: it is handled again.",
                  ["claimed", "done", "claimed"], _claim(0), _release(0), _claim(1)),
            _case("released-late", "Who lost the key with the lease releases nothing.",
                  ["claimed", "claimed", "done", 10_000],
                  _claim(0), _claim(_LEASE), _release(0), _claim(_LEASE + 1)),
            _case("released-by-holder", "The new holder does.",
                  ["claimed", "claimed", "done", "claimed"],
                  _claim(0), _claim(_LEASE), _release(1), _claim(_LEASE + 1)),
            _case("released-after-completion", "What was handled stays handled.",
                  ["claimed", "done", "done", duplicate],
                  _claim(0), _complete(1), _release(0), _claim(2)),
            _case("completed-late", "It was handled, whoever holds the key by now.",
                  ["claimed", "claimed", "done", duplicate],
                  _claim(0), _claim(_LEASE), _complete(_LEASE + 1), _claim(_LEASE + 2)),
            _case("completed-unclaimed", "Completed after all was forgotten.",
                  ["done", duplicate], _complete(0), _claim(1)),
            _case("lifetime", "Remembered for its lifetime and no longer.",
                  ["claimed", "done", duplicate, "claimed"],
                  _claim(0), _complete(0), _claim(_DAY - 1), _claim(_DAY)),
            _case("completed-twice", "A second completion begins a new lifetime.",
                  ["done", "done", duplicate], _complete(0), _complete(10), _claim(_DAY + 5)),
            _case("lease-zero", "A lease of no time claims nothing for long.",
                  ["claimed", "claimed"], _claim(0, lease=0), _claim(0)),
            _case("other-key", "Keys are apart.", ["claimed", "claimed"], _claim(0), _claim(0, "b")),
            _case("key-case", "With regard to case.", ["claimed", "done", "claimed"],
                  _claim(0), _complete(0), _claim(0, "A")),
            _case("key-empty", "An empty key is a key.", ["claimed", 10_000], _claim(0, ""),
                  _claim(0, "")),
            _case("key-unicode", "Keys are text.", ["claimed", "done", duplicate, "claimed"],
                  _claim(0, "\u00e9"), _complete(0, "\u00e9"), _claim(1, "\u00e9"),
                  _claim(1, "e\u0301")),
            _case("capacity", "Beyond the capacity the key that ends next is forgotten.",
                  ["claimed", "done", "claimed", "done", "claimed", duplicate, "claimed"],
                  _claim(0, "a"), _complete(0, "a"), _claim(1, "b"), _complete(1, "b"),
                  _claim(2, "c"), _claim(3, "b"), _claim(3, "a"), capacity=2),
            _case("capacity-in-progress", "A key in progress is never forgotten.",
                  ["claimed", full, 10_000, "done", "claimed"],
                  _claim(0, "a"), _claim(1, "b"), _claim(2, "a"), _release(0, "a"),
                  _claim(3, "b"), capacity=1),
            _case("capacity-known-key", "A key that is there needs no room.",
                  ["claimed", "done", "claimed"],
                  _claim(0, "a"), _release(0, "a"), _claim(1, "a"), capacity=1),
            _case("capacity-ended", "What has ended makes room.", ["claimed", "claimed"],
                  _claim(0, "a"), _claim(_LEASE, "b"), capacity=1),
            _case("capacity-completed", "A completion without a claim makes room too.",
                  ["done", "done", duplicate, "claimed"],
                  _complete(0, "a"), _complete(1, "b"), _claim(2, "b"), _claim(3, "a"),
                  capacity=1),
            _case("capacity-completed-in-progress", "Or is not noted, when there is none to make.",
                  ["claimed", "done", 10_000, full],
                  _claim(0, "a"), _complete(1, "b"), _claim(2, "a"), _claim(3, "b"), capacity=1),
        ],
    )  # fmt: skip
