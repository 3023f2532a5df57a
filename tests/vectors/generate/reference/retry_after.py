"""Section 6: the Retry-After header, as RFC 9110 writes it."""

from __future__ import annotations

import datetime
import re
from typing import Optional

from reference.timestamps import seconds_at

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_SHORT_DAY = r"(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?P<month>" + "|".join(_MONTHS) + ")"
_HTTP_DATES = (
    re.compile(rf"{_SHORT_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    re.compile(
        rf"(?P<weekday>{'|'.join(_DAYS)}), (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}})"
        rf" {_TIME} GMT"
    ),
    re.compile(rf"{_SHORT_DAY} {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)


def retry_after_ms(value: str, now_ms: int) -> Optional[int]:
    """The delay that is asked for; None where the value is neither form."""
    value = value.strip(" ")
    if re.fullmatch(r"[0-9]{1,19}", value):
        return int(value) * 1000
    for form in _HTTP_DATES:
        found = form.fullmatch(value)
        if found:
            seconds = _seconds(found, now_ms)
            return None if seconds is None else max(0, seconds * 1000 - now_ms)
    return None


def _seconds(found: re.Match[str], now_ms: int) -> Optional[int]:
    hour, minute, second = (int(found.group(part)) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        return None
    month, day = _MONTHS.index(found.group("month")) + 1, int(found.group("day"))
    year = int(found.group("year"))
    if len(found.group("year")) == 2:
        year = _full_year(year, month, day, now_ms)
    seconds = seconds_at(year, month, day, hour, minute, second)
    if seconds is None or not _DAYS[datetime.date(year, month, day).weekday()].startswith(
        found.group("weekday")
    ):
        return None
    return seconds


def _full_year(two_digits: int, month: int, day: int, now_ms: int) -> int:
    """RFC 9110: a date that seems more than 50 years ahead is the latest past one instead."""
    today = datetime.date(1970, 1, 1) + datetime.timedelta(milliseconds=now_ms)
    year = today.year // 100 * 100 + two_digits
    ahead = (year, month, day) > (today.year + 50, today.month, today.day)
    return year - 100 if ahead else year
