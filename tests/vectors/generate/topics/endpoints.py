"""Whether an endpoint may be sent to, after the outcomes of attempts to it."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple, Union

from casebook import Case, Topic
from deliverybook import endpoint_case
from fixtures import NOW

_NOW_MS = NOW * 1000
_MOST = 2**32 - 1
_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_DOWN: Dict[str, Any] = {"network_error": True}
_FORBIDDEN: Dict[str, Any] = {"forbidden": True}
#: A circuit that opens at the second failure, and one that never does.
_SECOND_OPENS: Dict[str, Any] = {"circuit_failures": 2}
_CLOSED: Dict[str, Any] = {"circuit_failures": None}

Want = Tuple[str, Optional[int]]
Step = Tuple[int, Union[None, int, Dict[str, Any]], Want]

_READY: Want = ("ready", None)
_PROBE: Want = ("probe", None)
_GONE: Want = ("gone", None)
_FAILING: Want = ("failing", None)
_MANUAL: Want = ("manual", None)


def _throttled(wait: int) -> Want:
    return ("throttled", wait)


def _open(wait: int) -> Want:
    return ("circuit_open", wait)


def _status(status: int, retry_after: Optional[str] = None) -> Dict[str, Any]:
    return {"status": status, "retry_after": retry_after}


def _case(
    called: str,
    about: str,
    *steps: Step,
    policy: Optional[Dict[str, Any]] = None,
    health: Optional[Dict[str, Any]] = None,
    gives: Optional[Dict[str, Any]] = None,
    start: int = _NOW_MS,
    entropy: int = _MOST,
) -> Case:
    """A step is milliseconds after `start`, an outcome (a status, None to ask only), and what the
    endpoint is then, with the milliseconds for which it is that. `health` and `gives` have their
    times after `start` too."""
    told: List[Dict[str, Any]] = []
    for after, outcome, _ in steps:
        step: Dict[str, Any] = {"at_ms": start + after}
        if outcome is not None:
            step["outcome"] = _status(outcome) if isinstance(outcome, int) else outcome
            step["entropy"] = entropy
        told.append(step)
    return endpoint_case(
        f"endpoint-{called}", about, [want for *_, want in steps], policy=policy or {},
        health=_dated(health, start), steps=told, gives=_dated(gives, start),
    )  # fmt: skip


def _dated(fields: Optional[Dict[str, Any]], start: int) -> Dict[str, Any]:
    return {
        key: start + value if key.endswith("_ms") and value is not None else value
        for key, value in (fields or {}).items()
    }


def _failing(count: int, every: int, outcome: Any = 500, *, first: int = 0) -> List[Step]:
    """So many failures that leave the endpoint as it is."""
    return [(first + every * index, outcome, _READY) for index in range(count)]


def _successes() -> List[Case]:
    sick = {
        "failures": 12, "failing_since_ms": -_HOUR, "openings": 3,
        "circuit_open_until_ms": -_SECOND,
    }  # fmt: skip
    return [
        _case("new", "An endpoint that was never sent to.", (0, None, _READY)),
        *(
            _case(f"success-{status}", f"Status {status} leaves a healthy endpoint healthy.",
                  (0, status, _READY), gives={"failures": 0, "failing_since_ms": None})
            for status in (200, 204, 299)
        ),
        _case("success-with-retry-after", "Retry-After of a success plays no part.",
              (0, _status(200, "60"), _READY)),
        _case("success-forgets-failures", "A success ends a row of failures.",
              (0, 500, _READY), (1, 404, _READY), (2, 200, _READY), (3, 500, _READY),
              gives={"failures": 1, "failing_since_ms": 3}),
        _case("success-closes", "A success of a single attempt closes the circuit.",
              (0, None, _PROBE), (0, 200, _READY), health=sick,
              gives={"failures": 0, "openings": 0, "circuit_open_until_ms": None}),
        _case("success-closes-open", "A late success closes a circuit that is still open.",
              (0, 200, _READY), health={**sick, "circuit_open_until_ms": _MINUTE},
              gives={"openings": 0}),
        _case("success-keeps-throttle", "A success does not end a pause that was asked for.",
              (0, _status(429, "30"), _throttled(30_000)), (10_000, 200, _throttled(20_000)),
              (30_000, None, _READY), gives={"failures": 0, "throttled_until_ms": 30_000}),
        _case("success-after-throttle", "A pause that is over is forgotten.",
              (0, 200, _READY), health={"throttled_until_ms": 0},
              gives={"throttled_until_ms": None}),
    ]  # fmt: skip


def _failures() -> List[Case]:
    final = [100, 199, 300, 302, 304, 308, 400, 401, 403, 404, 409, 422, 499, 600, 999]
    return [
        *(
            _case(f"failure-{status}", f"Status {status} counts as a failure, and no more.",
                  (0, status, _READY), policy={"circuit_failures": 1},
                  gives={"failures": 1, "failing_since_ms": 0, "circuit_open_until_ms": None})
            for status in final
        ),
        _case("failure-forbidden", "A forbidden destination counts as a failure, and no more.",
              (0, _FORBIDDEN, _READY), policy={"circuit_failures": 1}, gives={"failures": 1}),
        _case("failure-final-with-retry-after", "Retry-After on a final answer plays no part.",
              (0, _status(404, "60"), _READY), (1, _status(302, "60"), _READY)),
        _case("failing-since-first", "A row of failures begins with its first.",
              (5, 500, _READY), (10, _DOWN, _READY), (20, 404, _READY),
              gives={"failures": 3, "failing_since_ms": 5}),
        _case("failures-saturate", "The count of failures stays at its largest.",
              (0, 404, _READY), health={"failures": _MOST, "failing_since_ms": 0},
              gives={"failures": _MOST}),
        _case("failing-since-clock-back", "A clock that was set back begins the row anew.",
              (0, 404, _READY), health={"failures": 50, "failing_since_ms": 30 * _DAY},
              gives={"failing_since_ms": 0}),
    ]  # fmt: skip


def _throttles() -> List[Case]:
    date = "Tue, 14 Nov 2023 22:14:20 GMT"
    return [
        *(
            _case(f"throttled-by-{status}", f"Status {status} throttles for a second.",
                  (0, status, _throttled(_SECOND)), (_SECOND - 1, None, _throttled(1)),
                  (_SECOND, None, _READY))
            for status in (429, 502, 504)
        ),
        *(
            _case(f"not-throttled-by-{status}", f"Status {status} alone throttles nothing.",
                  (0, status, _READY))
            for status in (408, 425, 500, 501, 503, 599)
        ),
        _case("not-throttled-without-answer", "No answer throttles nothing.", (0, _DOWN, _READY)),
        *(
            _case(f"retry-after-{status}", f"Retry-After throttles with status {status}.",
                  (0, _status(status, "7"), _throttled(7_000)))
            for status in (408, 425, 429, 500, 502, 503, 504, 599)
        ),
        _case("throttles-double", "Each pause is as long as the failing before it.",
              (0, 429, _throttled(1_000)), (1_000, 429, _throttled(1_000)),
              (2_000, 429, _throttled(2_000)), (4_000, 429, _throttled(4_000)),
              (8_000, 429, _throttled(8_000)), (16_000, 429, _throttled(16_000)),
              (32_000, 429, _throttled(32_000)), (64_000, 429, _throttled(60_000)),
              (124_000, 429, _throttled(60_000))),
        _case("throttles-at-once", "Answers that were under way together double nothing.",
              (0, 429, _throttled(1_000)), (0, 429, _throttled(1_000)),
              (1, 429, _throttled(1_000)), (2, 429, _throttled(1_000))),
        _case("throttle-extended", "The pause that ends last counts.",
              (0, _status(429, "30"), _throttled(30_000)),
              (1_000, _status(429, "5"), _throttled(29_000)),
              (2_000, 429, _throttled(28_000)),
              (3_000, _status(429, "60"), _throttled(60_000))),
        _case("retry-after-shorter", "Retry-After shortens a pause that would be longer.",
              (0, _status(429, "2"), _throttled(2_000)),
              health={"failures": 3, "failing_since_ms": -_HOUR}),
        _case("retry-after-zero", "Retry-After of zero is a second.",
              (0, _status(429, "0"), _throttled(_SECOND)),
              health={"failures": 3, "failing_since_ms": -_HOUR}),
        _case("retry-after-date", "An HTTP-date.", (0, _status(503, date), _throttled(_MINUTE))),
        _case("retry-after-date-past", "One that is past is a second.",
              (_MINUTE, _status(503, date), _throttled(_SECOND))),
        _case("retry-after-hour", "An hour is honoured.",
              (0, _status(429, "3600"), _throttled(_HOUR))),
        _case("retry-after-longer", "More than an hour counts as an hour.",
              (0, _status(429, "3601"), _throttled(_HOUR))),
        _case("retry-after-absurd", "So does an absurd value.",
              (0, _status(429, "9999999999999999999"), _throttled(_HOUR))),
        _case("retry-after-far-date", "And a date far ahead.",
              (0, _status(503, "Wed, 14 Nov 2063 22:13:20 GMT"), _throttled(_HOUR))),
        _case("retry-after-malformed", "A malformed value is ignored: the pause is its own.",
              (0, _status(429, "soon"), _throttled(_SECOND)), (1, _status(504, ""), _throttled(_SECOND))),
        _case("retry-after-malformed-503", "Where there is no pause of its own, there is none.",
              (0, _status(503, "soon"), _READY)),
        _case("retry-after-cap", "Another cap.", (0, _status(503, "60"), _throttled(30_000)),
              policy={"retry_after_cap_ms": 30_000}),
        _case("retry-after-cap-zero", "A cap of zero leaves the shortest pause.",
              (0, _status(429, "60"), _throttled(_SECOND)), policy={"retry_after_cap_ms": 0}),
        _case("throttle-pauses", "Other pauses.", (0, 429, _throttled(5_000)),
              (5_000, 429, _throttled(5_000)), (10_000, 429, _throttled(8_000)),
              (18_000, _status(429, "1"), _throttled(5_000)),
              policy={"throttle_pauses_ms": [5_000, 8_000]}),
        _case("throttle-pauses-inverted", "The longest pause bounds the shortest.",
              (0, 429, _throttled(500)), (500, _status(429, "0"), _throttled(500)),
              policy={"throttle_pauses_ms": [5_000, 500]}),
        _case("throttle-none", "Pauses of nothing.", (0, 429, _READY),
              policy={"throttle_pauses_ms": [0, 0]}),
        _case("retry-status-throttles", "A further status that is tried again, with Retry-After.",
              (0, _status(404, "9"), _throttled(9_000)), policy={"retry_statuses": [404]}),
        _case("retry-status-alone", "Without it.", (0, 404, _READY),
              policy={"retry_statuses": [404], "circuit_failures": 1}),
        _case("throttle-opens-nothing", "429 does not open the circuit, however often.",
              *[(_HOUR * hour, 429, _throttled(_SECOND if hour == 0 else _MINUTE))
                for hour in range(12)], gives={"openings": 0}),
        _case("throttle-clock-back", "The clock was set back by ten minutes: the pause is over.",
              (-10 * _MINUTE, None, _READY), (-10 * _MINUTE, 429, _throttled(_SECOND)),
              health={"throttled_until_ms": _HOUR}),
        _case("throttle-clocks-differ", "Clocks may differ by a minute.",
              (-_MINUTE, None, _throttled(_HOUR + _MINUTE)), (-_MINUTE - 1, None, _READY),
              health={"throttled_until_ms": _HOUR}),
        _case("throttle-clock-back-success", "A success forgets a pause of another clock.",
              (0, 200, _READY), health={"throttled_until_ms": _DAY},
              gives={"throttled_until_ms": None}),
    ]  # fmt: skip


def _circuits() -> List[Case]:
    nine = {"failures": 9, "failing_since_ms": 0}
    half_open = {
        "failures": 20, "failing_since_ms": -_HOUR, "openings": 1, "circuit_open_until_ms": 0,
    }  # fmt: skip
    return [
        _case("circuit-tenth", "The tenth failure opens the circuit.", *_failing(9, _SECOND),
              (9 * _SECOND, 500, _open(30_000)), (39 * _SECOND - 1, None, _open(1)),
              (39 * _SECOND, None, _PROBE), gives={"openings": 1}),
        *(
            _case(f"circuit-by-{status}", f"Status {status} opens it.",
                  (0, status, _open(30_000)), health=nine)
            for status in (408, 425, 500, 501, 502, 503, 504, 599)
        ),
        _case("circuit-by-network-error", "No answer opens it.", (0, _DOWN, _open(30_000)), health=nine),
        *(
            _case(f"circuit-not-by-{status}", f"Status {status} does not open it.",
                  (0, status, _READY), health=nine, gives={"failures": 10})
            for status in (302, 404, 422)
        ),
        _case("circuit-not-by-429", "Nor does 429.", (0, 429, _throttled(_SECOND)), health=nine),
        _case("circuit-not-by-forbidden", "Nor a forbidden destination.", (0, _FORBIDDEN, _READY),
              health=nine),
        _case("circuit-after-final-answers", "Failures of every kind count towards the ten.",
              (0, 404, _READY), (1, 500, _open(30_000)), health={**nine, "failures": 8}),
        _case("circuit-least-entropy", "With the least entropy it opens for half as long.",
              (0, 500, _open(15_000)), health=nine, entropy=0),
        _case("circuit-half-entropy", "And with half of it for three quarters.",
              (0, 500, _open(22_500)), health=nine, entropy=2**31 - 1),
        _case("circuit-not-prolonged", "Failures while it is open count, and prolong nothing.",
              (0, 500, _open(30_000)), (1, 500, _open(29_999)), (29_999, _DOWN, _open(1)),
              health=nine, gives={"failures": 12, "openings": 1}),
        _case("circuit-reopens", "A failure after it opens it for twice as long, up to the cap.",
              (0, 500, _open(60_000)), (60_000, 500, _open(120_000)),
              (180_000, 500, _open(240_000)), (420_000, 500, _open(480_000)),
              (900_000, 500, _open(960_000)), (1_860_000, 500, _open(1_800_000)),
              (3_660_000, 500, _open(1_800_000)), health=half_open, gives={"openings": 8}),
        _case("circuit-closes", "A success closes it, and the next time is a first time again.",
              (0, 200, _READY), *_failing(9, 1, _DOWN, first=1), (10, _DOWN, _open(30_000)),
              health=half_open, gives={"openings": 1}),
        _case("circuit-other-answers", "Other answers leave it half-open.",
              (0, 404, _PROBE), (1, _FORBIDDEN, _PROBE), (2, 302, _PROBE),
              (3, 500, _open(60_000)), health=half_open),
        _case("circuit-probe-throttled", "So does 429, with its pause.",
              (0, _status(429, "5"), _throttled(5_000)), (5_000, None, _PROBE), health=half_open),
        _case("circuit-and-throttle", "A pause that ends after it is told.",
              (0, _status(503, "90"), _throttled(90_000)), (30_000, None, _throttled(60_000)),
              (90_000, None, _PROBE), health=nine),
        _case("circuit-beyond-throttle", "One that ends before it is not.",
              (0, _status(503, "10"), _open(30_000)), (10_000, None, _open(20_000)),
              (30_000, None, _PROBE), health=nine),
        _case("circuit-with-throttle", "Of two that end together, the circuit is told.",
              (0, _status(503, "30"), _open(30_000)), health=nine),
        _case("circuit-failures-two", "It opens at the second failure.",
              (0, _DOWN, _READY), (1, _DOWN, _open(30_000)), policy=_SECOND_OPENS),
        _case("circuit-failures-zero", "Zero counts as one.", (0, _DOWN, _open(30_000)),
              policy={"circuit_failures": 0}),
        _case("circuit-never", "It never opens.", *_failing(12, 1), policy=_CLOSED,
              gives={"openings": 0, "circuit_open_until_ms": None}),
        _case("circuit-no-longer", "A policy without one ignores one that is open.",
              (0, None, _READY), (0, 500, _READY), policy=_CLOSED,
              health={**half_open, "circuit_open_until_ms": _MINUTE}, gives={"openings": 1}),
        _case("circuit-pauses", "Other lengths.", (0, _DOWN, _READY), (1, _DOWN, _open(4_000)),
              (4_001, _DOWN, _open(6_000)), (10_001, _DOWN, _open(6_000)),
              policy={**_SECOND_OPENS, "circuit_pauses_ms": [4_000, 6_000]}),
        _case("circuit-pauses-inverted", "The longest bounds the first.",
              (0, _DOWN, _open(1_000)), policy={"circuit_failures": 1, "circuit_pauses_ms": [4_000, 1_000]}),
        _case("circuit-openings-saturate", "The count of openings stays at its largest.",
              (0, 500, _open(1_800_000)), health={**half_open, "openings": _MOST},
              gives={"openings": _MOST}),
        _case("circuit-clock-back", "The clock was set back: single attempts are made.",
              (0, None, _PROBE), (0, 500, _open(60_000)),
              health={**half_open, "circuit_open_until_ms": _DAY}),
        _case("circuit-clock-back-forgotten", "What another clock wrote does not come back.",
              (0, 404, _PROBE), (_DAY - _MINUTE, None, _PROBE),
              health={**half_open, "circuit_open_until_ms": _DAY},
              gives={"circuit_open_until_ms": 0}),
        _case("circuit-clocks-differ", "Clocks may differ by a minute.",
              (0, None, _open(31 * _MINUTE)), (-1, None, _PROBE),
              health={**half_open, "circuit_open_until_ms": 31 * _MINUTE}),
        _case("circuit-retry-status", "A further status that is tried again opens none.",
              (0, 404, _READY), health=nine, policy={"retry_statuses": [404]}),
    ]  # fmt: skip


def _disabling() -> List[Case]:
    failing = {"failures": 9, "failing_since_ms": -5 * _DAY}
    return [
        _case("gone", "410 disables at once.", (0, 410, _GONE), (_DAY, None, _GONE),
              gives={"failures": 1, "disabled": "gone"}),
        _case("gone-with-retry-after", "Retry-After on it plays no part.",
              (0, _status(410, "60"), _GONE), gives={"throttled_until_ms": None}),
        _case("gone-retried", "Unless the policy tries it again.", (0, 410, _READY),
              policy={"retry_statuses": [410]}, gives={"failures": 1}),
        _case("failing-five-days", "Five days and ten failures.", (0, 404, _FAILING),
              health=failing, gives={"failures": 10, "disabled": "failing"}),
        _case("failing-almost", "A millisecond less.", (-1, 404, _READY), health=failing),
        _case("failing-nine", "Nine failures.", (0, 404, _READY), health={**failing, "failures": 8}),
        *(
            _case(f"failing-by-{called}", f"{about} disables as well.", (0, outcome, _FAILING),
                  health=failing)
            for called, about, outcome in [
                ("429", "429", 429), ("503", "503", 503), ("302", "A redirect", 302),
                ("network-error", "No answer", _DOWN),
                ("forbidden", "A forbidden destination", _FORBIDDEN),
            ]
        ),
        _case("failing-not-by-time", "Time alone disables nothing.", (30 * _DAY, None, _READY),
              health=failing),
        _case("failing-success-between", "A success on the fifth day begins anew.",
              (-_HOUR, 200, _READY), (0, 404, _READY), health=failing, gives={"failures": 1}),
        _case("failing-gone", "410 is the reason, where both are.", (0, 410, _GONE), health=failing),
        _case("failing-other", "Another rule.", (0, 500, _READY), (999, 500, _READY),
              (1_000, 500, _FAILING), policy={"disable_after": {"ms": 1_000, "failures": 3}}),
        _case("failing-at-once", "A rule without time and count.", (0, 404, _FAILING),
              policy={"disable_after": {"ms": 0, "failures": 0}}),
        _case("failing-never", "No rule.", (0, 404, _READY), (1, 410, _GONE),
              health={**failing, "failures": 1_000}, policy={"disable_after": None}),
        *(
            _case(f"disabled-{reason}", f"Disabled is disabled: {reason}.",
                  (0, None, (reason, None)), (0, 200, (reason, None)), (1, 410, (reason, None)),
                  (2, 503, (reason, None)),
                  health={"failures": 4, "failing_since_ms": -1, "throttled_until_ms": _HOUR,
                          "disabled": reason},
                  gives={"failures": 4, "throttled_until_ms": _HOUR, "disabled": reason})
            for reason in ("gone", "failing", "manual")
        ),
        _case("clock-at-zero", "A clock at 1970.", (0, 500, _READY), (0, 429, _throttled(_SECOND)),
              start=0, gives={"failing_since_ms": 0}),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "endpoint-health.json",
        "endpoint_health",
        "Outcomes of attempts to one endpoint, and whether it may be sent to after each.",
        _successes() + _failures() + _throttles() + _circuits() + _disabling(),
    )
