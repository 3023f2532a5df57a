"""Values of the Retry-After header."""

from __future__ import annotations

from typing import List, Optional

from casebook import Case, Topic, retry_after_case
from fixtures import NOW

_AT = "Tue, 14 Nov 2023 22:13:20 GMT"
"""The instant NOW as an HTTP-date."""


def _case(called: str, about: str, want: Optional[int], value: str, now: int = NOW) -> Case:
    return retry_after_case(f"retry-after-value-{called}", about, want, value=value, now=now)


def _numbers() -> List[Case]:
    ignored = (
        ("empty", "Nothing.", ""), ("only-space", "A space alone.", " "),
        ("minus", "A sign.", "-1"), ("plus", "A plus sign.", "+1"),
        ("fraction", "A fraction.", "1.5"), ("exponent", "An exponent.", "1e3"),
        ("hexadecimal", "Hexadecimal.", "0x10"), ("unit", "A unit.", "60s"),
        ("word", "A word.", "soon"), ("inner-space", "A space between digits.", "1 2"),
        ("list", "Two values.", "60, 120"), ("underscore", "An underscore.", "1_000"),
        ("twenty-digits", "Twenty digits.", "00000000000000000060"),
        ("fullwidth", "Full-width digits.", "\uff16\uff10"),
        ("tab", "A tab is no space.", "60\t"), ("newline", "A line break.", "60\n"),
        ("infinity", "Infinity.", "Infinity"), ("unix-milliseconds", "A quoted number.", '"60"'),
    )  # fmt: skip
    return [
        _case("zero", "Zero.", 0, "0"),
        _case("sixty", "A minute.", 60, "60"),
        _case("leading-zeros", "Leading zeros are fine here.", 60, "0060"),
        _case("double-zero", "Two zeros.", 0, "00"),
        _case("spaces-around", "Spaces around are trimmed.", 60, "  60 "),
        _case("nineteen-digits", "Nineteen digits, most of them zeros.", 60, "0000000000000000060"),
        _case("large", "The largest number that every language holds.", 2**53 - 1,
              "9007199254740991"),
        *(_case(called, about, None, value) for called, about, value in ignored),
    ]  # fmt: skip


def _dates() -> List[Case]:
    ignored = (
        ("lower-case-gmt", "A date is written with regard to case.",
         "Tue, 14 Nov 2023 22:14:20 gmt"),
        ("lower-case-month", "A month in lower case.", "Tue, 14 nov 2023 22:14:20 GMT"),
        ("utc", "UTC in place of GMT.", "Tue, 14 Nov 2023 22:14:20 UTC"),
        ("offset", "An offset, as in mail.", "Tue, 14 Nov 2023 22:14:20 +0000"),
        ("no-zone", "No zone.", "Tue, 14 Nov 2023 22:14:20"),
        ("no-weekday", "No weekday.", "14 Nov 2023 22:14:20 GMT"),
        ("wrong-weekday", "Another weekday than that of the date.",
         "Wed, 14 Nov 2023 22:14:20 GMT"),
        ("one-digit-day", "A day of one digit.", "Wed, 1 Nov 2023 22:14:20 GMT"),
        ("no-such-day", "November 31.", "Fri, 31 Nov 2023 22:14:20 GMT"),
        ("no-leap-day", "February 29 of a year without one.", "Wed, 29 Feb 2023 22:14:20 GMT"),
        ("day-zero", "Day 0.", "Tue, 00 Nov 2023 22:14:20 GMT"),
        ("no-such-month", "A month that is none.", "Tue, 14 Nvm 2023 22:14:20 GMT"),
        ("hour-24", "Hour 24.", "Tue, 14 Nov 2023 24:00:00 GMT"),
        ("minute-60", "Minute 60.", "Tue, 14 Nov 2023 22:60:00 GMT"),
        ("leap-second", "A leap second.", "Sat, 31 Dec 2016 23:59:60 GMT"),
        ("two-digit-year", "A year of two digits in the first form.",
         "Tue, 14 Nov 23 22:14:20 GMT"),
        ("five-digit-year", "A year of five digits.", "Tue, 14 Nov 02023 22:14:20 GMT"),
        ("two-spaces", "Two spaces between its parts.", "Tue,  14 Nov 2023 22:14:20 GMT"),
        ("long-weekday", "A long weekday in the first form.",
         "Tuesday, 14 Nov 2023 22:14:20 GMT"),
        ("more-after", "More after the date.", "Tue, 14 Nov 2023 22:14:20 GMT; x"),
        ("rfc-3339", "An RFC 3339 time.", "2023-11-14T22:14:20Z"),
        ("rfc-850-short-weekday", "A short weekday in the second form.",
         "Tue, 14-Nov-23 22:14:20 GMT"),
        ("rfc-850-long-year", "A year of four digits in the second form.",
         "Tuesday, 14-Nov-2023 22:14:20 GMT"),
        ("rfc-850-wrong-weekday", "Another weekday in the second form.",
         "Monday, 14-Nov-23 22:14:20 GMT"),
        ("asctime-gmt", "GMT after the third form.", "Tue Nov 14 22:14:20 2023 GMT"),
        ("asctime-one-digit-day", "The third form pads a day of one digit.",
         "Fri Dec 1 22:13:20 2023"),
        ("asctime-comma", "A comma in the third form.", "Tue, Nov 14 22:14:20 2023"),
        ("asctime-wrong-weekday", "Another weekday in the third form.",
         "Mon Nov 14 22:14:20 2023"),
    )  # fmt: skip
    year, day = 31_536_000, 86_400
    return [
        _case("fixdate", "A minute ahead.", 60, "Tue, 14 Nov 2023 22:14:20 GMT"),
        _case("fixdate-now", "Now.", 0, _AT),
        _case("fixdate-past", "A date in the past asks for nothing.", 0,
              "Sun, 06 Nov 1994 08:49:37 GMT"),
        _case("fixdate-before-1970", "A date before 1970 is past too.", 0,
              "Wed, 31 Dec 1969 23:59:59 GMT"),
        _case("fixdate-spaces-around", "Spaces around are trimmed.", 60,
              " Tue, 14 Nov 2023 22:14:20 GMT  "),
        _case("fixdate-leap-day", "February 29 of a leap year.", 9_164_800,
              "Thu, 29 Feb 2024 00:00:00 GMT"),
        _case("fixdate-next-year", "A year of 366 days ahead.", year + day,
              "Thu, 14 Nov 2024 22:13:20 GMT"),
        _case("fixdate-year-9999", "The last second of year 9999.", 253_402_300_799 - NOW,
              "Fri, 31 Dec 9999 23:59:59 GMT"),
        _case("fixdate-clock-at-1970", "A clock at 1970.", 784_111_777,
              "Sun, 06 Nov 1994 08:49:37 GMT", now=0),
        _case("rfc-850", "The second form, a minute ahead.", 60,
              "Tuesday, 14-Nov-23 22:14:20 GMT"),
        _case("rfc-850-past", "The second form in the last century: 94 is 1994.", 0,
              "Sunday, 06-Nov-94 08:49:37 GMT"),
        _case("rfc-850-century-of-clock", "The same text, read by a clock of 1994.", 60,
              "Sunday, 06-Nov-94 08:50:37 GMT", now=784_111_777),
        _case("rfc-850-within-fifty-years", "40 years ahead are ahead: 63 is 2063.",
              40 * year + 10 * day, "Wednesday, 14-Nov-63 22:13:20 GMT"),
        _case("rfc-850-beyond-fifty-years", "60 years ahead are 40 years ago: 83 is 1983.", 0,
              "Monday, 14-Nov-83 22:13:20 GMT"),
        _case("rfc-850-almost-fifty-years", "A day less than 50 years ahead is ahead.",
              50 * year + 12 * day, "Monday, 13-Nov-73 22:13:20 GMT"),
        _case("rfc-850-just-over-fifty-years", "A day more than 50 years ahead is past.", 0,
              "Thursday, 15-Nov-73 22:13:20 GMT"),
        _case("asctime", "The third form, a minute ahead.", 60, "Tue Nov 14 22:14:20 2023"),
        _case("asctime-padded-day", "A day of one digit is padded with a space.", 17 * day,
              "Fri Dec  1 22:13:20 2023"),
        _case("asctime-zero-day", "Or with a zero.", 17 * day, "Fri Dec 01 22:13:20 2023"),
        _case("asctime-past", "The third form in the past.", 0, "Sun Nov  6 08:49:37 1994"),
        *(_case(called, about, None, value) for called, about, value in ignored),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "retry-after.json",
        "retry_after",
        "Retry-After as seconds and as the three forms of an HTTP-date; null is ignored.",
        _numbers() + _dates(),
    )
