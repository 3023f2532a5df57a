"""What is sent next of what waits for an endpoint."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Union

from casebook import Case, Topic
from dispatchbook import choice_case
from fixtures import NOW

_NOW = NOW * 1000
_NOW_US = _NOW * 1000
_SECOND, _HOUR, _YEAR = 1_000, 3_600_000, 31_536_000_000

#: Milliseconds after now; with a mark, somebody asked for it once more.
Due = Union[int, str]


def _case(
    called: str,
    about: str,
    waiting: Sequence[Due],
    want: Optional[Dict[str, Any]] = None,
    *,
    availability: Any = "ready",
    running: int = 0,
    blocked_until_ms: int = 0,
    paced_until_us: int = 0,
    room: int = 10,
    fifo: bool = False,
    per_second: Optional[float] = None,
    now: int = _NOW,
) -> Case:
    ones = [
        {"due_ms": now + int(str(due).rstrip("r")), "is_replay": str(due).endswith("r")}
        for due in waiting
    ]
    standing = {
        "availability": availability, "running": running,
        "blocked_until_ms": blocked_until_ms, "paced_until_us": paced_until_us,
    }  # fmt: skip
    return choice_case(
        f"choice-{called}", about, want or {}, standing=standing, waiting=ones, room=room,
        fifo=fifo, per_second=per_second, now_ms=now,
    )  # fmt: skip


def _due() -> List[Case]:
    return [
        _case("nothing", "Nothing waits.", []),
        _case("one", "What is due now goes.", [0], {"taken": [0]}),
        _case("overdue", "What was due an hour ago goes.", [-_HOUR, -1, 0], {"taken": [0, 1, 2]}),
        _case("later", "What is due later is looked for then.", [1], {"next_ms": _NOW + 1}),
        _case("some-later", "The first that is not due yet tells when to look again.",
              [-5, 0, 250, 900], {"taken": [0, 1], "next_ms": _NOW + 250}),
        _case("room", "What there is no room for is looked for at once.", [-2, -1, 0],
              {"taken": [0, 1], "next_ms": _NOW}, room=2),
        _case("room-and-later", "No room is left when the rest is due later.", [-2, -1, 7],
              {"taken": [0, 1], "next_ms": _NOW + 7}, room=2),
        _case("room-exact", "All fit.", [-2, -1], {"taken": [0, 1]}, room=2),
        _case("no-room", "There is no room at all.", [0, 0], {"next_ms": _NOW}, room=0),
        _case("no-room-later", "There is no room, and nothing is due.", [9], {"next_ms": _NOW + 9},
              room=0),
        _case("others-under-way", "What is under way holds up nothing.", [0, 0],
              {"taken": [0, 1]}, running=1_000),
        _case("blocked-without-order", "Only what goes in order is blocked.", [0],
              {"taken": [0], "unblocks": True}, blocked_until_ms=_NOW + _HOUR),
        _case("at-zero", "A clock at 1970.", [0, 1], {"taken": [0], "next_ms": 1}, now=0),
    ]  # fmt: skip


def _health() -> List[Case]:
    throttled = {"throttled_until_ms": _NOW + 5 * _SECOND}
    is_open = {"circuit_open_until_ms": _NOW + 30 * _SECOND}
    then = {"next_ms": _NOW + 30 * _SECOND}
    return [
        _case("throttled", "Nothing goes to an endpoint that asked for a pause.", [0, 0],
              {"next_ms": _NOW + 5 * _SECOND}, availability=throttled),
        _case("throttled-replay", "Replays do not, either.", ["0r"],
              {"next_ms": _NOW + 5 * _SECOND}, availability=throttled),
        _case("throttled-nothing", "Nothing waits, and nobody looks again.", [],
              availability=throttled),
        _case("throttled-later", "The end of the pause counts, not the time of what waits.", [1],
              {"next_ms": _NOW + 5 * _SECOND}, availability=throttled),
        _case("open", "Nothing goes while the circuit is open.", [0, 0], then, availability=is_open),
        _case("open-replay", "What somebody asked for goes all the same.", ["-9r", 0, "0r"],
              {"taken": [0, 2], **then}, availability=is_open),
        _case("open-replays-alone", "Only replays wait.", ["0r", "0r"], {"taken": [0, 1]},
              availability=is_open),
        _case("open-replay-later", "A replay that is due before the circuit closes.", [0, "9r"],
              {"next_ms": _NOW + 9}, availability=is_open),
        _case("open-room", "Replays have no more room than others.", [0, "0r", "0r"],
              {"taken": [1], "next_ms": _NOW}, availability=is_open, room=1),
        _case("probe", "One goes, to find out.", [-1, 0, 0], {"taken": [0]}, availability="probe"),
        _case("probe-under-way", "None goes while another is under way, which tells when it ends.",
              [-1, 0], availability="probe", running=1),
        _case("probe-replays", "One goes, and the replays with it.", ["0r", 0, 0, "0r"],
              {"taken": [0, 1, 3]}, availability="probe"),
        _case("probe-under-way-replays", "Only the replays.", ["0r", 0], {"taken": [0]},
              availability="probe", running=3),
        _case("probe-later", "One goes; the rest is looked for when it is due.", [0, 40],
              {"taken": [0], "next_ms": _NOW + 40}, availability="probe"),
        *(
            _case(f"disabled-{reason}", f"All that wait are given up: {reason}.", [0, _HOUR, "0r"],
                  {"buries": True, "next_ms": _NOW}, availability={"disabled": reason})
            for reason in ("gone", "failing", "manual")
        ),
        _case("disabled-nothing", "There is nothing to give up.", [],
              availability={"disabled": "gone"}),
        _case("disabled-in-order", "What is under way or blocked changes nothing.", [0],
              {"buries": True, "next_ms": _NOW}, availability={"disabled": "gone"}, fifo=True,
              running=1, blocked_until_ms=_NOW + 1),
    ]  # fmt: skip


def _order() -> List[Case]:
    return [
        _case("fifo", "One at a time.", [-3, -2, -1], {"taken": [0], "next_ms": _NOW}, fifo=True),
        _case("fifo-last", "The last one.", [-3], {"taken": [0]}, fifo=True),
        _case("fifo-under-way", "None while one is under way, which tells when it ends.", [-3, -2],
              fifo=True, running=1),
        _case("fifo-blocked", "Those after one that is tried again wait for it.", [-3, -2],
              {"next_ms": _NOW + 7}, fifo=True, blocked_until_ms=_NOW + 7),
        _case("fifo-block-past", "It is tried again, and is blocked no more.", [-3, -2],
              {"taken": [0], "next_ms": _NOW, "unblocks": True}, fifo=True, blocked_until_ms=_NOW),
        _case("fifo-block-past-nothing", "Nothing waits; the block stays noted.", [], fifo=True,
              blocked_until_ms=_NOW - 1),
        _case("fifo-no-room", "There is no room.", [-3], {"next_ms": _NOW}, fifo=True, room=0),
        _case("fifo-probe", "The first probes.", [-3, -2], {"taken": [0], "next_ms": _NOW},
              fifo=True, availability="probe"),
        _case("fifo-replay", "A replay whose turn it is.", ["-3r", -2],
              {"taken": [0], "next_ms": _NOW}, fifo=True),
    ]  # fmt: skip


def _pace() -> List[Case]:
    second = _NOW_US + 1_000_000
    return [
        _case("pace-new", "The first goes at once.", [0], {"taken": [0], "paced_until_us": _NOW_US + 100_000},
              per_second=10),
        _case("pace-burst", "At most those of a second go at once.", [0] * 5,
              {"taken": [0, 1, 2, 3], "paced_until_us": second, "next_ms": _NOW + 251},
              per_second=4),
        _case("pace-used", "Nothing goes while the pace is used up.", [0],
              {"next_ms": _NOW + 251}, per_second=4, paced_until_us=second),
        _case("pace-some-left", "Half of a second is left.", [0] * 5,
              {"taken": [0, 1], "paced_until_us": second, "next_ms": _NOW + 251},
              per_second=4, paced_until_us=_NOW_US + 500_000),
        _case("pace-not-quite", "What is left is too little for one.", [0],
              {"next_ms": _NOW + 1}, per_second=4, paced_until_us=second - 249_999),
        _case("pace-just", "What is left is just enough for one.", [0],
              {"taken": [0], "paced_until_us": second}, per_second=4,
              paced_until_us=second - 250_000),
        _case("pace-slow", "One in ten seconds.", [0, 0],
              {"taken": [0], "paced_until_us": _NOW_US + 10_000_000, "next_ms": _NOW + 10_001},
              per_second=0.1),
        _case("pace-slowest", "A thousandth a second.", [0, 0],
              {"taken": [0], "paced_until_us": _NOW_US + 1_000_000_000,
               "next_ms": _NOW + 1_000_001}, per_second=0.001),
        _case("pace-fastest", "A million a second.", [0, 0],
              {"taken": [0, 1], "paced_until_us": _NOW_US + 2}, per_second=1_000_000),
        _case("pace-rounded", "A third of a second is whole microseconds, rounded down.", [0] * 4,
              {"taken": [0, 1, 2], "paced_until_us": _NOW_US + 999_999, "next_ms": _NOW + 334},
              per_second=3),
        _case("pace-and-later", "It is looked for what is due later, if the pace is not used up.",
              [0, 5], {"taken": [0], "paced_until_us": _NOW_US + 100_000, "next_ms": _NOW + 5},
              per_second=10),
        _case("pace-and-room", "The room is less than the pace.", [0, 0, 0],
              {"taken": [0, 1], "paced_until_us": _NOW_US + 200_000, "next_ms": _NOW},
              per_second=10, room=2),
        _case("pace-nothing-due", "Nothing is due: the pace stays as it is.", [5],
              {"next_ms": _NOW + 5}, per_second=10, paced_until_us=_NOW_US + 17),
        _case("pace-clock-set-back", "What a clock wrote that was set back is at most a second.",
              [0], {"paced_until_us": second, "next_ms": _NOW + 101}, per_second=10,
              paced_until_us=_NOW_US + _YEAR * 1_000),
        _case("pace-past", "A pace that was used up long ago is free.", [0] * 3,
              {"taken": [0, 1], "paced_until_us": second, "next_ms": _NOW + 501}, per_second=2,
              paced_until_us=1),
        _case("pace-replays", "Replays use it, too.", ["0r", "0r"],
              {"taken": [0], "paced_until_us": second, "next_ms": _NOW + 1_001},
              per_second=1),
        _case("pace-fifo-used", "Nothing is taken, and the block stays noted.", [0, 0],
              {"next_ms": _NOW + 251}, per_second=4, paced_until_us=second, fifo=True,
              blocked_until_ms=_NOW - 1),
        _case("pace-at-zero", "A clock at 1970.", [0, 0],
              {"taken": [0], "paced_until_us": 1_000_000, "next_ms": 1_001}, per_second=1, now=0),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "choice.json",
        "choice",
        "What is sent next of what waits for an endpoint, by its health, order, pace and room.",
        _due() + _health() + _order() + _pace(),
    )
