"""How far a timestamp is from now, and what that looks like."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import List

from reference.explain_text import Finding, likely, proven
from reference.scheme import Tolerance
from reference.timestamps import parse_time

_HOUR, _DAY = 3_600, 86_400
_UNITS = {"milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}


def time_findings(
    timestamp: Fraction, now: int, tolerance: Tolerance, form: str
) -> List[Finding]:
    age = now - timestamp
    if tolerance.past is not None and age > tolerance.past:
        direction, side = "past", tolerance.past
    elif tolerance.future is not None and -age > tolerance.future:
        direction, side = "future", tolerance.future
    else:
        return []
    distance = abs(age)
    seconds = math.ceil(distance)
    findings = [proven("clock_skew", seconds=seconds, tolerance=side, direction=direction)]
    findings += _unit(math.floor(timestamp), now, form)
    whole = math.floor(distance)
    hours = (whole + _HOUR // 2) // _HOUR
    if 1 <= hours <= 14 and abs(whole - hours * _HOUR) <= 60:
        findings.append(likely("time_zone", hours=hours, direction=direction))
    return findings


def _unit(timestamp: int, now: int, form: str) -> List[Finding]:
    def near(one: int, other: int) -> bool:
        return abs(one - other) <= _DAY

    if not 10**9 <= now < 10**10:
        for unit in ("milliseconds", "microseconds"):
            if near(now // _UNITS[unit], timestamp):
                return [likely("clock_unit", found=unit)]
        return []
    # What a number in each unit is once it is read in the scheme's form, in seconds.
    scale = {"seconds": 1, "seconds-or-rfc3339": 1, "milliseconds": 10**3}.get(form)
    if scale is None:
        return []
    for found, per_second in {"seconds": 1, **_UNITS}.items():
        if per_second == scale:
            continue
        meant = timestamp * scale // per_second
        if near(meant, now):
            return [likely("timestamp_unit", expected=form, found=found)]
    return []


def form_finding(text: str, form: str) -> List[Finding]:
    if parse_time(text, "rfc3339") is not None:
        found = "rfc3339"
    elif re.fullmatch("[0-9]{10}", text):
        found = "seconds"
    elif re.fullmatch("[0-9]{13}", text):
        found = "milliseconds"
    elif re.fullmatch(r"[0-9]+\.[0-9]+", text):
        found = "fraction"
    else:
        return []
    return [likely("timestamp_form", expected=form, found=found)]
