"""Timestamps as exact fractions of seconds since 1970."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from typing import Optional, Union

_UNIX = re.compile(r"0|[1-9][0-9]{0,18}")
_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_LARGEST_EXACT = 2**53 - 1

TIME_FORM_NAMES = {
    "seconds": "a Unix time in whole seconds",
    "milliseconds": "a Unix time in whole milliseconds",
    "rfc3339": "an RFC 3339 time",
    "seconds-or-rfc3339": "a Unix time in whole seconds or an RFC 3339 time",
}


def parse_time(text: str, form: str) -> Optional[Fraction]:
    """The instant, or None where the text is not in the form."""
    if form == "rfc3339":
        return _parse_rfc3339(text)
    if not _UNIX.fullmatch(text):
        return _parse_rfc3339(text) if form == "seconds-or-rfc3339" else None
    return Fraction(int(text), 1000 if form == "milliseconds" else 1)


def _parse_rfc3339(text: str) -> Optional[Fraction]:
    found = _RFC3339.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, offset_hour, offset_minute = found.groups()[6:]
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset = 0
    if sign:
        if int(offset_hour) > 23 or int(offset_minute) > 59:
            return None
        offset = (int(offset_hour) * 60 + int(offset_minute)) * (-60 if sign == "-" else 60)
    whole = seconds_at(year, month, day, hour, minute, second)
    if whole is None:
        return None
    instant = Fraction(whole - offset)
    if fraction:
        instant += Fraction(int(fraction), 10 ** len(fraction))
    return instant if instant >= 0 else None


def seconds_at(
    year: int, month: int, day: int, hour: int, minute: int, second: int
) -> Optional[int]:
    """Unix seconds of a UTC time of day; None for a date that the calendar does not have."""
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return None
    return (date.toordinal() - _EPOCH_DAY) * 86400 + hour * 3600 + minute * 60 + second


def format_time(seconds: int, form: str) -> str:
    """The header text of a whole second; it may be one that `parse_time` refuses."""
    if form in ("seconds", "seconds-or-rfc3339"):
        return str(seconds)
    if form == "milliseconds":
        return str(seconds * 1000)
    try:
        date = datetime.date.fromordinal(_EPOCH_DAY + seconds // 86400)
    except (ValueError, OverflowError):
        return ""
    rest = seconds % 86400
    return f"{date.isoformat()}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def as_number(instant: Fraction) -> Optional[Union[int, float]]:
    """For JSON: an integer, or the nearest double; None where no runner could compare it."""
    if instant > _LARGEST_EXACT:
        return None
    return int(instant) if instant.denominator == 1 else float(instant)
