"""The forms of timestamps; each is signed as it is written, so only its form decides."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, TEXT_SECRET, standard, stripe, stripe_v1, tag

_FORM = "malformed_timestamp"
_NOT_SECONDS = "the timestamp is not a Unix time in whole seconds"
_NOT_MILLISECONDS = "the timestamp is not a Unix time in whole milliseconds"
_NOT_RFC3339 = "the timestamp is not an RFC 3339 time"
_OLD, _NEW = "timestamp_too_old", "timestamp_too_new"
_BODY = b'{"ok":true}'
Window = Optional[Tuple[Optional[int], Optional[int]]]

_MALFORMED_SECONDS = (
    ("plus-sign", "+1700000000", "A plus sign."),
    ("minus-sign", "-1700000000", "A minus sign."),
    ("minus-zero", "-0", "Minus zero."),
    ("leading-zero", "01700000000", "A leading zero."),
    ("double-zero", "00", "Zero written with two digits."),
    ("space-before", " 1700000000", "A space before the digits."),
    ("space-after", "1700000000 ", "A space after the digits."),
    ("space-inside", "1700 000000", "A space between the digits."),
    ("only-space", " ", "A space alone."),
    ("fraction", "1700000000.5", "A fraction."),
    ("zero-fraction", "1700000000.0", "A fraction of zero."),
    ("bare-point", "1700000000.", "A point without digits after it."),
    ("exponent", "17e8", "An exponent."),
    ("hexadecimal", "0x6553F100", "Hexadecimal."),
    ("underscore", "1_700_000_000", "Digits grouped by underscores, as Python's int() reads."),
    ("comma", "1,700,000,000", "Digits grouped by commas."),
    ("twenty-digits", "10000000000000000000", "Twenty digits, although they fit 64 bits."),
    ("twenty-one-digits", "100000000000000000000", "More than 64 bits hold."),
    ("letters-after", "1700000000s", "A unit after the digits, as parseInt() reads."),
    ("bigint-suffix", "1700000000n", "JavaScript's BigInt suffix."),
    ("nan", "NaN", "Not a number."),
    ("infinity", "Infinity", "Infinity."),
    ("null", "null", "The word null."),
    ("rfc-3339", "2023-11-14T22:13:20Z", "An RFC 3339 time where seconds are wanted."),
    ("two-values", "1700000000, 1700000000", "Two instances that a proxy joined."),
)


def _standard(case_id: str, about: str, want: str, text: str, **more: Any) -> Case:
    sample = SAMPLES["standard"]
    return verify_case(
        case_id, about, want, scheme="standard", secrets=[sample.secret],
        headers=standard(sample.body, at=text), body=sample.body, now=NOW, **more,
    )  # fmt: skip


def _seconds() -> List[Case]:
    cases = [
        _standard(f"timestamps-{called}", about, _FORM, text, says=_NOT_SECONDS)
        for called, text, about in _MALFORMED_SECONDS
    ]
    cases += [
        _standard(
            "timestamps-zero", "Zero is a timestamp.",
            "accept", "0", tolerance=(None, None), gives={"timestamp": 0},
        ),
        _standard(
            "timestamps-largest-exact", "The largest timestamp that every language holds.",
            "accept", str(2**53 - 1), tolerance=(None, None), gives={"timestamp": 2**53 - 1},
        ),
        _standard(
            "timestamps-nineteen-digits", "Nineteen digits are a timestamp.",
            "accept", "9999999999999999999", tolerance=(None, None),
        ),
        _standard(
            "timestamps-fullwidth-digits", "Digits of other scripts are no visible ASCII.",
            "malformed_header", "\uff11\uff17\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10",
            says="the header webhook-timestamp holds a character other than",
        ),
        _standard(
            "timestamps-arabic-digits", "Arabic-Indic digits, as Python's int() reads.",
            "malformed_header", "\u0661\u0667\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660",
            says="the header webhook-timestamp holds a character other than",
        ),
        _standard(
            "timestamps-newline-after", "A line feed after the digits, as $ in a pattern admits.",
            "malformed_header", "1700000000\n",
            says="the header webhook-timestamp holds a character other than",
        ),
        _standard(
            "timestamps-milliseconds-for-seconds", "Milliseconds are seconds far ahead.",
            _NEW, "1700000000000", says="1698300000000 s ahead",
        ),
        verify_case(
            "timestamps-malformed-and-forged",
            "The form is checked before the signature.",
            _FORM, says=_NOT_SECONDS, scheme="standard",
            secrets=[SAMPLES["standard"].other_secret],
            headers=standard(_BODY, at="1700000000.5"), body=_BODY, now=NOW,
        ),
        verify_case(
            "timestamps-slack-fraction", "A fraction, as Slack's message ids have.",
            _FORM, says=_NOT_SECONDS, scheme="slack", secrets=[TEXT_SECRET],
            headers=SAMPLES["slack"].signed(_BODY, at="1700000000.000100"), body=_BODY, now=NOW,
        ),
    ]  # fmt: skip
    return cases


def _labelled(case_id: str, about: str, want: str, value: str, says: Optional[str] = None) -> Case:
    return verify_case(
        case_id, about, want, says=says, scheme="stripe", secrets=[SAMPLES["stripe"].secret],
        headers=[("Stripe-Signature", value)], body=SAMPLES["stripe"].body, now=NOW,
    )  # fmt: skip


def _label() -> List[Case]:
    body = SAMPLES["stripe"].body
    good = stripe_v1(body)
    missing = "the header stripe-signature has no t= entry"
    twice = "the header stripe-signature has more than one t= entry"
    cases = [
        _labelled(
            f"timestamps-label-{called}", about, _FORM, stripe(body, at=text)[0][1], _NOT_SECONDS
        )
        for called, text, about in (
            ("plus-sign", "+1700000000", "A plus sign after the label."),
            ("leading-zero", "01700000000", "A leading zero after the label."),
            ("inner-space", " 1700000000", "A space after the label's equals sign."),
            ("fraction", "1700000000.0", "A fraction after the label."),
            ("empty", "", "Nothing after the label."),
            ("twenty-digits", "10000000000000000000", "Twenty digits after the label."),
        )
    ]
    return cases + [
        _labelled("timestamps-label-missing", "No t= entry.", _FORM, good, missing),
        _labelled(
            "timestamps-label-twice-different", "Two t= entries.",
            _FORM, f"t={NOW},t={NOW - 1},{good}", twice,
        ),
        _labelled(
            "timestamps-label-twice-same", "Two t= entries with one value.",
            _FORM, f"t={NOW},{good},t={NOW}", twice,
        ),
        _labelled(
            "timestamps-label-last", "The t= entry may come after the signature.",
            "accept", f"{good},t={NOW}",
        ),
        _labelled(
            "timestamps-label-spaces-around", "Spaces around the entry are trimmed.",
            "accept", f" t={NOW} , {good} ",
        ),
        _labelled(
            "timestamps-label-upper-case", "The label is lower-case.",
            _FORM, f"T={NOW},{good}", missing,
        ),
        _labelled(
            "timestamps-label-space-before-equals", "The label is followed by its equals sign.",
            _FORM, f"t ={NOW},{good}", missing,
        ),
        _labelled(
            "timestamps-label-longer-word", "A longer label that begins with t is another entry.",
            _FORM, f"ts={NOW},{good}", missing,
        ),
        _labelled(
            "timestamps-label-other-separator", "Semicolons do not separate: this is one entry.",
            _FORM, f"t={NOW};{good}", _NOT_SECONDS,
        ),
        _labelled(
            "timestamps-label-before-signatures",
            "A missing timestamp is reported before a missing signature.",
            _FORM, "v0=abc", missing,
        ),
    ]  # fmt: skip


def _custom(form: str) -> Dict[str, Any]:
    return {
        "name": f"timed-{form}",
        "headers": {"signature": "x-signature", "timestamp": "x-timestamp"},
        "content": "{timestamp}.{body}",
        "timestamp_format": form,
    }


def _of_form(form: str, case_id: str, about: str, want: str, text: str, **more: Any) -> Case:
    signature = tag(TEXT_SECRET.encode(), f"{text}.".encode() + _BODY).hex()
    return verify_case(
        case_id, about, want, scheme=_custom(form), secrets=[TEXT_SECRET],
        headers=[("x-timestamp", text), ("x-signature", signature)], body=_BODY, now=NOW, **more,
    )  # fmt: skip


def _milliseconds() -> List[Case]:
    def case(called: str, about: str, want: str, text: str, **more: Any) -> Case:
        return _of_form(
            "milliseconds", f"timestamps-milliseconds-{called}", about, want, text, **more
        )

    return [
        case("whole", "A whole second.", "accept", "1700000000000", gives={"timestamp": NOW}),
        case(
            "fraction", "The result keeps the milliseconds.",
            "accept", "1699999999875", gives={"timestamp": 1699999999.875},
        ),
        case("border-old", "Exactly 300 s old.", "accept", "1699999700000"),
        case(
            "past-border-old", "One millisecond past the tolerance; the age is rounded up.",
            _OLD, "1699999699999", says="is 301 s old and the tolerance is 300 s",
        ),
        case("border-ahead", "Exactly 300 s ahead.", "accept", "1700000300000"),
        case(
            "past-border-ahead", "One millisecond past the tolerance ahead, rounded up.",
            _NEW, "1700000300001", says="is 301 s ahead and the tolerance is 300 s",
        ),
        case(
            "zero-tolerance", "Zero tolerance is zero milliseconds too.",
            _OLD, "1699999999999", tolerance=(0, 0), says="is 1 s old and the tolerance is 0 s",
        ),
        case("seconds-given", "Seconds are milliseconds of 1970.", _OLD, "1700000000"),
        case(
            "point", "Milliseconds have no fraction.",
            _FORM, "1700000000000.5", says=_NOT_MILLISECONDS,
        ),
        case("leading-zero", "A leading zero.", _FORM, "01700000000000", says=_NOT_MILLISECONDS),
        case(
            "nineteen-digits", "Nineteen digits.",
            _NEW, "9999999999999999999", says="is 9999998300000000 s ahead",
        ),
        case(
            "twenty-digits", "Twenty digits.",
            _FORM, "10000000000000000000", says=_NOT_MILLISECONDS,
        ),
    ]  # fmt: skip


_RFC3339_TIMES = (
    ("utc", "2023-11-14T22:13:20Z", NOW, "Z stands for UTC."),
    ("fraction-one-digit", "2023-11-14T22:13:20.5Z", NOW + 0.5, "A fraction of one digit."),
    ("fraction-trailing-zeros", "2023-11-14T22:13:20.500000000Z", NOW + 0.5, "Nine digits."),
    ("fraction-nanoseconds", "2023-11-14T22:13:20.123456789Z", 1700000000.123456789,
     "Nine digits; the result is the nearest number of 64 bits."),
    ("fraction-zero", "2023-11-14T22:13:20.000Z", NOW, "A fraction of zero is a whole second."),
    ("offset-east", "2023-11-15T00:13:20+02:00", NOW, "An offset to the east, the next day."),
    ("offset-west", "2023-11-14T16:43:20-05:30", NOW, "An offset to the west."),
    ("offset-zero", "2023-11-14T22:13:20+00:00", NOW, "An offset of zero."),
    ("offset-unknown", "2023-11-14T22:13:20-00:00", NOW, "RFC 3339's unknown local offset."),
    ("offset-largest", "2023-11-15T22:12:20+23:59", NOW, "The largest offset."),
    ("epoch", "1970-01-01T00:00:00Z", 0, "The first second of 1970."),
    ("epoch-from-1969", "1969-12-31T23:30:00-01:00", 1800, "A local date in 1969."),
    ("leap-day", "2020-02-29T12:00:00Z", 1582977600, "February 29 of a leap year."),
    ("leap-day-2000", "2000-02-29T00:00:00Z", 951782400, "2000 was a leap year."),
    ("last-second", "9999-12-31T23:59:59Z", 253402300799, "The last second of year 9999."),
)  # fmt: skip
_NO_RFC3339_TIMES = (
    ("no-leap-day", "2023-02-29T12:00:00Z", "2023 is no leap year."),
    ("february-30", "2024-02-30T12:00:00Z", "February never has 30 days."),
    ("no-leap-century", "2100-02-29T00:00:00Z", "2100 is no leap year."),
    ("april-31", "2023-04-31T00:00:00Z", "April has 30 days."),
    ("month-zero", "2023-00-10T00:00:00Z", "Month 0."),
    ("month-thirteen", "2023-13-10T00:00:00Z", "Month 13."),
    ("day-zero", "2023-11-00T00:00:00Z", "Day 0."),
    ("day-32", "2023-12-32T00:00:00Z", "Day 32."),
    ("hour-24", "2023-11-14T24:00:00Z", "Hour 24."),
    ("minute-60", "2023-11-14T22:60:00Z", "Minute 60."),
    ("leap-second", "2016-12-31T23:59:60Z", "A leap second, which Unix time cannot tell apart."),
    ("lower-case-t", "2023-11-14t22:13:20Z", "A lower-case t."),
    ("lower-case-z", "2023-11-14T22:13:20z", "A lower-case z."),
    ("space-for-t", "2023-11-14 22:13:20Z", "A space in place of T."),
    ("no-offset", "2023-11-14T22:13:20", "No offset: a local time of unknown place."),
    ("offset-without-colon", "2023-11-14T22:13:20+0000", "An offset without its colon."),
    ("offset-hours-only", "2023-11-14T22:13:20+00", "An offset of hours alone."),
    ("offset-hour-24", "2023-11-14T22:13:20+24:00", "An offset of 24 hours."),
    ("offset-minute-60", "2023-11-14T22:13:20+00:60", "An offset of 60 minutes."),
    ("offset-after-z", "2023-11-14T22:13:20Z+00:00", "Two offsets."),
    ("ten-digit-fraction", "2023-11-14T22:13:20.0000000000Z", "A fraction of ten digits."),
    ("empty-fraction", "2023-11-14T22:13:20.Z", "A point without digits."),
    ("comma-fraction", "2023-11-14T22:13:20,5Z", "A comma before the fraction."),
    ("no-seconds", "2023-11-14T22:13Z", "No seconds."),
    ("date-only", "2023-11-14", "A date alone."),
    ("basic-format", "20231114T221320Z", "ISO 8601's basic format."),
    ("one-digit-month", "2023-1-14T22:13:20Z", "A month of one digit."),
    ("five-digit-year", "12023-11-14T22:13:20Z", "A year of five digits."),
    ("signed-year", "+2023-11-14T22:13:20Z", "A year with a sign."),
    ("before-1970", "1969-12-31T23:59:59Z", "The last second before 1970."),
    ("before-1970-by-offset", "1970-01-01T00:30:00+01:00", "Before 1970 in UTC."),
    ("space-after", "2023-11-14T22:13:20Z ", "A space after the time."),
    ("unix-time", "1700000000", "Unix seconds where RFC 3339 is wanted."),
    ("http-date", "Tue, 14 Nov 2023 22:13:20 GMT", "An HTTP-date."),
)


def _rfc3339() -> List[Case]:
    cases = [
        _of_form(
            "rfc3339", f"timestamps-rfc3339-{called}", about, "accept", text,
            tolerance=(None, None), gives={"timestamp": instant},
        )
        for called, text, instant, about in _RFC3339_TIMES
    ]  # fmt: skip
    cases += [
        _of_form("rfc3339", f"timestamps-rfc3339-{called}", about, _FORM, text, says=_NOT_RFC3339)
        for called, text, about in _NO_RFC3339_TIMES
    ]
    return cases + [
        _of_form(
            "rfc3339", "timestamps-rfc3339-border-old", "Exactly 300 s old.",
            "accept", "2023-11-14T22:08:20Z",
        ),
        _of_form(
            "rfc3339", "timestamps-rfc3339-past-border-old", "A nanosecond past the tolerance.",
            _OLD, "2023-11-14T22:08:19.999999999Z", says="is 301 s old and the tolerance is 300 s",
        ),
        _of_form(
            "rfc3339", "timestamps-rfc3339-past-border-ahead",
            "A nanosecond past the tolerance ahead.",
            _NEW, "2023-11-14T22:18:20.000000001Z", says="is 301 s ahead",
        ),
        _of_form(
            "rfc3339", "timestamps-rfc3339-offset-border",
            "The offset counts: the same clock time an hour west is an hour later.",
            _NEW, "2023-11-14T22:13:20-01:00", says="is 3600 s ahead",
        ),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-timestamps.json",
        "verify",
        "The forms of the attempt's timestamp: Unix seconds and milliseconds, RFC 3339, labels.",
        _seconds() + _label() + _milliseconds() + _rfc3339(),
    )
